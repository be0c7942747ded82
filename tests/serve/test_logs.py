"""What may stand in a log line."""

import json
import logging
import subprocess
import sys

import pytest

from app.webhook import loggable


@pytest.mark.parametrize(
    "event_id",
    [
        "evt_1NG8Du2eZvKYlo2C",
        "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043",
        "lead-one",
        "706405506930370084",
        "customers/create/7",
    ],
)
def test_an_id_that_a_machine_made_is_logged_as_it_is(event_id: str) -> None:
    assert loggable(event_id) == event_id


@pytest.mark.parametrize(
    "event_id",
    [
        "ada@example.com",
        "+15555550100",
        "15555550100",
        "(555) 555-0100",
        "Ada Example",
        "Zoë",
        "ada%40example.com",
        "\ud800",
    ],
)
def test_an_id_that_may_be_a_person_is_hashed(event_id: str) -> None:
    assert loggable(event_id).startswith("sha256:")
    assert loggable(event_id) == loggable(event_id)


def run(program: str) -> list[dict[str, object]]:
    setup = "import logging, sys, threading, structlog\nfrom app.logs import configure\nconfigure()\n"
    command = [sys.executable, "-c", setup + program]
    ended = subprocess.run(command, capture_output=True, text=True, check=True, timeout=20)
    assert ended.stderr == ""
    return [json.loads(line) for line in ended.stdout.splitlines()]


def test_other_libraries_log_their_words_without_the_values() -> None:
    program = (
        "logging.getLogger('other').warning('broken by %r at %s', ValueError('ada@example.com'), '/x?token=secret')"
    )

    (line,) = run(program)

    assert (line["level"], line["logger"]) == (logging.getLevelName(logging.WARNING).lower(), "other")
    assert line["message"] == "broken by %r at %s"


def test_numbers_in_other_libraries_lines_are_told() -> None:
    (line,) = run("logging.getLogger('gunicorn.error').critical('WORKER TIMEOUT (pid:%s)', 7)")

    assert line["message"] == "WORKER TIMEOUT (pid:7)"


def test_an_exception_is_named_and_not_quoted() -> None:
    raising = "try:\n    raise ValueError('ada@example.com')\nexcept ValueError:\n    logging.exception('it failed')\n"
    threaded = "t = threading.Thread(target=lambda: int('ada@example.com')); t.start(); t.join()"

    caught, uncaught = run(raising + threaded)

    assert (caught["message"], caught["error"]) == ("it failed", "ValueError")
    assert (uncaught["message"], uncaught["error"]) == ("bug", "ValueError")


def test_a_full_disk_costs_the_line_and_nothing_else() -> None:
    program = "import os\nos.dup2(os.open('/dev/full', os.O_WRONLY), 1)\nstructlog.get_logger().info('lost')\n"

    assert run(program) == []
