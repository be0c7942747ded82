"""Guessing tokens is slow, for all workers together."""

from collections.abc import Callable
from typing import Any

import pytest
from console_client import ADMIN_TOKEN, Console, words_of
from flask import Flask

from app.web.console.signing_in import MOST_REFUSED


@pytest.fixture
def throttled(stranger: Console, clock: Any) -> Console:
    for _ in range(MOST_REFUSED):
        clock.advance(seconds=1)
        assert stranger.sign_in("wrong").status_code == 403
    return stranger


def test_it_lets_nobody_try_after_too_many_wrong_tokens(throttled: Console) -> None:
    answer = throttled.sign_in(ADMIN_TOKEN)

    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) == 52
    assert "Try again in 52 seconds" in words_of(answer)


def test_it_counts_for_all_workers(throttled: Console, make_app: Callable[..., Flask]) -> None:
    other = make_app()

    assert Console(other, other.test_client()).sign_in(ADMIN_TOKEN).status_code == 429


def test_it_lets_one_in_again_after_a_minute(throttled: Console, clock: Any) -> None:
    clock.advance(seconds=52)

    assert throttled.sign_in(ADMIN_TOKEN).status_code == 303


def test_it_writes_no_more_while_nobody_may_try(throttled: Console) -> None:
    before = len(throttled.bridge.store.actions.newest(most=500))

    for _ in range(5):
        throttled.sign_in("wrong")

    assert len(throttled.bridge.store.actions.newest(most=500)) == before


def test_it_does_not_count_what_others_do_meanwhile(stranger: Console, clock: Any) -> None:
    for number in range(MOST_REFUSED * 3):
        stranger.bridge.store.actions.note("ada (console)", "replay", {"number": number}, clock())

    assert stranger.sign_in(ADMIN_TOKEN).status_code == 303


def test_it_repeats_no_token_and_no_name_in_its_log(stranger: Console) -> None:
    stranger.sign_in("a-token-that-is-wrong", who="Mallory Unproven")

    noted = stranger.bridge.store.actions.newest()
    assert [(action.who, action.what, dict(action.details)) for action in noted] == [
        ("somebody (console)", "sign-in refused", {})
    ]
