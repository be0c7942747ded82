"""What is wrong with a bridge: each kind begins when it should, quotes nobody, and ends."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from alerts_kit import configuration

from app.alerts.message import advised
from app.alerts.troubles import troubles
from app.contact import Contact, Meaning
from app.errors import Cause
from app.mapping import Mapped
from app.store import Arrival, Attempt, Filter, Hold, Settlement, Store
from app.store.hours import note
from app.store.tables import refusals
from app.store.unreadable import REASON
from app.webhook import Event, EventStatus

CONFIG = configuration()
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
ADA = Contact(name="Ada", email="ada@example.com")


def keep(store: Store, now: datetime, *event_ids: str, source: str = "shop") -> None:
    kept = [(Event(source, event_id, "signup", now, b"{}"), EventStatus.RECEIVED, None) for event_id in event_ids]
    store.inbox.add(Arrival(now, kept))


def fail(store: Store, now: datetime, reason: str, *event_ids: str) -> None:
    """Events that fail when they are mapped."""
    keep(store, now, *event_ids)
    store.received.map(lambda _: ("main", Mapped(EventStatus.FAILED, reason)), now)


def refuse(store: Store, *times: datetime, source: str = "shop", cause: str = Cause.WRONG_SECRET) -> None:
    with store.database.writing() as connection:
        for at in times:
            connection.execute(refusals.insert().values(source=source, refused_at=at, cause=cause))


def found(store: Store, now: datetime) -> dict[tuple[str, str], str]:
    return {trouble.key: trouble.words for trouble in troubles(CONFIG, store, now)}


def test_nothing_is_wrong_with_a_bridge_that_is_well(store: Store, clock: Any) -> None:
    keep(store, clock(), "e1")

    assert found(store, clock()) == {}


def test_failed_events_are_counted_with_the_kinds_of_their_reasons(store: Store, clock: Any) -> None:
    fail(store, clock(), "neither e-mail nor phone: tried who.mail", "e1", "e2")
    fail(store, clock(), "the payload cannot be read: not JSON", "e3")
    fail(store, clock(), "something of ada@example.com", "e4")
    keep(store, clock(), "e5")
    store.received.map(lambda _: ("main", Mapped(EventStatus.PENDING, contact=ADA, meaning=Meaning.SIGNED_UP)), clock())
    (claim,) = store.claims.claim(clock(), 1, ["main"])
    attempt = Attempt(clock(), 5, "permanent", "400: ada@example.com is odd")
    store.claims.settle(Settlement(claim, EventStatus.FAILED, claim.person, attempt, "400: ada@example.com is odd"))

    (trouble,) = troubles(CONFIG, store, clock())

    assert (trouble.kind, trouble.subject, trouble.level) == ("failed", "", 5)
    assert trouble.words.startswith("5 events failed; the newest: 2 of shop (neither e-mail nor phone)")
    assert "ada@" not in trouble.words
    assert [batch.changed for batch in store.replays.batches(Filter(status=EventStatus.FAILED), clock())]
    store.received.map(lambda _: ("main", Mapped(EventStatus.IGNORED, "a test")), clock())
    assert found(store, clock()) == {}


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("names nobody (erase): no user id", "names nobody"),
        (REASON, "an encryption key is missing"),
        ("the source shop is not configured any more; replay", "the source is not configured any more"),
        ("an error in the bridge itself: KeyError", "an error in the bridge itself"),
        ("customers/data_request asks for ada@example.com", "could not be mapped"),
    ],
)
def test_a_reason_is_told_by_its_kind(store: Store, clock: Any, reason: str, kind: str) -> None:
    fail(store, clock(), reason, "e1")

    assert found(store, clock()) == {("failed", ""): f"1 event failed; the newest: 1 of shop ({kind})"}


def test_a_key_that_is_refused_is_told_at_once_and_a_limit_never(store: Store, clock: Any) -> None:
    store.orgs.hold("main", Hold.KEY_REFUSED, "401", clock())
    store.orgs.hold("*", Hold.LIMITED, "429", clock())
    store.orgs.hold("gone", Hold.KEY_REFUSED, "401: configured no more", clock())

    assert found(store, clock() + HOUR) == {("key refused", "main"): "the API key of main is refused"}
    store.orgs.release("main")
    assert found(store, clock()) == {}


def test_an_upstream_is_down_after_some_minutes(store: Store, clock: Any) -> None:
    store.orgs.hold("other", Hold.DOWN, "503", clock())

    assert found(store, clock() + 9 * MINUTE) == {}
    (trouble,) = troubles(CONFIG, store, clock() + 10 * MINUTE)
    assert (trouble.kind, trouble.subject, trouble.since) == ("upstream down", "other", clock())


def test_events_that_wait_too_long_are_told_with_the_oldest(store: Store, clock: Any) -> None:
    keep(store, clock(), "e1")
    keep(store, clock() + MINUTE, "e2")

    assert found(store, clock() + 29 * MINUTE) == {}
    (trouble,) = troubles(CONFIG, store, clock() + 30 * MINUTE)
    assert (trouble.kind, trouble.since) == ("waiting", clock())
    assert trouble.words == "events have waited for more than 30 min; the oldest is e1 of shop"
    store.received.map(lambda _: ("main", Mapped(EventStatus.IGNORED, "a test")), clock())
    assert found(store, clock() + HOUR) == {}


def test_what_waits_to_be_delivered_waits_too(store: Store, clock: Any) -> None:
    keep(store, clock(), "ada@example.com")
    store.received.map(lambda _: ("main", Mapped(EventStatus.PENDING, contact=ADA, meaning=Meaning.SIGNED_UP)), clock())

    (trouble,) = troubles(CONFIG, store, clock() + HOUR)

    assert "the oldest is sha256:" in trouble.words


def test_a_replay_begins_the_wait_anew(store: Store, clock: Any) -> None:
    fail(store, clock(), "neither e-mail nor phone", "e1")
    later = clock() + timedelta(days=9)

    assert [batch.changed for batch in store.replays.batches(Filter(source="shop"), later)]

    assert found(store, later + 29 * MINUTE) == {}
    assert ("waiting", "") in found(store, later + 30 * MINUTE)


def test_a_source_that_has_gone_quiet_is_told_if_it_is_configured(store: Store, clock: Any) -> None:
    for source in ("shop", "gone", "import"):
        with store.database.writing() as connection:
            note(connection, [(source, clock() - hours * HOUR) for hours in range(12)])

    assert found(store, clock() + 3 * HOUR) == {}
    (trouble,) = troubles(CONFIG, store, clock() + 4 * HOUR)
    assert (trouble.kind, trouble.subject, trouble.since) == ("quiet", "shop", clock())


def test_webhooks_refused_in_a_row_are_told_with_their_cause(store: Store, clock: Any) -> None:
    times = [clock() + number * MINUTE for number in range(5)]
    refuse(store, *times[:4])
    assert found(store, times[4]) == {}

    refuse(store, times[4])

    (trouble,) = troubles(CONFIG, store, times[4])
    assert (trouble.kind, trouble.subject, trouble.since) == ("refusals", "shop", clock())
    assert trouble.words == "5 webhooks or more in a row to shop were refused: wrong secret"


def test_a_genuine_webhook_ends_a_row(store: Store, clock: Any) -> None:
    refuse(store, *[clock() + number * MINUTE for number in range(5)])

    with store.database.writing() as connection:
        note(connection, [("shop", clock() + 2 * MINUTE)])

    assert found(store, clock() + 5 * MINUTE) == {}


def test_refusals_count_for_their_own_source_for_a_day_and_only_if_a_signature_was_wrong(
    store: Store, clock: Any
) -> None:
    refuse(store, *[clock()] * 3)
    refuse(store, *[clock()] * 3, source="form")
    refuse(store, *[clock()] * 9, cause="body cannot be read")
    assert found(store, clock()) == {}

    refuse(store, *[clock()] * 2)

    assert list(found(store, clock() + 23 * HOUR)) == [("refusals", "shop")]
    assert found(store, clock() + 25 * HOUR) == {}


def test_each_kind_says_what_to_do_and_where_to_look(store: Store, clock: Any) -> None:
    fail(store, clock(), "neither e-mail nor phone", "e1")
    keep(store, clock(), "e2")
    store.orgs.hold("main", Hold.KEY_REFUSED, "401", clock())
    store.orgs.hold("other", Hold.DOWN, "503", clock())
    with store.database.writing() as connection:
        note(connection, [("form", clock() - hours * HOUR) for hours in range(12)])
    refuse(store, *[clock() + number * MINUTE for number in range(1, 6)])

    told = {trouble.kind: advised(trouble, CONFIG) for trouble in troubles(CONFIG, store, clock() + 4 * HOUR)}

    pages = {kind: page.removeprefix("https://hooks.example.com/console/") for kind, (_, page) in told.items() if page}
    assert pages == {
        "failed": "events?status=failed", "key refused": "", "upstream down": "", "waiting": "events?status=pending",
        "quiet": "sources/form", "refusals": "sources/shop",
    }  # fmt: skip
    assert "orgs.main.api_key" in told["key refused"][0]
    assert "events --source form" in told["quiet"][0]
    assert "sources.shop" in told["refusals"][0]
