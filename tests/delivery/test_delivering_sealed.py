"""Encryption at rest changes nothing of what is delivered."""

from contextlib import closing

from delivery_kit import MakeRig, Rig, config

from app.sandbox import Duplicates, SandboxServer
from app.store import Store
from app.store.keyring import new_key
from app.store.reseal import Reseal

OLD, NEW = new_key(), new_key()


def story(rig: Rig, start: int) -> None:
    """A person by several senders, with a further address each time; another one who says no."""
    rig.add("form", id=f"a{start}", email="mira@sealed.example", name="Mira Okonkwo")
    rig.add("shop", id=f"b{start}", email="MIRA@sealed.example", user_id="shop:7731", vip=True)
    rig.add("shop", id=f"c{start}", user_id="shop:7731", phone=f"+1415555267{start}")
    rig.add("form", id=f"d{start}", email="ben@sealed.example", name=f"Ben {start}", consent="no")
    rig.work()
    rig.finish()


def told(rig: Rig) -> list[dict[str, object]]:
    """The contacts without what is invented by the sandbox for each."""
    return [
        {
            "name": contact["name"],
            "unsubscribed": contact["unsubscribed"],
            "channels": sorted(
                str(sorted((k, v) for k, v in channel.items() if k in ("email", "phone", "user_id")))
                for channel in contact["channels"]
            ),
        }
        for contact in sorted(rig.contacts(), key=lambda contact: contact["name"])  # created at the same moment
    ]


def test_the_same_contacts_come_of_it(rig_with: MakeRig, local_store: Store, sandbox: SandboxServer, clock) -> None:
    sealed = rig_with(NEW)
    story(sealed, 1)
    story(sealed, 2)
    found, statuses = told(sealed), sealed.statuses()
    sandbox.reset()
    plain = Rig(local_store, sandbox, clock, config(sandbox.url))
    story(plain, 1)
    story(plain, 2)
    expected = told(plain)
    plain.close()

    assert set(statuses.values()) == {"delivered"}
    assert found == expected
    assert len(found) == 2


def test_nobody_is_made_twice_while_keys_come_and_go(rig_with: MakeRig) -> None:
    story(rig_with(), 1)
    story(rig_with(OLD), 2)
    story(rig_with(OLD, NEW), 3)
    story(rig_with(NEW, OLD), 4)
    rig = rig_with(NEW, OLD)
    Reseal(rig.store.database).run()
    rig = rig_with(NEW)
    rig.calls()
    story(rig, 5)

    assert len(rig.contacts()) == 2
    assert set(rig.statuses().values()) == {"delivered"}
    assert "GET /contacts" not in {call.partition("?")[0] for call in rig.calls()}


def test_nobody_is_made_twice_although_a_key_was_lost(rig_with: MakeRig) -> None:
    story(rig_with(OLD), 1)
    rig = rig_with(NEW)
    story(rig, 2)

    assert len(rig.contacts()) == 2


def test_nobody_is_made_twice_by_a_bridge_that_was_not_restarted_with_the_new_key(
    every_rig: Rig, database_url: str, keys: list[str]
) -> None:
    every_rig.sandbox.settings.duplicates = Duplicates.SECOND
    story(every_rig, 1)
    with closing(Store(database_url, [NEW, *keys])) as store:
        assert Reseal(store.database).run().sealed

    story(every_rig, 2)

    assert len(every_rig.contacts()) == 2
    assert set(every_rig.statuses().values()) == {"delivered"}
