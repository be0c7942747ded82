"""A real bridge with a day's events of invented people, in front of a stand-in upstream; and a browser before it."""

import json
import os
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, sync_playwright

from app.sandbox import SandboxServer
from app.sandbox.settings import Settings
from app.store import Arrival, Store
from app.webhook import Event, EventStatus
from tests.needed import missing
from tests.serve.serve_process import Served, until

ADMIN_TOKEN, READ_TOKEN = "admin-token-of-tests", "read-token-of-tests"
CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
DESKTOP, NARROW = {"width": 1280, "height": 800}, {"width": 400, "height": 800}
_HOURS = 23
_CONFIGURATION = f"""
[server]
port = 0
database_url = "sqlite:///bridge.db"
admin_token = "{ADMIN_TOKEN}"
read_token = "{READ_TOKEN}"
[upstream]
base_url = "{{upstream_url}}"
rate_limit = 100000
[orgs.main]
api_key = "key-of-tests"
[sources.landing]
provider = "relay"
auth = "bearer"
secret = "token-of-tests"
event_id = "id"
event_type = "type"
segment_ids = ["seg_newsletter"]
[sources.landing.contact]
name = "lead.name"
email = "lead.email"
phone = "lead.phone"
consent = "lead.newsletter"
[sources.shop]
provider = "shopify"
secret = "shop-secret-of-tests"
[sources.survey]
provider = "tally"
secret = "survey-secret-of-tests"
"""
_NAMES = ("Ada", "Ben", "Chloé", "Dilara", "Emeka", "Freja", "Goran", "Hana", "Inés", "Jonas", "Keiko", "Liam", "Mira",
          "Nadia", "Oskar", "Priya")  # fmt: skip


@dataclass
class World:
    """A running bridge, and where it is."""

    served: Served
    url: str

    def post(self, event_id: str, **lead: str) -> None:
        """Send a real webhook."""
        body = json.dumps({"id": event_id, "type": "signup", "lead": lead}).encode()
        headers = {"Authorization": "Bearer token-of-tests", "Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.url}/hooks/landing", body, headers)
        with urllib.request.urlopen(request, timeout=20) as answer:
            assert answer.status == 200

    @contextmanager
    def store(self) -> Iterator[Store]:
        with closing(Store(f"sqlite:///{self.served.folder / 'bridge.db'}")) as opened:
            yield opened

    def settled(self) -> None:
        """Wait until nothing waits."""
        with self.store() as store:
            until(lambda: store.log.oldest_waiting() is None)


@contextmanager
def world(folder: Path) -> Iterator[World]:
    """Make a bridge with a day's events, and wait until they are delivered."""
    with SandboxServer({"key-of-tests": "org_tests"}, settings=Settings(rate_limit=None)) as upstream:
        with closing(Store(f"sqlite:///{folder / 'bridge.db'}")) as store:
            _fill(store, datetime.now(UTC))
        with Served(folder, _CONFIGURATION.format(upstream_url=upstream.url)) as served:
            made = World(served, served.url)
            made.settled()
            yield made
            assert served.messages("bug") == []


def _fill(store: Store, now: datetime) -> None:
    """More come by day than by night; some fail, and some are known by two sources."""
    store.migrate()
    for hour in range(_HOURS, -1, -1):
        at = now - timedelta(hours=hour, minutes=2)
        arrivals = [_event(hour, number, at) for number in range(2 + (hour * 7) % 5 + (4 if 4 < hour < 14 else 0))]
        store.inbox.add(Arrival(at, [(event, EventStatus.RECEIVED, None) for event in arrivals]))
    for minutes, cause, hint in (
        (180, "old secret", "a retired secret made it: give the sender the new one"),
        (50, "header missing", "is a secret set at the sender? Many sign nothing without one"),
    ):
        store.refusals.note("survey", cause, hint, now - timedelta(minutes=minutes))


def _event(hour: int, number: int, at: datetime) -> Event:
    name = _NAMES[(hour * 5 + number * 3) % len(_NAMES)]
    lead = {"name": f"{name} Example", "email": f"{name.lower()}.{hour % 7}@example.com", "newsletter": "yes"}
    if (hour + number) % 11 == 3:
        lead = {"name": f"{name} Example", "email": "not an address"}
    body = json.dumps({"id": f"lead-{hour:02}{number:02}-x7", "type": "signup", "lead": lead}).encode()
    return Event("landing", f"lead-{hour:02}{number:02}-x7", "signup", at, body)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium. Where it is not installed, tests are skipped; in continuous integration they fail."""
    if not CHROMIUM.exists():
        missing(f"there is no Chromium at {CHROMIUM}: apt-get install chromium, or say CHROMIUM=…")
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox", "--headless"])


@dataclass
class Visitor:
    """Somebody at a browser, who notes whatever the console must not do."""

    context: BrowserContext
    page: Page
    url: str
    strayed: list[str]
    complaints: list[str]

    def go(self, path: str) -> None:
        self.page.goto(f"{self.url}/console{path}")

    def sign_in(self, token: str = ADMIN_TOKEN, who: str = "Ada") -> None:
        self.go("/")
        self.page.get_by_label("Your name").fill(who)
        self.page.get_by_label("Token").fill(token)
        self.page.get_by_role("button", name="Sign in").click()
        self.page.get_by_role("heading", name="Overview").wait_for()


@contextmanager
def visitor(browser: Browser, url: str, **how: object) -> Iterator[Visitor]:
    """Open a page; in the end there was no error, and no request but to the console."""
    context = browser.new_context(**how)  # type: ignore[arg-type]
    context.set_default_timeout(20_000)
    made = Visitor(context, context.new_page(), url, [], [])

    def asked(request: Request) -> None:
        if not request.url.startswith((f"{url}/console/", "data:")):
            made.strayed.append(request.url)

    def said(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            made.complaints.append(message.text)

    context.on("request", asked)
    made.page.on("console", said)
    made.page.on("pageerror", lambda error: made.complaints.append(str(error)))
    yield made
    context.close()
    assert not made.strayed, made.strayed
    assert not made.complaints, made.complaints
