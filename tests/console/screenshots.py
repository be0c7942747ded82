"""``make screenshots``: the console's pages as pictures, for the README. Everybody in them is invented."""

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.console.world import DESKTOP, NARROW, World, chromium, visitor, world

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.console.world import Visitor

FOLDER = Path(__file__).parents[2] / "docs/screenshots"
PAYLOAD = '{"id": "p-1", "lead": {"name": "Zoe Example", "email": "zoe@example.com", "newsletter": "yes"}}'

_DONE = (
    ("Ben (console)", "pause", {"source": "survey"}),
    ("Ben (console)", "resume", {"source": "survey"}),
    ("cli: ben", "erase", {"receipt": 12}),
    ("Ada (console)", "replay", {"status": "failed", "source": "landing", "events": 13, "left_alone": 0}),
    ("Ada (console)", "import", {"org": "main", "kept": 1_480, "known": 20, "refused": 3}),
)


def main() -> None:
    """Start a bridge, visit each page and keep what it looks like."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, world(Path(folder)) as made, chromium() as browser:
        pages = _pages(made)
        _take(browser, made, pages, DESKTOP, "light")
        _take(browser, made, {"overview-dark": pages["overview"]}, DESKTOP, "dark")
        narrow = {"events-narrow": pages["events"], "person-narrow": pages["person"]}
        _take(browser, made, narrow, NARROW, "light")


def _pages(made: World) -> dict[str, str]:
    from app.store import Filter  # noqa: PLC0415 -- the store is needed for this only

    with made.store() as store:
        rows = store.log.events(Filter(), 500)
        for who, what, details in _DONE:
            store.actions.note(who, what, details, rows[0]["received_at"])
    row = next(row for row in rows if row["status"] == "delivered" and row["contact"])
    failed = next(row for row in rows if row["status"] == "failed")
    return {
        "overview": "/",
        "events": "/events",
        "event": f"/event?source={row['source']}&id={row['event_id']}",
        "event-failed": f"/event?source={failed['source']}&id={failed['event_id']}",
        "person": f"/people/{row['person_id']}",
        "refused": "/events?status=refused",
        "source": "/sources/survey",
        "playground": "/playground?source=landing",
        "import": "/import",
        "log": "/log",
    }


def _take(browser: "Browser", made: World, pages: dict[str, str], size: dict[str, int], scheme: str) -> None:
    with visitor(browser, made.url, viewport=size, color_scheme=scheme) as visit:
        visit.sign_in()
        for name, path in pages.items():
            visit.go(path)
            _prepare(visit, name)
            visit.page.screenshot(path=FOLDER / f"{name}.png")


def _prepare(visit: "Visitor", name: str) -> None:
    if name == "playground":
        visit.page.get_by_label("Payload for landing").fill(PAYLOAD)
        visit.page.get_by_role("button", name="See what it becomes").click()
        visit.page.get_by_text("It would be delivered.").scroll_into_view_if_needed()
    if name == "event-failed":
        visit.page.get_by_role("link", name="Rehearse it").click()
        visit.page.get_by_text("it would be failed").wait_for()


if __name__ == "__main__":
    main()
