"""Consent is data: nobody is subscribed again except by an explicit, newer yes."""

import pytest
from delivery_kit import Rig

from app.sandbox import Fault

ADA = {"email": "ada@example.com"}


def unsubscribed(rig: Rig) -> bool:
    return rig.contacts()[0]["unsubscribed"]


def leave(rig: Rig) -> None:
    """They unsubscribe upstream, where the bridge does not see it."""
    rig.sandbox.contacts["org_main"].change(rig.contacts()[0]["id"], {"unsubscribed": True})
    rig.clock.advance(minutes=1)


def test_who_refused_is_created_and_then_unsubscribed(rig: Rig) -> None:
    event = rig.deliver(**ADA, consent=False)

    assert event["reason"] == "created, unsubscribed"
    assert rig.bodies("PATCH") == [{"unsubscribed": True}]
    assert unsubscribed(rig)


@pytest.mark.parametrize("payload", [{}, {"consent": True}])
def test_who_did_not_refuse_is_not_touched(rig: Rig, payload: dict[str, bool]) -> None:
    rig.deliver(**ADA, **payload)

    assert rig.calls() == ["POST contacts"]


def test_an_unsubscription_that_failed_on_the_way_is_made_up_for(rig: Rig) -> None:
    rig.sandbox.faults.add(Fault("error", status=503, method="PATCH", times=1))
    rig.deliver(**ADA, consent=False)

    rig.later(seconds=10)

    assert unsubscribed(rig)
    assert len(rig.contacts()) == 1


def test_a_newer_yes_subscribes_again(rig: Rig) -> None:
    rig.deliver(**ADA, consent=False)
    rig.clock.advance(minutes=1)

    event = rig.deliver(**ADA, consent=True)

    assert event["reason"] == "subscribed"
    assert not unsubscribed(rig)


def test_an_older_yes_does_not(rig: Rig) -> None:
    rig.deliver(**ADA, consent=False)

    rig.deliver("shop", **ADA, consent=True, ago=60)

    assert unsubscribed(rig)


def test_of_a_yes_and_a_no_at_the_same_time_the_no_counts(rig: Rig) -> None:
    rig.deliver(**ADA, consent=False)

    rig.deliver("shop", **ADA, consent=True)

    assert unsubscribed(rig)


@pytest.mark.parametrize("payload", [{}, {"name": "Ada Sample"}, {"vip": True}])
def test_an_event_that_says_nothing_of_consent_subscribes_nobody(rig: Rig, payload: dict[str, object]) -> None:
    rig.deliver(**ADA, consent=False)
    rig.clock.advance(minutes=1)

    rig.deliver(**ADA, **payload)

    assert unsubscribed(rig)
    assert not any(body.get("unsubscribed") is False for body in rig.bodies("PATCH"))


def test_an_update_that_repeats_a_yes_of_unknown_age_subscribes_nobody(rig: Rig) -> None:
    rig.deliver(**ADA, consent=True)
    rig.deliver(type="unsubscribed", **ADA)
    rig.clock.advance(minutes=1)

    rig.deliver("shop", type="updated", **ADA, consent=True)

    assert unsubscribed(rig)


def test_an_update_that_says_when_the_yes_was_given_does(rig: Rig) -> None:
    rig.deliver(type="unsubscribed", **ADA)
    rig.deliver(**ADA, consent=False)
    rig.clock.advance(minutes=2)
    given = rig.clock().isoformat()

    rig.deliver("shop", type="updated", **ADA, consent=True, consent_at=given)

    assert not unsubscribed(rig)


def test_who_unsubscribed_upstream_since_stays_so_although_a_yes_was_on_the_way(rig: Rig) -> None:
    rig.deliver(**ADA, consent=False)
    rig.clock.advance(minutes=1)
    rig.sandbox.contacts["org_main"].change(rig.contacts()[0]["id"], {"unsubscribed": False})
    leave(rig)

    event = rig.deliver(**ADA, consent=True, ago=90)

    assert event["reason"] == "nothing new"
    assert unsubscribed(rig)


def test_who_unsubscribed_upstream_is_subscribed_again_by_a_newer_subscription(rig: Rig) -> None:
    rig.deliver(**ADA, consent=True)
    leave(rig)

    event = rig.deliver(type="subscribed", **ADA)

    assert event["reason"] == "subscribed"
    assert not unsubscribed(rig)


def test_who_is_found_unsubscribed_stays_so_unless_the_yes_is_newer(rig: Rig) -> None:
    rig.sandbox.settings.duplicates = "same"
    rig.sandbox.contacts["org_main"].create(ADA)
    leave(rig)

    rig.deliver(**ADA, consent=True, ago=3600)

    assert unsubscribed(rig)


def test_who_is_not_known_upstream_is_not_created_by_an_unsubscription_and_it_is_remembered(rig: Rig) -> None:
    event = rig.deliver(type="unsubscribed", **ADA)
    rig.deliver(**ADA, ago=60)

    assert event["status"] == "ignored"
    assert len(rig.contacts()) == 1
    assert unsubscribed(rig)


def test_who_is_known_upstream_only_is_found_and_unsubscribed(rig: Rig) -> None:
    rig.sandbox.contacts["org_main"].create(ADA)

    event = rig.deliver(type="unsubscribed", **ADA)

    assert event["reason"] == "found, unsubscribed"
    assert unsubscribed(rig)
