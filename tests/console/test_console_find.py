"""Finding people and events, and the page of one person."""

import pytest
from console_client import Console, words_of
from console_kit import deliver


@pytest.fixture
def ada(console: Console) -> Console:
    """Ada, of whom two events are known; and Ben."""
    console.receive("lead-1-a", name="Ada Example", phone="+41 44 668 18 00", newsletter="yes")
    console.receive("lead-2-a", newsletter="no")
    console.receive("lead-3-b", email="ben@example.com")
    deliver(console)
    return console


@pytest.mark.parametrize("text", ["ada@example.com", " ADA@Example.com ", "+41446681800", "+41 44 668 18 00"])
def test_it_goes_to_whoever_is_found_alone(ada: Console, text: str) -> None:
    answer = ada.post("/find", text=text)

    assert answer.status_code == 303
    assert "Ada Example" in words_of(ada.client.get(answer.location))


def test_it_goes_to_an_event_by_its_id(ada: Console) -> None:
    answer = ada.post("/find", text="lead-3-b")

    assert answer.location == "/console/event?source=landing&id=lead-3-b"


def test_it_finds_while_one_types(ada: Console) -> None:
    answer = ada.in_place("/find", text="ada@example.com")

    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert 'href="/console/people/1"' in answer.text


@pytest.mark.parametrize("text", ["", " ", "zoe@example.com", "%", "' OR 1=1 --", "x" * 5_000, "\x00", "<script>"])
def test_it_says_that_it_found_nobody(ada: Console, text: str) -> None:
    answer = ada.post("/find", text=text)

    assert answer.status_code == 200
    assert ("Nobody goes by that" in answer.text) is bool(text.strip())
    assert "<script>" not in answer.text.replace("<script src=", "")


def test_what_was_looked_for_stands_in_no_address(ada: Console) -> None:
    page = ada.get("/find").text

    assert '<form method="post" action="/console/find"' in page
    assert ada.get("/find", text="ada@example.com").text.count("ada@example.com") == 0


def test_it_shows_everything_of_a_person(ada: Console) -> None:
    page = ada.text("/people/1")

    assert "E-mail ada@example.com" in page
    assert "Phone +41446681800" in page
    assert "Name Ada Example" in page
    assert "Marketing refused" in page
    assert "Contact upstream new-contact" in page
    assert page.count("landing: signup") == 2
    assert "ben@example.com" not in page


def test_it_says_when_consent_changed(ada: Console) -> None:
    page = ada.text("/people/1")

    assert "When that changed" in page
    assert page.index("refused, said by") < page.index("granted, said by")


def test_it_turns_the_pages_of_a_person(console: Console) -> None:
    for number in range(55):
        console.receive(f"lead-{number:02}-x1")
    deliver(console, most=0)

    first = console.get("/people/1").text
    older = first.partition('<a rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")

    assert first.count('data-label="Status"') == 50
    assert console.client.get(older).text.count('data-label="Status"') == 5
