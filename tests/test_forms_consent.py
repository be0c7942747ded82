"""What a form says of marketing, and what it does not say."""

import pytest

from app.contact import ConsentState
from app.forms import FormField, find_person
from app.words import answer


def consent(label: str, value: object) -> object:
    finding = find_person([FormField("q1", label, "", value)]).get("consent")
    return finding and finding.value


@pytest.mark.parametrize(
    ("label", "value"),
    [
        ("Newsletter", True), ("marketing_consent", "granted"), ("Keep me informed", "on"), ("optIn", 1),
        ("newsletter", "Newsletter"),
        ("May we send you offers?", "Yes, please"), ("Do you consent?", "I agree"), ("Do you agree?", "Agreed"),
        ("I agree to marketing e-mails as the privacy policy says", True),
        ("Ich möchte den Newsletter; ich kann mich jederzeit abmelden", True),
    ],
)  # fmt: skip
def test_it_reads_a_yes_to_marketing(label: str, value: object):
    assert consent(label, value) is ConsentState.GRANTED


@pytest.mark.parametrize(
    ("label", "value"),
    [
        ("Newsletter", False), ("Newsletter", "no"), ("Newsletter", "No, thanks"), ("Newsletter", "Nein danke"),
        ("newsletter", 0),
        ("marketing_consent", "unsubscribed"), ("I do not want your newsletter", True),
        ("Ich möchte keine Werbung bekommen", "ja"), ("Unsubscribe me from marketing", "on"),
    ],
)  # fmt: skip
def test_it_reads_a_no_to_marketing(label: str, value: object):
    assert consent(label, value) is ConsentState.REFUSED


@pytest.mark.parametrize(
    ("label", "value"),
    [
        ("I accept the terms and conditions", True), ("I consent to the processing of my personal data", True),
        ("Ich stimme der Datenschutzerklärung zu (Einwilligung)", True), ("プライバシーポリシーに同意する", "はい"),
        ("What should our newsletter write about?", "Yoghurt"), ("Newsletter", ""), ("Newsletter", None),
        ("I do not want your newsletter", False), ("Do you like cats?", True),
    ],
)  # fmt: skip
def test_it_takes_nothing_else_for_consent(label: str, value: object):
    assert consent(label, value) is None


def test_it_looks_at_the_beginning_of_an_endless_answer_only() -> None:
    assert answer("yes" + " aA" * 300_000) is True
    assert answer(" " * 300 + "yes") is None
