"""What the types of events say in words."""

import pytest

from app.contact import Meaning
from app.event_types import is_test, understood


@pytest.mark.parametrize(
    ("event_type", "said"),
    [
        ("user.created", (Meaning.SIGNED_UP, True, False)),
        ("CustomerUpdated", (Meaning.UPDATED, True, False)),
        ("member_signed_up", (Meaning.SIGNED_UP, True, False)),
        ("lead.deleted", (Meaning.ERASE, True, False)),
        ("contact.subscribed", (Meaning.SIGNED_UP, True, True)),
        ("newsletter.subscribed", (Meaning.SIGNED_UP, False, True)),
        ("contact.opted_out", (Meaning.UNSUBSCRIBED, False, False)),
        ("newsletter.unsubscribed", (Meaning.UNSUBSCRIBED, False, False)),
        ("form.submitted", (Meaning.SIGNED_UP, False, False)),
        ("user.subscribed", (Meaning.UPDATED, True, False)),  # perhaps to a paid plan
    ],
)
def test_it_understands_of_whom_they_speak_and_what_became_of_them(event_type: str, said: tuple[object, ...]) -> None:
    assert understood(event_type) == said


@pytest.mark.parametrize("event_type", ["user.session.deleted", "form.deleted", "invoice.created", "user", "", "user."])
def test_it_understands_nothing_where_no_person_is_spoken_of(event_type: str) -> None:
    assert understood(event_type) is None


def test_it_knows_a_test_by_its_name() -> None:
    assert is_test("webhook.ping")
    assert is_test("Test Event")
    assert not is_test("user.created")
