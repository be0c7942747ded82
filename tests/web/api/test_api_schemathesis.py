"""The management API is held to its own description: whatever is sent, the answer is one of those that it promises."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from api_kit import ADMIN, Desk
from hypothesis import HealthCheck, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.config import SchemathesisConfig

# What is not configured, or not there, is no mistake of the description's, though nothing in it says so.
_CONFIG = {"checks": {"positive_data_acceptance": {"expected-statuses": ["2xx", 404, 409, 422]}}}
_OPERATIONS = 19
_THERE = {"source": "shop", "name": "shop", "event_id": "e1", "person_id": 1, "org": "main", "person": "e@example.com"}


@pytest.fixture
def operations(desk: Desk) -> list[Any]:
    """Every operation of a bridge that has an event of a kind or two."""
    desk.receive("shop", "e1")
    desk.receive("landing", "a/b", email="nobody")
    config = SchemathesisConfig.from_dict(_CONFIG)
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", desk.app, config=config)
    return [result.ok() for result in schema.get_all_operations()]


def as_it_is(case: Case) -> None:
    """What schemathesis made up."""


def of_what_is_there(case: Case) -> None:
    """The same, but of things that the bridge has."""
    for given_values in (case.path_parameters, case.query, case.body):
        if isinstance(given_values, dict):
            given_values.pop("cursor", None)
            given_values |= {name: value for name, value in _THERE.items() if name in given_values}
    if case.path.endswith(("/pause", "/resume")):
        case.body = {"org": "main"}
    if case.path.startswith("/api/v1/orgs/"):
        case.path_parameters = {"name": "main"}


@pytest.mark.parametrize(
    ("mode", "change", "wanted"),
    [
        (GenerationMode.POSITIVE, as_it_is, 200),
        (GenerationMode.POSITIVE, of_what_is_there, 200),
        (GenerationMode.NEGATIVE, as_it_is, 422),
    ],
    ids=["right", "of what is there", "wrong"],
)
def test_it_answers_as_it_is_described(
    operations: list[Any], mode: GenerationMode, change: Callable[[Case], None], wanted: int
) -> None:
    answered: Counter[tuple[str, int]] = Counter()
    for operation in operations:

        @given(case=operation.as_strategy(generation_mode=mode))
        @settings(max_examples=12, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        def holds(case: Case) -> None:
            change(case)
            answer = case.call_and_validate(headers=ADMIN)
            answered[case.path, answer.status_code] += 1

        holds()

    assert len(operations) == len({path for path, _ in answered}) == _OPERATIONS
    reached = {path for path, status in answered if status == wanted}
    assert len(reached) == _OPERATIONS if change is of_what_is_there else reached
