"""One person from three sources in the same moment, on three machines: one create, and at most one update."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

import pytest
from delivery_kit import Rig, config

from app.store import Store

PEOPLE = 8


@pytest.fixture
def machines(postgresql_url: str, sandbox, clock) -> Iterator[list[Rig]]:
    """Three bridges with a store, a delivery process and connections of their own, on one database."""
    rigs = [Rig(Store(postgresql_url), sandbox, clock, config(sandbox.url)) for _ in range(3)]
    yield rigs
    for rig in rigs:
        rig.close()
        rig.store.close()


def at_once(tasks: Sequence[Callable[[], object]]) -> None:
    start = threading.Barrier(len(tasks))

    def run(task: Callable[[], object]) -> None:
        start.wait(10)
        task()

    threads = [threading.Thread(target=run, args=(task,)) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
        assert not thread.is_alive()


def arrive(rig: Rig, source: str, **further: str) -> None:
    """Receive everybody from one source, and go on as long as there is something to do."""
    for number in range(PEOPLE):
        more = {kind: value.format(number) for kind, value in further.items()}
        rig.add(source, id=f"{source}{number}", email=f"Person{number}@example.com", name="Ada Example", **more)
    rig.work()


def updates(rig: Rig) -> Counter[str]:
    """How often each contact was changed after it had been made."""
    found: Counter[str] = Counter()
    for request in rig.sandbox.requests.all():
        contact_id = (request.body or {}).get("channel", {}).get("contact_id")
        if request.method == "PATCH" or request.path.count("/") > 3:
            contact_id = request.path.split("/")[4]
        if contact_id:
            found[contact_id] += 1
    return found


def test_a_person_from_three_sources_is_one_create_and_at_most_one_update(machines: list[Rig]) -> None:
    form, shop, loose = machines
    form.sandbox.settings.latency = 0.01

    at_once([
        lambda: arrive(form, "form"),
        lambda: arrive(shop, "shop", phone="+1415555010{}"),
        lambda: arrive(loose, "loose"),
    ])  # fmt: skip
    form.work()

    creates = Counter(
        body["channel"]["email"].lower() for body in form.bodies() if body and "contact_id" not in body["channel"]
    )
    assert set(form.statuses().values()) == {"delivered"}
    assert creates == {f"person{number}@example.com": 1 for number in range(PEOPLE)}
    assert len(form.contacts()) == PEOPLE
    assert all(count == 1 for count in updates(form).values())
    assert all({channel["phone"] for channel in contact["channels"] if channel["phone"]} for contact in form.contacts())
