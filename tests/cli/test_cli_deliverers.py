"""``replay`` and ``check --against`` beside a bridge that runs by an older configuration."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from cli_events import NOW, arrive, change, configuration, lead, opened, settle
from cli_run import Run

from app.bridge import Bridge
from app.presence import Presence
from app.store import Filter, Store

RENAMED = ('name = "who.name"', 'name = "who.nick"')
Deliver = Callable[[], None]


@pytest.fixture
def stocked(configured: Path, database_url: str) -> Path:
    """A folder with one delivered event, on each database."""
    change(configured, "[orgs.main]", f'[server]\ndatabase_url = "{database_url}"\n[orgs.main]')
    arrive(configured, lead("e1", name="Ada", nick="Countess"))
    settle(configured)
    return configured


@pytest.fixture
def deliver(stocked: Path) -> Iterator[Deliver]:
    """Let one more delivery process live, with the configuration of now."""
    with ExitStack() as stack:

        def start() -> None:
            config = configuration(stocked)
            store = stack.enter_context(closing(Store(config.server.database_url)))
            Presence(Bridge(config, store, lambda: NOW)).tend()

        yield start


def status(folder: Path) -> str:
    with opened(folder) as store:
        return str(store.log.events(Filter(event_ids=["e1"]))[0]["status"])


def test_replay_refuses_while_the_bridge_maps_by_an_older_file(stocked: Path, run: Run, deliver: Deliver) -> None:
    deliver()
    change(stocked, *RENAMED)

    refused = run("replay", "e1")

    assert refused.exit_code == 2
    assert "the running bridge still maps as of 2026-03-01" in refused.stderr
    assert "and not as bridge.toml does now: restart it, or replay through what it was started with: --anyway" in (
        refused.stderr
    )
    assert status(stocked) == "delivered"


def test_replay_does_it_anyway_where_that_is_meant(stocked: Path, run: Run, deliver: Deliver) -> None:
    deliver()
    change(stocked, *RENAMED)

    done = run("replay", "e1", "--anyway")

    assert (done.exit_code, done.stderr) == (0, "")
    assert status(stocked) == "received"


def test_replay_says_nothing_where_the_bridge_maps_by_the_same_file(stocked: Path, run: Run, deliver: Deliver) -> None:
    deliver()
    change(stocked, "key-of-tests", "a-new-key-of-tests")  # no part of the mapping

    done = run("replay", "e1")

    assert (done.exit_code, done.stderr) == (0, "")


def test_replay_says_that_nobody_delivers(stocked: Path, run: Run) -> None:
    done = run("replay", "e1")

    assert done.exit_code == 0
    assert "no delivery process is running: start `contact-bridge serve`" in done.stderr
    assert status(stocked) == "received"


def test_of_several_it_says_how_many_map_otherwise(stocked: Path, run: Run, deliver: Deliver) -> None:
    deliver()
    change(stocked, *RENAMED)
    deliver()

    mixed = run("replay", "e1")
    change(stocked, 'name = "who.nick"', 'name = "who.alias"')
    all_of_them = run("replay", "e1")

    assert (mixed.exit_code, all_of_them.exit_code) == (2, 2)
    assert "1 of 2 delivery processes still maps as of" in mixed.stderr
    assert "2 of 2 delivery processes still map as of" in all_of_them.stderr
    assert "restart them" in all_of_them.stderr


@pytest.mark.parametrize("command", [("replay", "e1", "--dry-run"), ("check", "--against", "10")])
def test_what_only_looks_says_so_and_goes_on(
    stocked: Path, run: Run, deliver: Deliver, command: tuple[str, ...]
) -> None:
    deliver()
    before = run(*command)
    change(stocked, *RENAMED)

    shown = run(*command)

    assert before.stderr == ""
    assert "name  Ada -> Countess" in shown.stdout
    assert "note: the running bridge still maps as of" in shown.stderr
    assert status(stocked) == "delivered"
