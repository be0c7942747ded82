"""Pausing an org or a source: what comes meanwhile is kept, and goes out in order when it goes on."""

from delivery_kit import Rig, config, running, utc_now, wait_for

from app.sandbox import Fault
from app.store import PauseKind, Store

ORG, SOURCE = PauseKind.ORG, PauseKind.SOURCE


def test_a_paused_orgs_events_wait_and_go_out_in_the_order_in_which_they_came(every_rig: Rig) -> None:
    every_rig.store.pauses.pause(ORG, "main", every_rig.clock())
    for number in range(12):
        every_rig.add(email=f"person{number}@example.com")
        every_rig.later(seconds=1)
    assert set(every_rig.statuses().values()) == {"pending"}
    assert every_rig.calls() == []

    every_rig.store.pauses.resume(ORG, "main")
    every_rig.delivery._most = 1  # one after the other, so that their order can be seen
    every_rig.work()

    assert [body["channel"]["email"] for body in every_rig.bodies()] == [f"person{n}@example.com" for n in range(12)]
    assert set(every_rig.statuses().values()) == {"delivered"}


def test_the_other_orgs_events_go_out_meanwhile(every_rig: Rig) -> None:
    every_rig.store.pauses.pause(ORG, "main", every_rig.clock())

    held, other = every_rig.add(email="ada@example.com"), every_rig.add("branch", email="ada@example.com")
    every_rig.work()

    assert (every_rig.event(held)["status"], every_rig.event(other)["status"]) == ("pending", "delivered")


def test_only_the_paused_sources_events_wait(every_rig: Rig) -> None:
    every_rig.store.pauses.pause(SOURCE, "shop", every_rig.clock())

    held, other = every_rig.add("shop", email="ada@example.com"), every_rig.add("form", email="bo@example.com")
    every_rig.work()
    assert (every_rig.event(held)["status"], every_rig.event(other)["status"]) == ("pending", "delivered")

    every_rig.store.pauses.resume(SOURCE, "shop")
    every_rig.work()
    assert every_rig.event(held)["status"] == "delivered"
    assert len(every_rig.contacts()) == 2


def test_news_that_waited_does_not_overwrite_what_came_meanwhile(every_rig: Rig) -> None:
    every_rig.store.pauses.pause(SOURCE, "shop", every_rig.clock())
    every_rig.add("shop", email="ada@example.com", name="Old", phone="+14155550100")
    every_rig.later(minutes=1)
    every_rig.deliver("form", email="ada@example.com", name="New")

    every_rig.store.pauses.resume(SOURCE, "shop")
    every_rig.work()

    (contact,) = every_rig.contacts()
    assert contact["name"] == "New"
    assert len(contact["channels"]) == 2


def test_a_paused_org_that_is_down_is_not_probed(rig: Rig) -> None:
    rig.sandbox.faults.add(Fault("error", status=503))
    for number in range(6):
        rig.deliver(email=f"person{number}@example.com")
    assert "main" in rig.store.orgs.held()
    rig.store.pauses.pause(ORG, "main", rig.clock())
    rig.calls()

    rig.later(hours=1)
    assert rig.calls() == []

    rig.store.pauses.resume(ORG, "main")
    rig.work()
    assert len(rig.calls()) == 1


def test_a_pause_survives_a_restart(every_rig: Rig) -> None:
    every_rig.store.pauses.pause(ORG, "main", every_rig.clock())
    url = every_rig.store.database.engine.url.render_as_string(hide_password=False)
    again = Rig(Store(url), every_rig.sandbox, every_rig.clock, every_rig.bridge.config)

    again.add(email="ada@example.com")
    again.work()

    assert again.statuses() == {"e1": "pending"}
    again.close()
    again.store.close()


def test_the_loop_goes_on_at_once_when_the_bell_rings(store: Store, sandbox) -> None:
    rig = Rig(store, sandbox, utc_now, config(sandbox.url))
    store.pauses.pause(ORG, "main", utc_now())

    with running(rig):
        rig.add(email="ada@example.com")
        wait_for(lambda: rig.statuses() == {"e1": "pending"})
        store.pauses.resume(ORG, "main")
        store.bell.ring()
        wait_for(lambda: rig.statuses() == {"e1": "delivered"})
