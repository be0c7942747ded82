"""``replay``: what is put back, what is left alone, and what a dry run shows."""

import json
import os
import re
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cli_events import NOW, arrive, change, configuration, everything, lead, opened, pile, settle
from cli_run import Run

from app.bridge import Bridge
from app.cli.bulk import go_through, interruptible
from app.desk.steering import replays
from app.store import Filter
from app.webhook import EventStatus

RENAMED = ('name = "who.name"', 'name = "who.nick"')


def statuses(folder: Path) -> dict[str, str]:
    with opened(folder) as store:
        return {event["event_id"]: event["status"] for event in store.log.events(Filter(), 5000)}


def dry_run(run: Run, *arguments: str) -> Any:
    return json.loads(run("replay", *arguments, "--dry-run", "--json").stdout)


@pytest.mark.parametrize(
    ("arguments", "again"),
    [
        (("e1",), ["e1"]),
        (("e1", "e3"), ["e1", "e3"]),
        (("--status", "failed"), ["e3"]),
        (("--source", "landing"), ["e1", "e2", "e3"]),
        (("--source", "shop"), []),
        (("--person", "E2@example.com"), ["e2"]),
        (("--since", "2026-03-01T12:30Z"), ["e3"]),
        (("--until", "2026-03-01T12:30Z"), ["e1", "e2"]),
        (("--status", "delivered", "--until", "2026-01-01"), []),
    ],
)
def test_each_condition_selects(configured: Path, run: Run, arguments: tuple[str, ...], again: list[str]) -> None:
    arrive(configured, lead("e1"), lead("e2"))
    settle(configured)
    arrive(configured, lead("e3"), now=NOW + timedelta(hours=1))
    settle(configured, EventStatus.FAILED, NOW + timedelta(hours=1))

    done = run("replay", *arguments, "--json")

    assert done.exit_code == 0
    assert [each["event_id"] for each in json.loads(done.stdout)] == again
    assert [event_id for event_id, status in statuses(configured).items() if status == "received"] == again[::-1]


@pytest.mark.parametrize("arguments", [(), ("--dry-run",), ("--json",)])
def test_no_condition_at_all_is_refused(configured: Path, run: Run, arguments: tuple[str, ...]) -> None:
    arrive(configured, lead("e1"))

    refused = run("replay", *arguments)

    assert refused.exit_code == 2
    assert "--status failed" in refused.stderr
    assert statuses(configured) == {"e1": "pending"}


def test_what_is_left_alone_is_counted(configured: Path, run: Run) -> None:
    arrive(configured, lead("e1"), lead("e2"), lead("e3"))
    with opened(configured) as store:
        store.claims.claim(NOW, 1, ["main"])
        with store.database.writing() as connection:
            connection.exec_driver_sql("UPDATE events SET body = NULL WHERE event_id = 'e2'")

    shown = dry_run(run, "--source", "landing")
    some, named = run("replay", "--source", "landing"), run("replay", "e2")

    assert shown["summary"] == {
        "selected": 3, "would_change": 0, "fetched_first": 0, "being_delivered": 1, "without_payload": 1,
        "unreadable": 0, "marked_as_done": 0,
    }  # fmt: skip
    assert "1 event to be mapped" in some.stdout
    assert "1 event left alone: being delivered at this moment" in some.stderr
    assert "1 event left alone: the payload is gone" in some.stderr
    assert (some.exit_code, named.exit_code) == (0, 1)


def test_ctrl_c_finishes_the_batch_and_stops(configured: Path) -> None:
    pile(configured, 1100)
    with opened(configured) as store, interruptible() as interrupted:
        bridge = Bridge(configuration(configured), store, lambda: NOW)
        batches = replays(bridge, Filter(source="landing"), "cli: ada")
        done, whole = go_through(batches, lambda _: os.kill(os.getpid(), signal.SIGINT), interrupted)

    assert not whole
    assert [len(batch.changed) for batch in done] == [500]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@contextmanager
def interrupting_after_a_ring(folder: Path) -> Iterator[None]:
    """Press Ctrl-C when the first batch has rung the bell."""
    pipe = folder / "var" / "bridge.db.bell"
    os.mkfifo(pipe, 0o600)
    bell = os.open(pipe, os.O_RDWR)

    def press() -> None:
        os.read(bell, 1)
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=press)
    thread.start()
    yield
    thread.join(10)
    os.close(bell)


def test_whoever_stops_a_replay_is_told_how_to_go_on(configured: Path, run: Run) -> None:
    pile(configured, 5000)

    with interrupting_after_a_ring(configured):
        stopped = run("replay", "--source", "landing")

    assert stopped.exit_code == 1
    assert re.fullmatch(r"[1-4]?[05]00 events to be mapped and delivered again\n", stopped.stdout)
    assert "of 5000 events; to go on: the same command with --since 2026-03-01T11:59:00+00:00" in stopped.stderr


def test_a_dry_run_shows_what_would_change_field_by_field(configured: Path, run: Run) -> None:
    arrive(configured, lead("e1", name="Ada", nick="Countess"), lead("e2", name="Bo", nick="Bo"))
    settle(configured)
    change(configured, *RENAMED)

    shown = run("replay", "--source", "landing", "--dry-run")

    assert shown.exit_code == 0
    assert shown.stdout.splitlines() == [
        "landing e1: delivered (for a test)",
        "    would be delivered: name",
        "    PATCH /contacts/c1",
        "    compared with the requests sent last:",
        "    name  Ada -> Countess",
        "1 of 2 events would change; nothing was sent",
    ]


def test_a_dry_run_is_there_as_json(configured: Path, run: Run) -> None:
    arrive(configured, lead("e1", name="Ada", nick="Countess"), lead("e2", name="Bo", nick="Bo"))
    settle(configured)
    change(configured, *RENAMED)

    shown = dry_run(run, "e1", "e2")

    first, second = shown["events"]
    assert first["would_be"] == {"status": "delivered", "reason": "name"}
    assert first["requests"] == [{"method": "PATCH", "path": "/contacts/c1", "body": {"name": "Countess"}}]
    assert first["differences"] == [{"field": "name", "before": "Ada", "after": "Countess"}]
    assert (first["changes"], second["changes"]) == (True, False)
    assert (second["requests"], second["differences"]) == ([], [])
    assert shown["summary"]["would_change"] == 1


def test_a_dry_run_writes_nothing(configured: Path, run: Run) -> None:
    arrive(configured, lead("e1", name="Ada", nick="Countess"))
    settle(configured, EventStatus.FAILED)
    before = everything(configured)
    change(configured, *RENAMED)

    run("replay", "--status", "failed", "--dry-run")

    assert everything(configured) == before


def test_a_dry_run_makes_no_database(configured: Path, run: Run) -> None:
    refused = run("replay", "--status", "failed", "--dry-run")

    assert refused.exit_code == 2
    assert "contact-bridge serve" in refused.stderr
    assert not (configured / "var").exists()
