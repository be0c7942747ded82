"""``reseal`` beside a bridge that was not restarted with the first key yet."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from cli_events import NOW
from cli_run import Run
from cli_sealed import mark, open_store, receive, seal_with

from app.bridge import Bridge
from app.config import load
from app.presence import Presence

Deliver = Callable[..., None]


@pytest.fixture
def stocked(configured: Path, keys: list[str], database_url: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with an event that was kept without any key, on each database."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    receive(configured, "e1")
    return configured


@pytest.fixture
def deliver(stocked: Path) -> Iterator[Deliver]:
    """Let one more delivery process live, which began with the keys in these variables."""
    with ExitStack() as stack:

        def start(*names: str) -> None:
            seal_with(stocked, *names)
            config = load(stocked / "bridge.toml", os.environ)
            Presence(Bridge(config, stack.enter_context(closing(open_store(config))), lambda: NOW)).tend()

        yield start


@pytest.mark.parametrize(
    ("began", "now"), [((), ("NEW_KEY",)), (("OLD_KEY",), ("NEW_KEY", "OLD_KEY"))], ids=["no key", "an older key"]
)
def test_it_refuses_until_the_bridge_has_the_first_key(
    stocked: Path, run: Run, deliver: Deliver, began: tuple[str, ...], now: tuple[str, ...]
) -> None:
    deliver(*began)
    seal_with(stocked, *now)

    refused = run("reseal")

    has = mark("OLD_KEY") if began else "no key"
    assert refused.exit_code == 2
    assert "the running bridge, started 2026-03-01" in refused.stderr
    assert f"does not have the first key, {mark('NEW_KEY')} (but {has}): restart it, and run this again" in (
        refused.stderr
    )
    assert run("reseal", "--json").exit_code == 2


def test_it_runs_beside_bridges_that_have_it_in_whatever_place(stocked: Path, run: Run, deliver: Deliver) -> None:
    deliver("OLD_KEY", "NEW_KEY")
    deliver("NEW_KEY", "OLD_KEY")

    assert run("reseal").exit_code == 0


def test_a_key_that_a_running_bridge_has_is_not_given_up(stocked: Path, run: Run, deliver: Deliver) -> None:
    deliver("OLD_KEY")
    receive(stocked, "e2")
    seal_with(stocked, "NEW_KEY")

    refused = run("reseal", "--give-up", mark("OLD_KEY"), "--yes")

    assert refused.exit_code == 2
    assert f"a running bridge has the key with the mark {mark('OLD_KEY')}: restart it without" in refused.stderr


def test_of_several_it_says_how_many_do_not_have_it(stocked: Path, run: Run, deliver: Deliver) -> None:
    deliver("OLD_KEY")
    deliver("NEW_KEY")

    one = run("reseal")
    deliver()
    seal_with(stocked, "NEW_KEY")
    two = run("reseal")

    assert (one.exit_code, two.exit_code) == (2, 2)
    assert "1 of 2 delivery processes, the oldest started" in one.stderr
    assert "restart it, and run" in one.stderr
    assert "2 of 3 delivery processes, the oldest started" in two.stderr
    assert "restart them, and run" in two.stderr
