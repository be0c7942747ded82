"""The console in a real browser, at a desk and on a telephone: what an operator comes for."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.console.world import NARROW, READ_TOKEN, visitor

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.console.world import Visitor, World

pytestmark = pytest.mark.slow
PAYLOAD = '{"id": "p-1", "lead": {"mail": "zoe@example.com"}}'


def test_it_finds_a_person_while_one_types(visit: "Visitor") -> None:
    page = visit.page
    page.get_by_role("link", name="People").click()

    page.get_by_label("E-mail, phone, user id or event id").press_sequentially("ADA.4@example.com", delay=5)
    page.get_by_role("link", name="Ada Example").click()

    page.get_by_role("heading", name="Ada Example").wait_for()
    assert page.get_by_text("ada.4@example.com").first.is_visible()
    assert "/console/people/" in page.url


def test_it_says_what_is_wrong_and_leads_there(visit: "Visitor", bridged: "World") -> None:
    bridged.post("lead-that-fails", name="Nobody Example")
    bridged.settled()
    visit.go("/")
    wrong = visit.page.get_by_role("region", name="What is wrong now")

    told = wrong.inner_text()
    wrong.get_by_role("link", name="failed").click()

    assert ", since" not in told  # nobody knows since when, as nobody is told of it
    visit.page.get_by_role("region", name="Events, the newest first").wait_for()
    assert visit.page.url.endswith("/events?status=failed")


def test_it_replays_an_event_that_failed(visit: "Visitor", bridged: "World") -> None:
    page = visit.page
    visit.go("/events?status=failed")
    page.get_by_role("region", name="Events, the newest first").get_by_role("link").first.click()
    page.get_by_role("link", name="Rehearse it").click()
    page.get_by_text("it would be failed").wait_for()

    page.get_by_role("button", name="Replay").click()

    page.get_by_text("It is mapped and delivered again.").wait_for()
    bridged.settled()
    visit.go("/log")
    assert "Ada (console)" in page.get_by_role("row").nth(1).inner_text()


def test_it_replays_many_and_shows_how_far_it_is(visit: "Visitor", bridged: "World") -> None:
    page = visit.page
    visit.go("/events?status=delivered")
    page.get_by_role("link", name="Replay all of these").click()

    page.get_by_role("button", name="Replay").click()

    page.get_by_text(re.compile(r"Done: \d+ events of \d+ put back")).wait_for()
    bridged.settled()


def test_it_tries_a_payload_in_the_playground(visit: "Visitor") -> None:
    page = visit.page
    visit.go("/playground?source=landing")
    page.get_by_label("Payload for landing").fill(PAYLOAD)
    page.get_by_role("button", name="See what it becomes").click()
    page.get_by_text("neither e-mail nor phone").wait_for()

    page.get_by_label("email", exact=True).fill("lead.mail")
    page.get_by_role("button", name="See what it becomes").click()

    page.get_by_text("It would be delivered.").wait_for()
    assert 'email = "lead.mail"' in page.get_by_role("region", name="For bridge.toml").inner_text()
    assert page.get_by_label("Payload for landing").input_value() == PAYLOAD


def test_it_erases_a_person(visit: "Visitor", bridged: "World") -> None:
    page, who = visit.page, f"erased.{visit.page.viewport_size['width']}"  # type: ignore[index]
    bridged.post(f"erase-{who}-1", name="Zoe Example", email=f"{who}@example.com")
    bridged.settled()
    visit.go("/find")
    page.get_by_label("E-mail, phone, user id or event id").fill(f"{who}@example.com")
    page.get_by_role("link", name="Zoe Example").click()
    page.get_by_role("link", name="Erase …").click()
    page.get_by_label("I mean it").check()

    page.get_by_role("button", name="Erase").click()

    page.get_by_text("Forgotten.").wait_for()
    assert page.get_by_role("heading", name="Erase Zoe Example").is_visible(), "the page is still there"
    visit.go("/find")
    page.get_by_label("E-mail, phone, user id or event id").press_sequentially(f"{who}@example.com", delay=5)
    page.get_by_text("Nobody goes by that").wait_for()


def test_it_sends_a_sample(visit: "Visitor", bridged: "World") -> None:
    visit.go("/sources/shop")
    visit.page.get_by_role("button", name="Send it").click()

    visit.page.get_by_role("heading", name="shop: customers/create").wait_for()
    bridged.settled()


def test_a_reader_has_no_buttons_to_steer_by(browser: "Browser", bridged: "World") -> None:
    with visitor(browser, bridged.url) as reader:
        reader.sign_in(READ_TOKEN, who="Rita")
        reader.go("/events?status=failed")
        reader.page.get_by_role("region").get_by_role("link").first.click()
        reader.page.get_by_role("heading", name="Attempts").wait_for()

        names = reader.page.get_by_role("button").all_inner_texts()
        assert names == ["Sign out"]


def test_it_works_without_a_script(browser: "Browser", bridged: "World") -> None:
    bridged.post("erase-noscript-1", name="Noa Example", email="noa@example.com")
    bridged.settled()
    with visitor(browser, bridged.url, java_script_enabled=False, viewport=NARROW) as plain:
        plain.sign_in()
        page = plain.page
        plain.go("/events?status=failed")
        page.get_by_role("link", name="Replay all of these").click()
        page.get_by_role("button", name="Replay").click()
        page.get_by_text("Done: ").wait_for()

        plain.go("/find")
        page.get_by_label("E-mail, phone, user id or event id").fill("noa@example.com")
        page.get_by_role("button", name="Find").click()
        page.get_by_role("link", name="Erase …").click()
        page.get_by_label("I mean it").check()
        page.get_by_role("button", name="Erase").click()

        page.get_by_text("Forgotten.").wait_for()
        assert page.locator(".piece:visible").count() == 1
    bridged.settled()


def test_it_imports_a_file_after_trying_it(visit: "Visitor", bridged: "World", tmp_path: Path) -> None:
    page, width = visit.page, visit.page.viewport_size["width"]  # type: ignore[index]
    people = tmp_path / "people.csv"
    people.write_text(f"name,email\nIda Example,ida.{width}@example.com\nNobody,\n")
    visit.go("/import")
    page.get_by_label("File").set_input_files(people)
    page.get_by_role("button", name="Try it").click()
    page.get_by_text("1 row would be kept").wait_for()

    page.get_by_role("button", name="Import").click()

    page.get_by_text("1 row kept, 0 there already, 1 refused").wait_for()
    bridged.settled()
    visit.go("/find")
    page.get_by_label("E-mail, phone, user id or event id").press_sequentially(f"ida.{width}@example.com", delay=5)
    page.get_by_role("link", name="Ida Example").click()
    page.get_by_text("Contact upstream").wait_for()


def test_an_import_can_be_stopped(browser: "Browser", bridged: "World", tmp_path: Path) -> None:
    people = tmp_path / "people.csv"
    people.write_text("email\n" + "".join(f"lead{number}@example.com\n" for number in range(60_000)))
    with visitor(browser, bridged.url) as made:
        made.sign_in()
        made.go("/import")
        made.page.get_by_label("File").set_input_files(people)
        made.page.get_by_role("button", name="Try it").click()
        made.page.get_by_text("So far:").wait_for()

        made.page.get_by_role("button", name="Stop").click()

        made.page.get_by_text("Stopped. What was done by then stays done.").wait_for()
        assert made.page.get_by_role("button", name="Try it").is_enabled()


def test_a_link_in_a_mail_goes_to_where_it_says(visit: "Visitor") -> None:
    visit.page.goto(f"data:text/html,<a href='{visit.url}/console/events?status=failed'>look</a>")
    visit.page.get_by_role("link", name="look").click()

    visit.page.get_by_role("heading", name="Events").wait_for()
    assert visit.page.url.endswith("/console/events?status=failed")


def test_a_link_in_a_mail_goes_to_the_sign_in_first(browser: "Browser", bridged: "World") -> None:
    with visitor(browser, bridged.url) as made:
        made.page.goto(f"data:text/html,<a href='{made.url}/console/log'>look</a>")
        made.page.get_by_role("link", name="look").click()
        made.page.get_by_label("Your name").fill("Ada")
        made.page.get_by_label("Token").fill(READ_TOKEN)
        made.page.get_by_role("button", name="Sign in").click()

        made.page.get_by_role("heading", name="What was done by hand").wait_for()
