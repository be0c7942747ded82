"""The judge is not to be fooled."""

import json
from pathlib import Path

import pytest

from tests.soak.ledger import Ledger
from tests.soak.people import Crowd
from tests.soak.verdict import Settled, Verdict, judge

ADA = frozenset({("email", "ada@example.com"), ("phone", "+4915110000001")})
ADA_AT_THE_SHOP = frozenset({("user_id", "shopify:1"), ("email", "ADA@example.com")})
BAO = frozenset({("email", "bao@example.com")})
ONE, TWO = ("form", "evt_1"), ("shop", "evt_2")
DONE: Settled = {ONE: ("delivered", "created"), TWO: ("delivered", "nothing new")}


def journal(folder: Path, *made: tuple[str, bool, frozenset[tuple[str, str]]]) -> Path:
    """Write down what an upstream made: contact, whether it is new, identities."""
    lines = [json.dumps({"contact": c, "new": new, "identities": dict(of)}) for c, new, of in made]
    (folder / "journal").write_text("".join(f"{line}\n" for line in lines))
    return folder / "journal"


def judged(folder: Path, ended: Settled, *made: tuple[str, bool, frozenset[tuple[str, str]]]) -> Verdict:
    return judge({ONE, TWO}, ended, {ONE: ADA, TWO: ADA_AT_THE_SHOP}, journal(folder, *made))


def test_one_contact_with_two_channels_is_good(tmp_path: Path) -> None:
    verdict = judged(tmp_path, DONE, ("c1", True, ADA), ("c1", False, ADA_AT_THE_SHOP))

    assert verdict.good
    assert (verdict.acked, verdict.contacts, verdict.persons) == (2, 1, 1)


def test_a_person_is_found_in_two_contacts_that_have_no_identity_in_common(tmp_path: Path) -> None:
    phone, user_id = frozenset({("phone", "+4915110000001")}), frozenset({("user_id", "shopify:1")})

    verdict = judged(tmp_path, DONE, ("c1", True, phone), ("c2", True, user_id))

    assert verdict.twice == [["c1", "c2"]]
    assert not verdict.good


def test_a_contact_that_is_two_persons_is_noticed(tmp_path: Path) -> None:
    verdict = judged(tmp_path, DONE, ("c1", True, ADA), ("c1", False, BAO))

    assert verdict.mixed == ["c1"]
    assert not verdict.good


def test_a_delivered_event_without_a_contact_is_noticed(tmp_path: Path) -> None:
    verdict = judged(tmp_path, DONE)

    assert len(verdict.without) == 1
    assert not verdict.good


@pytest.mark.parametrize("end", [None, ("received", None), ("pending", "connection lost"), ("failed", None)])
def test_an_acked_event_that_came_to_no_end_is_missing(tmp_path: Path, end: tuple[str, str | None] | None) -> None:
    ended = {ONE: ("delivered", "created"), **({TWO: end} if end else {})}

    verdict = judged(tmp_path, ended, ("c1", True, ADA))

    assert verdict.missing == [TWO]
    assert not verdict.good


def test_ignored_and_failed_with_a_reason_are_an_end(tmp_path: Path) -> None:
    verdict = judged(tmp_path, {ONE: ("ignored", None), TWO: ("failed", "neither e-mail nor phone")})

    assert verdict.good
    assert verdict.reasons == {"neither e-mail nor phone": 1}


def test_the_ledger_counts_an_event_once(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger")
    for event_id in ("evt_1", "evt_2", "evt_1"):
        ledger.note("form", event_id, 200)

    assert ledger.acked() == {("form", "evt_1"), ("form", "evt_2")}
    ledger.close()


def test_every_event_of_a_person_has_an_address_in_common_with_the_others() -> None:
    happened = Crowd("a seed").occurrences()
    of_person: dict[int, list[set[str]]] = {}
    for occurrence in (next(happened) for _ in range(3000)):
        addresses = {value.lower() for kind, value in occurrence.identities if kind != "user_id"}
        if addresses:
            of_person.setdefault(occurrence.number, []).append(addresses)

    assert [number for number, several in of_person.items() if not set.intersection(*several)] == []
    assert max(map(len, of_person.values())) > 3


def test_the_same_seed_makes_the_same_people() -> None:
    one, other, another = (Crowd(seed).occurrences() for seed in ("a", "a", "b"))

    first = [next(one) for _ in range(50)]

    assert first == [next(other) for _ in range(50)]
    assert first != [next(another) for _ in range(50)]
