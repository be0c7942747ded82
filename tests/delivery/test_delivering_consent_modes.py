"""What a source is told to do about consent."""

from dataclasses import replace

import pytest
from delivery_kit import Rig

from app.config.model import ConsentMode

ADA = {"email": "ada@example.com"}


def unsubscribed(rig: Rig) -> bool:
    return rig.contacts()[0]["unsubscribed"]


def test_require_ignores_whoever_did_not_say_yes(rig: Rig) -> None:
    silent, refused = rig.deliver("strict", **ADA), rig.deliver("strict", **ADA, consent=False)
    granted = rig.deliver("strict", **ADA, consent=True)

    assert [silent["status"], refused["status"], granted["status"]] == ["ignored", "ignored", "delivered"]
    assert "require" in silent["reason"]
    assert rig.calls() == ["POST contacts"]


def test_ignore_does_not_look_at_consent(rig: Rig) -> None:
    rig.deliver("loose", **ADA, consent=False)

    assert rig.calls() == ["POST contacts"]


def test_ignore_subscribes_nobody_either(rig: Rig) -> None:
    rig.deliver(**ADA, consent=False)
    rig.clock.advance(minutes=1)

    rig.deliver("loose", **ADA, consent=True, name="Ada Sample")

    assert unsubscribed(rig)


def test_ignore_does_not_look_at_what_another_source_heard(rig: Rig) -> None:
    rig.deliver(type="unsubscribed", **ADA)

    rig.deliver("loose", **ADA)

    assert not unsubscribed(rig)


def test_what_a_source_that_ignores_consent_says_of_it_is_not_passed_on(rig: Rig) -> None:
    rig.deliver("loose", **ADA, consent=False)

    rig.deliver("form", **ADA, vip=True)

    assert not unsubscribed(rig)


def test_what_was_mapped_before_its_source_ignored_consent_is_not_passed_on_either(rig: Rig) -> None:
    rig.add("form", **ADA, consent=False)
    rig.store.received.map(rig.bridge.map, rig.clock())
    settings = rig.bridge.config
    form = replace(settings.sources["form"], consent=ConsentMode.IGNORE)
    rig.bridge.config = replace(settings, sources={**settings.sources, "form": form})
    rig.work()

    rig.deliver("shop", **ADA, vip=True)

    assert not unsubscribed(rig)


@pytest.mark.parametrize("said", [{}, {"consent": True}])
def test_who_is_unsubscribed_for_a_reason_that_nobody_remembers_stays_so(rig: Rig, said: dict[str, bool]) -> None:
    """Neither silence nor a yes of unknown age subscribes again."""
    rig.deliver(**ADA, consent=False)
    with rig.store.database.writing() as connection:
        connection.exec_driver_sql("UPDATE persons SET consent = NULL, consent_at = NULL")
    rig.calls()

    rig.deliver(**ADA, type="updated", **said)

    assert rig.calls() == []
