"""``providers``: what is built in."""

import json

from cli_run import Run

from app.providers import providers


def test_it_lists_every_provider_as_json(run: Run) -> None:
    listed = json.loads(run("providers", "--json").output)

    assert [each["name"] for each in listed] == list(providers())
    assert all({"name", "title", "docs", "events"} <= each.keys() for each in listed)


def test_it_lists_every_provider_as_a_table(run: Run) -> None:
    shown = run("providers").output

    assert all(name in shown for name in ("shopify", "stripe", "relay"))


def test_it_explains_each_provider(run: Run) -> None:
    for name, provider in providers().items():
        shown = run("providers", name)

        assert shown.exit_code == 0
        assert provider.title in shown.output
        assert provider.docs in shown.output
        assert "{url}" not in shown.output.partition("Set it up:")[2]


def test_it_says_which_events_a_human_has_to_answer(run: Run) -> None:
    shown = " ".join(run("providers", "shopify").output.split())

    assert "For you to answer" in shown
    assert "customers/data_request" in shown


def test_it_says_how_a_relay_tells_of_more_than_sign_ups(run: Run) -> None:
    for name in ("relay", "zapier", "make", "n8n", "pipedream"):
        assert 'event_type = "action"' in run("providers", name).output


def test_it_explains_one_provider_as_json(run: Run) -> None:
    assert json.loads(run("providers", "shopify", "--json").output)["name"] == "shopify"


def test_it_offers_the_nearest_name(run: Run) -> None:
    refused = run("providers", "shopfy")

    assert (refused.exit_code, refused.stderr) == (
        2,
        "contact-bridge: there is no provider 'shopfy'; did you mean shopify?\n",
    )
