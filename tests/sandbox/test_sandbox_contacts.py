"""The keys of the stand-in API, and creating contacts."""

import http.client
import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from sandbox_client import ADA, KEY, Client, message

from app.sandbox import Duplicates, SandboxServer


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer ", "Bearer wrong", f"Basic {KEY}", KEY])
def test_it_refuses_a_request_without_a_valid_key(call: Client, authorization: str) -> None:
    answer = call("GET", "/orgs/c/contacts", headers={"Authorization": authorization})

    assert (answer.status_code, message(answer)) == (401, "missing or invalid API key")


def test_it_takes_c_and_the_id_for_the_organization_of_the_key(call: Client) -> None:
    call.create(**ADA)

    answer = call("GET", "/orgs/org_acme/contacts")

    assert [contact["name"] for contact in answer.json()] == ["Ada Example"]


@pytest.mark.parametrize("org_id", ["org_agency", "org_branch", "org_nowhere"])
def test_it_does_not_find_an_organization_that_the_key_is_not_for(call: Client, org_id: str) -> None:
    assert call("GET", f"/orgs/{org_id}/contacts").status_code == 404


def test_it_lets_an_agency_into_its_sub_organization_by_id(sandbox: SandboxServer, call: Client) -> None:
    call.session.headers["Authorization"] = "Bearer key-of-agency"

    call("POST", "/orgs/org_branch/contacts", json={"channel": ADA})
    call.create(**ADA)

    assert [len(sandbox.contacts[org]) for org in ("org_acme", "org_agency", "org_branch")] == [0, 1, 1]


def test_it_answers_with_the_whole_contact(call: Client) -> None:
    answer = call.create("seg_vip", **ADA)

    contact = answer.json()
    (channel,), (segment,) = contact.pop("channels"), contact.pop("segments")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    assert contact == {
        "id": contact["id"],
        "name": "Ada Example",
        "blocked": False,
        "unsubscribed": False,
        "is_admin": False,
        "created_at": "2026-03-01T12:00:00.000Z",
        "updated_at": "2026-03-01T12:00:00.000Z",
        "blocked_at": None,
        "unsubscribed_at": None,
        "unsubscribe_reason": None,
        "unsubscribe_feedback": None,
    }
    assert channel == {
        **ADA,
        "id": channel["id"],
        "type": "internal",
        **dict.fromkeys(("avatar", "username", "country", "agent", "ip", "language", "link")),
        "platform_data": {},
        "created_at": "2026-03-01T12:00:00.000Z",
        "updated_at": "2026-03-01T12:00:00.000Z",
    }
    assert segment == {
        "id": "seg_vip",
        "name": "seg_vip",
        "color": "#6b7280",
        "contacts_count": 1,
        "created_at": "2026-03-01T12:00:00.000Z",
        "updated_at": "2026-03-01T12:00:00.000Z",
    }


@pytest.mark.parametrize("channel", [{"email": "ada@example.com"}, {"phone": "+15555550100"}])
def test_it_needs_no_more_than_an_email_or_a_phone(call: Client, channel: dict[str, str]) -> None:
    assert call.create(**channel).status_code == 200


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", "the body is not JSON"),
        (b"\xff", "the body is not JSON"),
        (b"[" * 100_000, "the body is not JSON"),
        (b"[]", "the body: Invalid input type."),
        (b"{}", "channel: Missing data for required field."),
        (b'{"channel": null}', "channel: Field may not be null."),
        (b'{"channel": {"name": "Ada", "user_id": "1"}}', "channel: email or phone is required"),
        (b'{"channel": {"email": "", "phone": ""}}', "channel: email or phone is required"),
        (b'{"channel": {"email": 7}}', "channel.email: Not a valid string."),
        (b'{"channel": {"email": "a@example.com", "mail": "x"}}', "channel.mail: Unknown field."),
        (b'{"channel": {"phone": "+1"}, "segment_ids": "seg"}', "segment_ids: Not a valid list."),
        (b'{"channel": {"phone": "+1"}, "segment_ids": [1]}', "segment_ids.0: Not a valid string."),
    ],
)
def test_it_refuses_a_create_that_breaks_the_rules(
    sandbox: SandboxServer, call: Client, body: bytes, expected: str
) -> None:
    answer = call("POST", "/orgs/c/contacts", data=body)

    assert (answer.status_code, message(answer), sandbox.contacts.created) == (400, expected, 0)


def test_it_attaches_a_channel_to_the_contact_that_is_named(sandbox: SandboxServer, call: Client) -> None:
    contact_id = call.create(**ADA).json()["id"]

    answer = call.create("seg_new", contact_id=contact_id, user_id="stripe:9", name="A. E.").json()

    assert (answer["id"], answer["name"], sandbox.contacts.created) == (contact_id, "Ada Example", 1)
    assert [channel["user_id"] for channel in answer["channels"]] == ["shopify:1", "stripe:9"]
    assert [segment["id"] for segment in answer["segments"]] == ["seg_new"]
    assert call.find(user_id="stripe:9") == call.find(user_id="shopify:1") == ["Ada Example"]


def test_it_attaches_no_channel_that_leads_nowhere(call: Client) -> None:
    contact_id = call.create(**ADA).json()["id"]

    assert call.create(contact_id="contact_unknown", email="x@example.com").status_code == 404
    assert call.create(contact_id=contact_id, name="Only a name").status_code == 400


@pytest.mark.parametrize("twin", [{"email": "ADA@EXAMPLE.COM"}, {"user_id": "shopify:1", "phone": "+15555550199"}])
@pytest.mark.parametrize(
    ("duplicates", "status", "created"),
    [("second", 200, 2), ("same", 200, 1), ("conflict", 409, 1), ("bad_request", 400, 1)],
)
def test_it_meets_somebody_again_in_every_way_that_is_undocumented(
    sandbox: SandboxServer, call: Client, *, twin: dict[str, str], duplicates: str, status: int, created: int
) -> None:
    first = call.create(**ADA).json()
    sandbox.settings.duplicates = Duplicates(duplicates)

    answer = call.create("seg_late", **twin)

    assert (answer.status_code, sandbox.contacts.created) == (status, created)
    assert duplicates != "same" or answer.json() == first
    assert status == 200 or "already exists" in message(answer)


def test_it_takes_a_phone_for_no_identity(sandbox: SandboxServer, call: Client) -> None:
    sandbox.settings.duplicates = Duplicates.CONFLICT

    answers = [call.create(phone="+15555550100").status_code for _ in range(2)]

    assert answers == [200, 200]


@pytest.mark.parametrize(("duplicates", "created"), [("second", 200), ("same", 1)])
def test_it_counts_right_when_many_create_at_once(sandbox: SandboxServer, duplicates: str, created: int) -> None:
    sandbox.settings.duplicates, sandbox.settings.rate_limit = Duplicates(duplicates), None
    body = json.dumps({"channel": ADA, "segment_ids": ["seg_all"]})

    def client(_: int) -> set[str]:
        connection = http.client.HTTPConnection(sandbox.url.removeprefix("http://"), timeout=5)
        ids = set()
        for _ in range(25):
            connection.request("POST", "/orgs/c/contacts", body, {"Authorization": f"Bearer {KEY}"})
            ids.add(json.load(connection.getresponse())["id"])
        connection.close()
        return ids

    with ThreadPoolExecutor(8) as pool:
        ids = set().union(*pool.map(client, range(8)))

    assert len(ids) == sandbox.contacts.created == created
    assert sandbox.contacts.all()[0]["segments"][0]["contacts_count"] == created
    assert sandbox.requests.total == 200
