"""Identity, membership and courses: the senders' own published payloads, and what no one sample can show."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from provider_samples import NOW, secrets_of, signed, source_for

from app.errors import PayloadError, VerificationError
from app.mapping import Mapped, map_event
from app.signatures import Hmac
from app.store.documents import contact_to
from app.webhook import Event, EventStatus, Webhook

FOLDER = Path(__file__).parent.parent.parent / "shared" / "facts" / "payloads"
JSON = {"content-type": "application/json"}
OURS = (
    *("auth0__", "supabase__", "workos__", "kinde__", "memberstack__", "outseta__", "ghost__", "patreon__"),
    *("memberful__", "thinkific__", "teachable__", "kajabi__", "eventbrite__"),
)

JOHN = {"user_id": "auth0:auth0|507f1f77bcf86cd799439020", "name": "John Doe", "email": "john.doe@gmail.com"}
DAVIS = {"name": "Marcelina Davis", "email": "marcelina.davis@example.com"}
USER = {"user_id": "workos:user_01E4ZCR3C56J083X43JQXF3JK5", **DAVIS}

BECOMES: Mapping[str, object] = {
    "auth0__user.created.json": JOHN,
    "auth0__user.deleted.json": JOHN,
    "auth0__organization.member.added.json": "ignored: names a user and an organization by number only",
    "supabase__before-user-created.json": {
        "user_id": "supabase:ff7fc9ae-3b1b-4642-9241-64adb9848a03",
        "email": "valid.email@supabase.com",
    },
    "workos__user.created.json": USER,
    "workos__user.updated.json": USER,
    "workos__user.deleted.json": USER,
    "workos__invitation.accepted.json": {"email": DAVIS["email"]},
    "workos__invitation.created.json": "ignored: invited, not signed up",
    "workos__waitlist_user.created.json": {"email": DAVIS["email"]},
    "workos__dsync_user.created.json": DAVIS,
    "kinde__user.created_decoded.json": {
        "user_id": "kinde:kp_1234567890",
        "name": "Test",
        "email": "user@example.com",
    },
    "memberstack__member.created_assembled.json": {"user_id": "memberstack:mem_abc123", "email": "john@doe.com"},
    "outseta__account_created_assembled.json": {
        "user_id": "outseta:DQ2aE5mV",
        "name": "Jane Doe",
        "email": "jane@example.com",
    },
    "ghost__member.added.json": {
        "user_id": "ghost:6193c6b0e5cfb1001d0c1a01",
        "name": "Test Member",
        "email": "testemail@example.com",
        "consent": {"state": "granted", "at": "2026-01-02T03:04:05+00:00"},
    },
    "ghost__member.deleted.json": "ignored: a member was deleted",
    "patreon__members_create_v2.json": "ignored: Patreon tells no e-mail address",
    "memberful__member_signup.json": {
        "user_id": "memberful:0",
        "name": "John Doe",
        "email": "john.doe@example.com",
    },
    "thinkific__enrollment.created.json": "ignored: a test that Thinkific sends",
    "thinkific__user.signup_assembled.json": {
        "user_id": "thinkific:94",
        "name": "John Doe",
        "email": "john@example.com",
    },
    "kajabi__form_submission.json": "ignored: a test that Kajabi sends",
    "eventbrite__order.placed_assembled.json": {"name": "Ada Byron", "email": "ada@example.org"},
}
NOT_JSON = {
    "memberstack__member.created_as_documented.txt",
    "patreon__members_create_v2_as_documented.txt",
    "patreon__pledge_create_v1_as_documented.txt",
}
HEADERS = {"patreon__members_create_v2.json": {"x-patreon-event": "members:create"}}
QUERIES = {"outseta__account_created_assembled.json": {"event": "AccountCreated"}}
FETCHED = {
    "eventbrite__order.placed_assembled.json": {"first_name": "Ada", "last_name": "Byron", "email": "ada@example.org"}
}

shared = pytest.mark.skipif(not FOLDER.is_dir(), reason="the folder ../shared/facts/payloads is not there")


def read(provider: str, body: bytes, headers: Mapping[str, str] = JSON, query: Mapping[str, str] = {}) -> list[Event]:
    source = source_for(provider)
    return source.provider.read(source, Webhook(body, {**JSON, **headers}, query), NOW)


def outcome(result: Mapped) -> object:
    if result.status is EventStatus.PENDING:
        return contact_to(result.contact)
    return f"{result.status}: {result.reason}"


def become(provider: str, payload: object, **more: Mapping[str, str]) -> list[object]:
    source = source_for(provider)
    return [outcome(map_event(source, event)) for event in read(provider, json.dumps(payload).encode(), **more)]


@shared
@pytest.mark.parametrize("file", BECOMES)
def test_a_published_payload_becomes_what_it_should(file: str):
    provider, expected = file.partition("__")[0], BECOMES[file]
    source = source_for(provider)
    body = (FOLDER / file).read_bytes()

    (event,) = read(provider, body, HEADERS.get(file, {}), QUERIES.get(file, {}))
    if file in FETCHED:
        event = replace(event, fetched=json.dumps(FETCHED[file]).encode())
    result = outcome(map_event(source, event))

    if isinstance(expected, str):
        assert str(result).startswith(expected)
    else:
        assert result == expected


@shared
@pytest.mark.parametrize("file", sorted(NOT_JSON))
def test_a_payload_that_is_documented_as_no_json_is_refused_as_such(file: str):
    with pytest.raises(PayloadError):
        read(file.partition("__")[0], (FOLDER / file).read_bytes())


@shared
def test_every_published_payload_of_our_providers_is_looked_at():
    assert {path.name for path in FOLDER.iterdir() if path.name.startswith(OURS)} == BECOMES.keys() | NOT_JSON


def test_a_batch_of_a_log_stream_is_an_event_a_line():
    lines = [{"log_id": str(n), "data": {"type": "ss", "user_name": f"p{n}@example.com"}} for n in range(3)]
    as_lines = b"\n".join(json.dumps(line).encode() for line in lines)

    events = read("auth0", as_lines)

    assert [event.event_id for event in events] == ["0", "1", "2"]
    assert become("auth0", lines) == [{"email": f"p{n}@example.com"} for n in range(3)]


@pytest.mark.parametrize("body", [b"[]", json.dumps([{}] * 1001).encode(), b'{"log_id": "1"}\n{"log_id": '])
def test_a_batch_that_is_empty_or_endless_or_broken_is_refused(body: bytes):
    with pytest.raises(PayloadError):
        read("auth0", body)


def test_everybody_in_an_account_becomes_a_contact():
    people = [{"Person": {"Uid": f"p{n}", "Email": f"p{n}@example.com"}} for n in range(2)]
    account = {"Uid": "a", "PersonAccount": people, "Updated": "2026-03-02T09:15:00"}

    events = read("outseta", json.dumps(account).encode(), query={"event": "AccountAddPerson"})
    contacts = become("outseta", account, query={"event": "AccountAddPerson"})

    assert len({event.event_id for event in events}) == 2
    assert contacts == [{"user_id": f"outseta:p{n}", "email": f"p{n}@example.com"} for n in range(2)]


def test_the_password_and_the_tokens_of_a_row_are_never_kept():
    row = {"id": "1", "email": "zoë@example.com", "encrypted_password": "$2a$hash", "recovery_token": "t0ken"}
    body = json.dumps({"type": "UPDATE", "schema": "auth", "table": "users", "record": row, "old_record": row})

    (event,) = read("supabasedb", body.encode())

    assert b"$2a$hash" not in event.body
    assert b"t0ken" not in event.body
    assert event.payload["record"] == {"id": "1", "email": "zoë@example.com"}


def test_an_auth_hook_is_answered_as_it_wants_and_verified_while_its_secret_rotates():
    source = source_for("supabase")
    new, old, wrong = (f"v1,{secret}" for secret in secrets_of("supabase"))
    webhook = signed(source, Webhook(b"{}", JSON), f"{new}|{old}")

    assert source.provider.reply == "{}"
    assert ", v1," in webhook.headers["webhook-signature"]
    source.scheme.verify(webhook, [f"{wrong}|{old}"], NOW)
    with pytest.raises(VerificationError):
        source.scheme.verify(webhook, [wrong], NOW)


def test_an_older_release_of_ghost_signs_the_body_alone():
    source = source_for("ghost")
    older = replace(source.scheme, signed="{body}")
    webhook = older.sign(Webhook(b"{}", JSON), source.secrets[0], NOW)

    source.scheme.verify(webhook, source.secrets, NOW)
    with pytest.raises(VerificationError):
        source.scheme.verify(replace(webhook, body=b"[]"), source.secrets, NOW)
    with pytest.raises(VerificationError):
        Hmac.verify(source.scheme, webhook, source.secrets, NOW)


@pytest.mark.parametrize(
    ("previous", "at"),
    [({"last_seen_at": None}, None), ({"newsletters": []}, "2026-03-02T09:15:00+00:00")],
    ids=["not", "indeed"],
)
def test_an_edit_has_a_time_for_consent_only_where_it_changed_the_newsletters(previous: dict, at: str | None):
    member = {"id": "1", "email": "m@example.com", "subscribed": True, "updated_at": "2026-03-02T09:15:00.000Z"}

    (contact,) = become("ghost", {"member": {"current": member, "previous": previous}})

    assert contact["consent"] == {"state": "granted", "at": at}


def test_a_tag_says_what_the_contact_says_of_consent_but_not_since_when():
    tagged = {"id": "7", "type": "contacts", "attributes": {"email": "k@example.com", "subscribed": False}}

    (contact,) = become("kajabi", {"id": "h", "event": "tag_added", "payload": [tagged]})

    assert contact["consent"] == {"state": "refused", "at": None}


@pytest.mark.parametrize(
    "address",
    [
        "https://www.eventbriteapi.com.example.org/v3/orders/1/",
        "https://www.eventbriteapi.com@example.org/v3/orders/1/",
        "https://example.org/v3/orders/1/",
        "http://www.eventbriteapi.com/v3/orders/1/",
        "https://www.eventbriteapi.com:8443/v3/orders/1/",
        "https://www.eventbriteapi.com/v3/orders/../users/me/",
        "https://www.eventbriteapi.com/v3/orders/1/?x=1",
        "https://www.eventbriteapi.com/v3/users/me/",
        "https://www.eventbriteapi.com/v3/orders/1/\n",
        7,
        None,
    ],
)
def test_eventbrite_is_asked_for_orders_and_attendees_and_nobody_else_for_anything(address: object):
    fetch = source_for("eventbrite").provider.fetch

    assert fetch.url({"api_url": address}) is None
    assert fetch.url({"api_url": "https://www.eventbriteapi.com/v3/orders/1"}) == (
        "https://www.eventbriteapi.com/v3/orders/1/"
    )
