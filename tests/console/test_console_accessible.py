"""Every page for everybody: by keyboard, on a telephone, in dark and in light, for who listens to it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe

from app.store import Filter
from tests.console.world import DESKTOP, NARROW, visitor

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.console.world import Visitor, World

pytestmark = pytest.mark.slow
_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
          "resultTypes": ["violations"]}  # fmt: skip
_NO_MORE_TABS = 200


@pytest.fixture(scope="module")
def paths(bridged: "World") -> list[str]:
    """Every page, each with something in it."""
    with bridged.store() as store:
        delivered = store.log.events(Filter(), 1)[0]
        failed = next(row for row in store.log.events(Filter(), 500) if row["status"] == "failed")
        store.actions.note("ada (console)", "replay", {"source": "landing"}, delivered["received_at"])
    one, other = (f"source={row['source']}&id={row['event_id']}" for row in (delivered, failed))
    person = f"/people/{delivered['person_id']}"
    return [
        "/", "/?span=month", "/events", "/events?status=refused", f"/event?{one}", f"/event?{other}",
        f"/event/replay?{one}", "/find", person, f"{person}/erase", "/sources", "/sources/shop",
        "/playground?source=shop&sample=customers-create", "/replay?status=failed", "/import", "/log", "/no-such-page",
    ]  # fmt: skip


@dataclass(frozen=True)
class Seen:
    """What a page is like, with everything on it unfolded: what axe finds, and how wide it is."""

    violations: list[str]
    width: int


@pytest.mark.parametrize(
    ("scheme", "viewport"), [("light", DESKTOP), ("dark", NARROW)], ids=["desk in the light", "telephone in the dark"]
)
def test_axe_finds_nothing_and_no_page_is_wider_than_the_screen(
    browser: "Browser", bridged: "World", paths: list[str], scheme: str, viewport: dict[str, int]
) -> None:
    found = _look_at_all(browser, bridged, paths, color_scheme=scheme, viewport=viewport)

    assert {path: seen.violations for path, seen in found.items() if seen.violations} == {}
    assert {path: seen.width for path, seen in found.items() if seen.width > viewport["width"]} == {}


def test_the_keyboard_gets_everywhere_and_out_again(browser: "Browser", bridged: "World", paths: list[str]) -> None:
    with visitor(browser, bridged.url, viewport=DESKTOP) as made:
        made.sign_in()
        for path in (paths[4], "/playground?source=landing"):
            made.go(path)
            seen = _by_tab(made)

            assert seen[0] == "Skip to the content"
            assert {"Overview", "Events", "People", "Sign out"} <= set(seen)
            assert len(seen) < _NO_MORE_TABS, "it never came to the end"


def test_the_skip_link_goes_to_the_content(browser: "Browser", bridged: "World") -> None:
    with visitor(browser, bridged.url) as made:
        made.sign_in()
        made.page.keyboard.press("Tab")
        assert made.page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
        made.page.keyboard.press("Enter")

        assert made.page.evaluate("document.activeElement.id") == "content"


def _by_tab(made: "Visitor") -> list[str]:
    """Press Tab until the page is left; return what had the focus."""
    seen: list[str] = []
    made.page.evaluate("document.activeElement.blur()")
    while len(seen) < _NO_MORE_TABS:
        made.page.keyboard.press("Tab")
        text = made.page.evaluate("document.activeElement === document.body ? null : document.activeElement.innerText")
        if text is None:
            break
        seen.append(text.strip())
    return seen


def _look_at_all(browser: "Browser", bridged: "World", paths: list[str], **how: object) -> dict[str, Seen]:
    with visitor(browser, bridged.url, **how) as made:
        made.go("/sign-in")
        found = {"/sign-in": _look(made)}
        made.sign_in()
        for path in paths:
            made.go(path)
            found[path] = _look(made)
        made.complaints[:] = [each for each in made.complaints if "404 (NOT FOUND)" not in each]  # one page is none
    return found


def _look(made: "Visitor") -> Seen:
    made.page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    return Seen(_violations(made), made.page.evaluate("document.documentElement.scrollWidth"))


def _violations(made: "Visitor") -> list[str]:
    found = Axe().run(made.page, options=_RULES).response["violations"]
    return [f"{each['id']}: {node['html'][:200]} {node['failureSummary']}" for each in found for node in each["nodes"]]
