"""What a delivery process says of itself."""

import json

import psycopg
from delivery_kit import START, Rig, config, running, wait_for

from app.delivery import Delivery
from app.fingerprint import maps_alike
from app.store import Store
from app.store.tables import facts


def test_it_says_since_when_it_delivers_and_by_which_mapping(every_rig: Rig) -> None:
    assert every_rig.store.deliverers.all() == []

    every_rig.work()
    every_rig.later(hours=1)

    (said,) = every_rig.store.deliverers.all()
    other = config(every_rig.sandbox.url).sources["form"]
    changed = config(every_rig.sandbox.url)
    assert said.since == START
    assert maps_alike(config(every_rig.sandbox.url), said)
    changed.sources["new"] = other  # type: ignore[index]
    assert not maps_alike(changed, said)


def test_nothing_of_it_is_a_secret_or_its_plain_hash(every_rig: Rig) -> None:
    every_rig.work()

    with every_rig.store.database.reading() as connection:
        (value,) = connection.execute(facts.select().where(facts.c.name.startswith("deliverer "))).one()[1:]
    assert set(json.loads(value)) == {"since", "salt", "fingerprint", "marks"}


def test_it_says_so_no_more_when_it_has_stopped(every_rig: Rig) -> None:
    with running(every_rig):
        wait_for(every_rig.store.deliverers.all)

    assert every_rig.store.deliverers.all() == []


def test_a_second_process_with_another_configuration_is_told_apart(every_rig: Rig, another) -> None:
    every_rig.work()
    store: Store = another()
    other = Rig(store, every_rig.sandbox, every_rig.clock, config(every_rig.sandbox.url))
    del other.bridge.config.sources["strict"]  # type: ignore[attr-defined]
    other.delivery = Delivery(other.bridge, every_rig.clock)

    other.work()

    alike = [maps_alike(every_rig.bridge.config, each) for each in store.deliverers.all()]
    assert sorted(alike) == [False, True]
    other.close()


def test_it_says_it_again_under_the_id_of_a_new_life(postgresql_url: str, sandbox, clock, keys: list[str]) -> None:
    store = Store(postgresql_url, keys)
    rig = Rig(store, sandbox, clock, config(sandbox.url))
    rig.work()
    with psycopg.connect(postgresql_url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'contact-bridge life'"
        )
    store.life._end()  # type: ignore[union-attr] # as it does once it has noticed
    clock.advance(hours=1)

    rig.work()

    assert [each.since for each in store.deliverers.all()] == [START]
    rig.close()
    store.close()
