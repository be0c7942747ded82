"""What is planned, and whether it happened."""

from pathlib import Path
from random import Random

import pytest

from tests.soak.arrivals import Arrivals, most_in_a_minute, read
from tests.soak.happenings import HAPPENINGS, ON_POSTGRESQL, unproved
from tests.soak.plan import BRIEF, FULL, SHORT, Lengths, plan
from tests.soak.stages import Outcome
from tests.soak.world import KILLS


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
@pytest.mark.parametrize("lengths", [FULL, SHORT, BRIEF])
def test_everything_is_planned_in_an_order_of_the_seed(kind: str, lengths: Lengths) -> None:
    planned = plan(kind, lengths, Random("a"))

    assert planned == plan(kind, lengths, Random("a"))
    assert len(planned.kills) == lengths.kills
    assert set(planned.kills) == set(KILLS if lengths.kills else ())
    assert set(planned.happenings) == set(lengths.happenings) - set(ON_POSTGRESQL if kind == "sqlite" else ())


def test_the_long_form_kills_at_least_fifty_times_and_leaves_nothing_out() -> None:
    assert FULL.kills >= 50
    assert FULL.bridges == SHORT.bridges == 3
    assert set(FULL.happenings) == set(HAPPENINGS)
    assert not FULL.may_skip


@pytest.mark.parametrize("seed", ["a", "b", "c", "d"])
def test_a_replay_comes_after_an_erasure_and_what_is_slow_before_what_is_down(seed: str) -> None:
    names = plan("sqlite", FULL, Random(seed)).happenings

    assert names.index("erasure") < names.index("replay")
    assert names.index("upstream slow") < names.index("upstream down")


def test_what_left_no_proof_did_nothing() -> None:
    happened = ["disk full", "pause", "replay", "kill all"]

    assert unproved({"replayed": 3}, happened, {"disk full"}) == ["pause"]


def good(lengths: Lengths = SHORT, **changes: object) -> bool:
    outcome = Outcome("sqlite", lengths, quiet=True)
    for name, value in changes.items():
        setattr(outcome, name, value)
    return outcome.good


def test_it_is_good_only_if_it_was_in_time_and_in_pace_and_did_what_it_was_to_do() -> None:
    assert good()
    assert not good(quiet=False)
    assert not good(seconds=SHORT.budgets["sqlite"] + 1)
    assert not good(busiest=(SHORT.rate_limit + 1, SHORT.rate_limit + 1))
    assert not good(unproved=["pause"])
    assert good(skipped=["pause"], bugs=["KeyError"])
    assert not good(FULL, skipped=["pause"])
    assert not good(FULL, bugs=["KeyError"])


def test_requests_are_counted_within_any_minute() -> None:
    times = [*range(0, 120, 2), 100.5, 101.5]

    assert most_in_a_minute(times, []) == (32, 32)


def test_a_minute_does_not_reach_over_a_leap_of_the_clock_nor_count_what_may_come_from_before() -> None:
    times = [1.0, 2.0, 3.0, 10.2, 10.3, 10.4, 12.0]

    assert most_in_a_minute(times, [10.0]) == (3, 4)


def test_whoever_a_request_names_is_written_down(tmp_path: Path) -> None:
    arrivals = Arrivals(tmp_path / "arrivals")
    arrivals.note(1.0, "/v1/orgs/c/contacts?email=ada%40example.com&page=1", b"")
    arrivals.note(
        2.0, "/v1/orgs/c/contacts", b'{"channel": {"user_id": "shopify:1", "name": "Ada"}, "segment_ids": []}'
    )
    arrivals.note(3.0, "/v1/orgs/c/contacts/bulk", b'{"channels": [{"email": "bao@example.com", "type": "email"}]}')
    arrivals.note(4.0, "/v1/orgs/c/contacts/contact_1", b'{"name": "Ada"}')

    named = [{("email", "ada@example.com")}, {("user_id", "shopify:1")}, {("email", "bao@example.com")}, set()]
    assert list(read(tmp_path / "arrivals")) == [(float(at), frozenset(who)) for at, who in enumerate(named, 1)]
