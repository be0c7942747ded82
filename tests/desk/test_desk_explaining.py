"""One event told whole, whatever became of what was sent; and payloads that are only tried."""

from contextlib import closing

import pytest
from desk_kit import Desk

from app.desk import explaining, steering, trying
from app.desk.explaining import State
from app.desk.whom import whom_to_erase
from app.store import Store
from app.store.keyring import new_key


def test_it_tells_what_was_sent_what_was_made_of_it_and_what_went_out(desk: Desk) -> None:
    desk.deliver("e1", name="Ada")

    view = explaining.explain(desk.bridge, "landing", "e1")

    assert view
    assert (view.state, view.gone) == (State.KEPT, False)
    assert view.payload == {"id": "e1", "type": "signup", "email": "e1@example.com", "name": "Ada"}
    assert {part.name: (part.value, part.origin) for part in view.parts} == {
        "name": ("Ada", "name"), "email": ("e1@example.com", "email"),
    }  # fmt: skip
    assert [(each["outcome"], each["exchanges"][0]["path"]) for each in view.attempts] == [("delivered", "/contacts")]
    assert view.waits_because is None


def test_it_tells_why_an_event_waits(desk: Desk) -> None:
    desk.arrive("e1")

    view = explaining.explain(desk.bridge, "landing", "e1")

    assert view
    assert "no delivery process is running" in str(view.waits_because)


def test_it_knows_an_event_by_its_id_as_it_was_sent(desk: Desk) -> None:
    desk.arrive("zoe@example.com")

    assert explaining.explain(desk.bridge, "landing", "zoe@example.com")
    assert explaining.explain(desk.bridge, "shop", "zoe@example.com") is None
    assert explaining.explain(desk.bridge, "landing", "nothing") is None


@pytest.mark.parametrize(
    ("body", "kind", "payload"),
    [
        (b"email=ada%40example.com", "application/x-www-form-urlencoded", "email=ada%40example.com"),
        (b"just words", "text/plain", "just words"),
        (b"\xff\xfe{", "application/json", "\ufffd\ufffd{"),
        (b"{", "application/json", "{"),
        (b'\xef\xbb\xbf {"a": 1}', "text/plain", {"a": 1}),
        (b"[1]", "application/json", [1]),
    ],
)
def test_it_shows_what_is_no_json_as_well_as_it_can(desk: Desk, body: bytes, kind: str, payload: object) -> None:
    desk.arrive("e1")
    with desk.store.database.writing() as connection:
        from app.store.tables import events  # noqa: PLC0415 -- only here

        connection.execute(events.update().values(body=body, content_type=kind))

    view = explaining.explain(desk.bridge, "landing", "e1")

    assert view
    assert view.payload == payload


def test_nothing_is_left_to_show_of_who_was_erased(desk: Desk) -> None:
    desk.deliver("e1", email="zoe@example.com")
    steering.erase(desk.bridge, whom_to_erase(desk.bridge.config, "zoe@example.com", None), "cli: ada")

    view = explaining.explain(desk.bridge, "landing", "e1")

    assert view
    assert (view.state, view.payload, view.parts) == (State.GONE, None, [])
    assert "nothing to replay" in str(explaining.rehearsed(desk.bridge, "landing", "e1"))


def test_it_says_so_where_a_key_is_missing(database_url: str, clock) -> None:
    with closing(Store(database_url, [new_key()])) as sealed:
        sealed.migrate()
        Desk(sealed, clock).deliver("e1", name="Zoe")
    with closing(Store(database_url)) as opened:
        desk = Desk(opened, clock)

        view = explaining.explain(desk.bridge, "landing", "e1")

        assert view
        assert (view.state, view.payload, view.parts) == (State.SEALED, None, [])
        assert "a key that is not configured" in str(explaining.rehearsed(desk.bridge, "landing", "e1"))


def test_it_tells_what_a_replay_would_change(desk: Desk) -> None:
    desk.fail("e1", name="Ada")

    found = explaining.rehearsed(desk.bridge, "landing", "e1")

    assert not isinstance(found, str)
    assert [(each.field, each.before, each.after) for each in found.differences] == [("name", None, "Ada")]
    assert desk.event("e1")["status"] == "failed"


def test_a_payload_is_tried_and_nothing_is_kept(desk: Desk) -> None:
    source = desk.bridge.config.sources["landing"]
    body = trying.as_text({"id": "x1", "type": "t", "who": {"mail": "ada@example.com"}})

    as_it_is = trying.attempt(desk.bridge, source, body, "", trying.expressions_of(source))
    changed = trying.attempt(desk.bridge, source, body, {"X-Any": "thing"}, {"email": "who.mail"})
    wrong = trying.attempt(desk.bridge, source, body, "", {"email": "who.["})

    ((event, mapped),) = changed.outcomes
    assert (event.event_id, event.event_type) == ("x1", "t")
    assert mapped.contact
    assert mapped.contact.email == "ada@example.com"
    assert mapped.findings["email"].origin == "who.mail"
    assert as_it_is.outcomes[0][1].status == "failed"
    assert wrong.mistakes.keys() == {"email"}
    assert desk.statuses() == {}


@pytest.mark.parametrize(
    ("body", "headers", "words"),
    [("{", "", "not JSON"), ("", "", "empty"), ("{}", "no colon", "write Name: value"), ("[" * 100_000, "", "JSON")],
)
def test_what_cannot_be_tried_is_told_in_words(desk: Desk, body: str, headers: str, words: str) -> None:
    trial = trying.attempt(desk.bridge, desk.bridge.config.sources["landing"], body, headers, {})

    assert trial.outcomes == []
    assert words in trial.problem


def test_expressions_are_told_as_the_file_takes_them(desk: Desk) -> None:
    texts = {"email": 'who."e-mail"', "name": " "}

    assert trying.as_toml(desk.bridge.config.sources["landing"], texts) == (
        '[sources.landing.contact]\nemail = "who.\\"e-mail\\""'
    )
