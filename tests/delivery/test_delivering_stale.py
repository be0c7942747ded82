"""News that comes late overwrites nothing newer."""

from delivery_kit import Rig

ADA = {"email": "ada@example.com"}


def test_an_older_event_never_overwrites_a_name_but_still_adds_segments(rig: Rig) -> None:
    rig.deliver(**ADA, name="Ada New")

    event = rig.deliver("shop", **ADA, name="Ada Old", ago=60, vip=True)

    assert event["reason"] == "segment seg_vip"
    assert rig.contacts()[0]["name"] == "Ada New"


def test_a_name_that_came_later_is_what_counts_for_the_next(rig: Rig) -> None:
    rig.deliver(**ADA, name="First", ago=100)
    rig.deliver(**ADA, name="Third", ago=10)

    rig.deliver(**ADA, name="Second", ago=50)

    assert rig.contacts()[0]["name"] == "Third"


def test_an_event_without_a_name_makes_no_older_name_stale(rig: Rig) -> None:
    rig.deliver(**ADA)

    rig.deliver(**ADA, name="Ada Example", ago=60)

    assert rig.contacts()[0]["name"] == "Ada Example"


def test_a_sender_whose_clock_is_ahead_does_not_win_for_ever(rig: Rig) -> None:
    rig.deliver(**ADA, name="From The Future", ago=-86_400)
    rig.clock.advance(minutes=1)

    rig.deliver(**ADA, name="Ada Example")

    assert rig.contacts()[0]["name"] == "Ada Example"


def test_an_older_word_on_consent_is_not_believed(rig: Rig) -> None:
    rig.deliver(**ADA, consent=True)

    rig.deliver("shop", **ADA, consent=False, ago=60)

    assert rig.contacts()[0]["unsubscribed"] is False
