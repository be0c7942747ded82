"""The judge is not to be fooled."""

import json
from pathlib import Path

import pytest

from tests.soak.ends import Settled
from tests.soak.ledger import Ledger
from tests.soak.people import Crowd, Identities, Occurrence, by_phone, email_of
from tests.soak.plan import SHORT
from tests.soak.stages import Outcome
from tests.soak.verdict import Verdict, heard_of, judge
from tests.soak.world import Erased

ADA = Occurrence("form", "evt_1", 1, email="ada@example.com", phone="+4915110000001")
ADA_AT_THE_SHOP = Occurrence("shop", "evt_2", 1, email="ADA@example.com")
BAO = Occurrence("form", "evt_3", 2, email="bao@example.com")
NOBODY = Occurrence("form", "evt_4", 3)
DONE: Settled = {ADA.key: ("delivered", None), ADA_AT_THE_SHOP.key: ("delivered", None)}

Made = tuple[str, bool, Identities]  # contact, whether it is new, identities


def judged(folder: Path, ended: Settled, *made: Made, sent: tuple[Occurrence, ...] = (ADA, ADA_AT_THE_SHOP)) -> Verdict:
    """Write down what an upstream made, and judge."""
    lines = [json.dumps({"contact": c, "new": new, "identities": dict(of)}) for c, new, of in made]
    (folder / "journal").write_text("".join(f"{line}\n" for line in lines))
    return judge({one.key for one in sent}, ended, {one.key: one for one in sent}, folder / "journal")


def test_one_contact_with_two_channels_is_good(tmp_path: Path) -> None:
    verdict = judged(tmp_path, DONE, ("c1", True, ADA.identities), ("c1", False, ADA_AT_THE_SHOP.identities))

    assert verdict.good
    assert (verdict.acked, verdict.contacts, verdict.persons) == (2, 1, 1)


def test_a_person_is_found_in_two_contacts_that_have_no_identity_in_common(tmp_path: Path) -> None:
    phone, user_id = frozenset({("phone", "+4915110000001")}), frozenset({("user_id", "shopify:1")})

    verdict = judged(tmp_path, DONE, ("c1", True, phone), ("c2", True, user_id))

    assert verdict.twice == [["c1", "c2"]]
    assert not verdict.good


def test_a_contact_that_is_two_persons_is_noticed(tmp_path: Path) -> None:
    verdict = judged(tmp_path, DONE, ("c1", True, ADA.identities), ("c1", False, BAO.identities))

    assert verdict.mixed == ["c1"]
    assert not verdict.good


def test_a_delivered_event_without_a_contact_is_noticed(tmp_path: Path) -> None:
    verdict = judged(tmp_path, DONE)

    assert len(verdict.without) == 1
    assert not verdict.good


def test_whoever_asked_to_be_forgotten_needs_no_contact(tmp_path: Path) -> None:
    asked = Crowd("a seed").asks_to_be_forgotten(1)

    assert judged(tmp_path, {asked.key: ("delivered", None)}, sent=(asked,)).good


@pytest.mark.parametrize("end", [None, ("failed", None)])
def test_an_acked_event_that_came_to_no_end_is_missing(tmp_path: Path, end: tuple[str, str | None] | None) -> None:
    ended = {ADA.key: ("delivered", None), **({ADA_AT_THE_SHOP.key: end} if end else {})}

    verdict = judged(tmp_path, ended, ("c1", True, ADA.identities))

    assert verdict.missing == [ADA_AT_THE_SHOP.key]
    assert not verdict.good


@pytest.mark.parametrize("status", ["received", "pending"])
def test_what_waits_still_is_not_missing_but_good_neither(tmp_path: Path, status: str) -> None:
    verdict = judged(tmp_path, {BAO.key: (status, None)}, sent=(BAO,))

    assert verdict.missing == []
    assert verdict.statuses == {"waiting": 1}
    assert not Outcome("sqlite", SHORT, quiet=True, verdict=verdict).good


@pytest.mark.parametrize("end", [("ignored", None), ("failed", "neither e-mail nor phone")])
def test_ignored_and_failed_with_a_reason_are_an_end_of_what_names_nobody(
    tmp_path: Path, end: tuple[str, str | None]
) -> None:
    verdict = judged(tmp_path, {NOBODY.key: end}, sent=(NOBODY,))

    assert verdict.good
    assert verdict.statuses == {end[0]: 1}


@pytest.mark.parametrize("end", [("ignored", None), ("failed", "an error in the bridge itself")])
def test_somebody_is_neither_ignored_nor_failed(tmp_path: Path, end: tuple[str, str | None]) -> None:
    verdict = judged(tmp_path, {BAO.key: end}, sent=(BAO,))

    assert len(verdict.odd) == 1
    assert not verdict.good


def test_what_was_erased_counts_as_that_and_needs_no_contact(tmp_path: Path) -> None:
    (tmp_path / "journal").touch()
    erased = Erased(1, frozenset({ADA.key}))

    verdict = judge({ADA.key}, {ADA.key: ("ignored", None)}, {ADA.key: ADA}, tmp_path / "journal", [erased])

    assert verdict.good
    assert verdict.statuses == {"erased": 1}


def test_whoever_was_erased_and_is_heard_of_is_back() -> None:
    gone = Erased(1, frozenset({ADA.key}), at=10.0)
    before, after = (9.0, ADA.identities), (11.0, ADA_AT_THE_SHOP.identities)

    assert heard_of(gone, [ADA, BAO], set(), [before, (11.0, BAO.identities)]) == []
    assert heard_of(gone, [ADA, BAO], {ADA.key, BAO.key}, [before]) == ["the payload of form evt_1 is kept"]
    assert heard_of(gone, [ADA, BAO], set(), [before, after]) == ["named upstream 1 times since"]


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


def test_nothing_happens_to_who_is_gone_until_they_come_back() -> None:
    crowd = Crowd("a seed")
    happened = crowd.occurrences()
    first = next(happened)
    crowd.gone.add(first.number)

    assert first.number not in {next(happened).number for _ in range(500)}
    crowd.come_back(first.number)
    assert first.number in {next(happened).number for _ in range(10)}


def test_a_request_to_be_forgotten_names_what_all_events_of_a_person_name() -> None:
    numbers = {by_phone(number): number for number in range(1, 200)}
    asked = {known: Crowd("a seed").asks_to_be_forgotten(number) for known, number in numbers.items()}

    assert (asked[False].email, asked[False].phone) == (email_of(numbers[False]), None)
    assert asked[True].phone
    assert not asked[True].email
