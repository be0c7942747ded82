"""``preview``: the contact that a payload would become; and files and headers that are wrong."""

import json
from pathlib import Path

import pytest
from cli_events import arrive
from cli_run import Run

LEAD = {"id": "lead-1", "who": {"mail": "Ada@Example.com", "name": "Ada Example", "phone": "12"}}


@pytest.fixture
def lead(configured: Path) -> str:
    (configured / "lead.json").write_text(json.dumps(LEAD))
    return "lead.json"


def test_it_shows_field_by_field_where_it_came_from(lead: str, run: Run) -> None:
    shown = run("preview", "landing", lead)

    assert shown.exit_code == 0
    assert "would be delivered" in shown.output
    assert "who.mail" in shown.output
    assert "Ada@example.com" in shown.output
    assert "note: " in shown.output  # the phone number that is none
    assert not Path("var").exists()


def test_it_shows_the_same_as_json(lead: str, run: Run) -> None:
    (shown,) = json.loads(run("preview", "landing", lead, "--json").output)

    assert (shown["event_id"], shown["status"]) == ("lead-1", "pending")
    assert shown["contact"]["email"] == {"value": "Ada@example.com", "from": "who.mail"}
    assert shown["notes"]


def test_of_two_email_fields_it_takes_the_first_and_says_so(configured: Path, run: Run) -> None:
    (configured / "bridge.toml").write_text(
        '[orgs.main]\napi_key = "key"\n[sources.form]\nprovider = "relay"\nauth = "bearer"\nsecret = "token"\n'
    )
    answers = '{"Your e-mail": "ada@example.com", "Correo de trabajo": "work@example.com"}'

    (shown,) = json.loads(run("preview", "form", "-", "--json", stdin=answers).output)

    assert shown["contact"]["email"]["value"] == "ada@example.com"
    assert "the first of 2 e-mail fields" in shown["contact"]["email"]["from"]


def test_it_reads_standard_input_and_headers(configured: Path, run: Run) -> None:
    customer = '{"id": 7, "first_name": "Ada", "email": "ada@example.com"}'

    shown = run("preview", "shop", "-", "-H", "X-Shopify-Topic: customers/create", stdin=customer)

    assert shown.exit_code == 0
    assert "shopify:7" in shown.output


def test_it_says_what_is_missing_where_the_event_cannot_be_told(configured: Path, run: Run) -> None:
    shown = run("preview", "shop", "-", stdin='{"id": 7, "email": "ada@example.com"}')

    assert "ignored" in shown.output
    assert "which event" in shown.output
    assert "-H" in shown.output


def test_it_fails_where_no_contact_can_be_made(configured: Path, run: Run) -> None:
    shown = run("preview", "landing", "-", stdin='{"colour": "red"}')

    assert shown.exit_code == 1
    assert "failed" in shown.output


@pytest.mark.parametrize("payload", [b"", b"\x00\xff\xfe", b"{", b"[" * 100_000, b"{}" * 5, b"a=%ff"])
def test_a_payload_that_cannot_be_read_is_told_in_words(configured: Path, run: Run, payload: bytes) -> None:
    refused = run("preview", "landing", "-", stdin=payload)

    assert refused.exit_code == 2
    assert refused.stderr.startswith("contact-bridge: ")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("preview", "landing", "missing.json"), "cannot read missing.json"),
        (("preview", "landing", "."), "cannot read ."),
        (("preview", "landin", "lead.json"), "did you mean landing?"),
        (("preview", "landing", "lead.json", "-H", "nonsense"), "Name: value"),
        (("send", "shop", "customer-creatd"), "did you mean customer-created?"),
        (("send", "shop", "--file", "missing.json"), "cannot read missing.json"),
        (("send", "shop", "--url", "ftp://example.com"), "http://"),
        (("send", "shop", "--url", "http://[bad"), "cannot be sent"),
        (("send", "shop", "--url", "http://127.0.0.1:1/\x00"), ""),
        (("send", "shop", "-H", "X-A: b\nX-C: d"), "cannot be sent"),
        (("replay",), "--status failed"),
        (("replay", "lead-404"), "there is no event 'lead-404'"),
        (("show", "lead-404"), "there is no event 'lead-404'"),
        (("events", "--since", "yesterday"), "is no time"),
        (("events", "--status", "gone"), "Invalid value"),
        (("serve", "--port", "99999"), "Invalid value"),
        (("serve", "--host", "x" * 100, "--port", "0"), "cannot listen"),
        (("sandbox", "--key", "nonsense"), "KEY=ORG"),
        (("sandbox", "--host", "192.0.2.1"), "loopback"),
    ],
)
def test_wrong_usage_is_told_in_words(
    lead: str, configured: Path, run: Run, arguments: tuple[str, ...], words: str
) -> None:
    arrive(configured)  # makes the database

    refused = run(*arguments)

    assert refused.exit_code in ((1, 2) if not words else (2,))
    assert words in refused.stderr


def test_nobody_there_is_a_failure_and_not_wrong_usage(configured: Path, run: Run) -> None:
    refused = run("send", "shop", "--url", "http://127.0.0.1:1/hooks/shop?token=secret")

    assert refused.exit_code == 1
    assert "contact-bridge serve" in refused.stderr
    assert "token" not in refused.stderr


@pytest.mark.parametrize("as_json", [(), ("--json",)])
def test_control_characters_in_a_payload_never_reach_the_terminal(
    configured: Path, run: Run, as_json: tuple[str, ...]
) -> None:
    nasty = {
        "who": {"mail": "ada@example.com", "name": "A\x1b[31m\x9b2J\x07\u202eda"},
        "id": "x\x1b]0;y",
        "type": "\x1b[1m",
    }

    shown = run("preview", "landing", "-", *as_json, stdin=json.dumps(nasty))

    assert [c for c in shown.output if not c.isprintable() and c != "\n"] == []


def test_a_time_long_ago_is_no_trouble(configured: Path, run: Run) -> None:
    arrive(configured)  # makes the database

    assert run("events", "--since", "999999d").exit_code == 0
