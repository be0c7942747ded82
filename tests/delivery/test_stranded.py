"""Events whose org or source is not configured any more: nobody works on them, so the operator is told."""

from dataclasses import replace

import pytest
from delivery_kit import Rig

from app.config import Config
from app.stranded import Lookout

WORDS = "events wait for what is not configured"


def without(settings: Config, org: str) -> Config:
    orgs = {name: value for name, value in settings.orgs.items() if name != org}
    sources = {name: source for name, source in settings.sources.items() if source.org != org}
    return replace(settings, orgs=orgs, sources=sources)


@pytest.fixture
def lookout(every_rig: Rig) -> Lookout:
    return Lookout(every_rig.store.log, lambda: every_rig.clock().timestamp())


def test_it_says_once_that_events_wait_for_an_org_that_is_gone(
    every_rig: Rig, lookout: Lookout, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("ada", "bo"):
        every_rig.add("branch", email=f"{name}@example.com")
    every_rig.add("form", email="cy@example.com")
    every_rig.store.received.map(every_rig.bridge.map, every_rig.clock())
    before = capsys.readouterr().out

    for _ in range(3):
        lookout.tend(without(every_rig.bridge.config, "other"))
        every_rig.clock.advance(minutes=1)

    lines = [line for line in capsys.readouterr().out.splitlines() if WORDS in line]
    assert WORDS not in before
    assert len(lines) == 1
    assert "missing=org" in lines[0]
    assert "name=other" in lines[0]
    assert "count=2" in lines[0]
    assert "example.com" not in lines[0]


def test_it_says_so_again_when_it_changes_and_not_before_a_minute(
    every_rig: Rig, lookout: Lookout, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = every_rig.bridge.config
    every_rig.add("branch", email="ada@example.com")
    lookout.tend(without(settings, "other"))
    every_rig.add("branch", email="bo@example.com")
    lookout.tend(without(settings, "other"))
    early = capsys.readouterr().out

    every_rig.clock.advance(minutes=1)
    lookout.tend(without(settings, "other"))
    changed = capsys.readouterr().out
    every_rig.clock.advance(minutes=1)
    lookout.tend(settings)

    assert early.count("missing=source") == 1
    assert "name=branch" in changed
    assert "count=2" in changed
    assert "no event waits for it any more" in capsys.readouterr().out


def test_the_delivery_process_looks_before_it_does_anything_else(rig: Rig, capsys: pytest.CaptureFixture[str]) -> None:
    rig.add("branch", email="ada@example.com")
    rig.bridge.config = without(rig.bridge.config, "other")

    rig.delivery.work()

    assert WORDS in capsys.readouterr().out.splitlines()[0]
