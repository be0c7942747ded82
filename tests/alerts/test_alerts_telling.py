"""Telling: webhooks get JSON, mails and all else go through apprise, and no answer quotes an address."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from alerts_kit import Listener, Mailbox

from app.alerts import telling
from app.alerts.message import Message, trial
from app.alerts.telling import called, mistakes, tell

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
TEST = trial(NOW)


def test_a_webhook_gets_json(listener: Listener) -> None:
    assert tell([listener.url], TEST) == [None]

    assert listener.heard == [
        {
            "type": "alert.test",
            "at": "2026-03-01T12:00:00+00:00",
            "title": "Contact Bridge: this is a test",
            "text": "Contact Bridge: this is a test\nAlerts arrive here.",
        }
    ]


def test_everybody_is_told_and_each_says_what_happened(listen: Callable[[], Listener], mailbox: Mailbox) -> None:
    well, ill = listen(), listen()
    ill.status = 503
    nowhere = "http://127.0.0.1:1/secret-path"

    results = tell([well.url, mailbox.url, ill.url, nowhere, "discord://secret"], TEST)

    assert results[:4] == [None, None, "it answered 503", "it cannot be reached (ConnectionRefusedError)"]
    assert "apprise" in (results[4] or "")
    assert len(well.heard) == len(mailbox.mails) == 1
    assert "secret" not in str(results)


def test_a_mail_says_it_in_its_subject_and_as_text(mailbox: Mailbox) -> None:
    assert tell([mailbox.url], TEST) == [None]

    (mail,) = mailbox.mails
    assert "Subject: Contact Bridge: this is a test" in mail
    assert "To: ops@example.com" in mail
    assert "\nAlerts arrive here." in mail


def test_what_is_text_stays_text_in_a_mail(mailbox: Mailbox) -> None:
    tell([mailbox.url], Message("test", "<b>", "one <b>\ntwo & three", {}))

    (mail,) = mailbox.mails
    assert "\none <b>\r\ntwo & three" in mail
    assert "html" not in mail


def test_a_mail_server_that_is_away_is_told(mailbox: Mailbox) -> None:
    mailbox.close()

    assert tell([mailbox.url], TEST) == ["it was not taken"]


def test_a_webhook_that_points_elsewhere_is_not_followed(listen: Callable[[], Listener]) -> None:
    first, second = listen(), listen()
    first.status, first.headers = 302, {"Location": second.url}

    assert tell([first.url], TEST) == ["it answered 302"]
    assert second.heard == []


def test_a_webhook_that_hangs_is_not_waited_for(serve_nothing: str) -> None:
    assert tell([serve_nothing], TEST, patience=0.1) == ["no answer in time"]


def test_webhooks_that_answer_byte_by_byte_hold_up_nobody(dripping: str, listener: Listener) -> None:
    began, addresses = time.monotonic(), [dripping, f"{dripping}second", listener.url]

    for _ in range(3):
        assert tell(addresses, TEST, patience=0.2) == ["no answer in time", "no answer in time", None]

    assert time.monotonic() - began < 5
    assert len(listener.heard) == 3
    assert sum(thread.name == "alert" for thread in threading.enumerate()) == 2


def test_only_what_apprise_does_not_know_is_a_mistake() -> None:
    good = ["https://alerts.example.com/x", "mailto://user:secret@example.com"]

    assert mistakes(good) == mistakes([]) == mistakes(good[:1]) == []
    (found,) = mistakes([*good, "nonsense://secret"])
    assert found.startswith("alerts.to[2]: is no address that apprise knows")
    assert mistakes(["slack://"])[0].startswith("alerts.to: ")
    assert "secret" not in found


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("raise SystemExit(1)", "it could not be told (CalledProcessError)"),
        ("print('[]')", "it could not be told (IndexError)"),
        ("print('no JSON')", "it could not be told (JSONDecodeError)"),
        ("import time; time.sleep(9)", "no answer in time"),
    ],
)
def test_a_speaker_that_fails_is_told(program: str, words: str) -> None:
    command, patience = (sys.executable, "-c", program), 0.2 if "sleep" in program else 20.0

    assert telling._speaker({"addresses": ["mailto://user:secret@example.com"]}, 1, command, patience) == [words]


def test_an_address_is_called_by_its_place_and_its_scheme() -> None:
    assert called(1, "mailto://user:secret@example.com") == "alerts.to[1] (mailto)"


def test_nothing_loads_apprise_but_the_speaker() -> None:
    every = (
        "import sys, app.alerts.watch, app.cli.services, app.server, app.delivery, app.housekeeping, app.cli.alerting"
    )

    loaded = f"{every}; sys.exit('apprise' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", loaded], check=False).returncode == 0
