"""What a source is told to do about consent."""

from delivery_kit import Rig

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
