"""``[alerts]``: whom to tell, and from when on; no message quotes an address."""

from pathlib import Path

import pytest

from app.config import loads
from app.config.model import Alerts
from app.errors import ConfigError

_ORG = '[orgs.main]\napi_key = "key"\n'


def test_nobody_is_told_unless_somebody_is_named() -> None:
    assert loads(_ORG, {}, Path()).alerts == Alerts(
        to=(), upstream_down_minutes=10, waiting_minutes=30, refusals_in_a_row=5
    )


def test_it_takes_one_address_or_several() -> None:
    one = loads(f'{_ORG}[alerts]\nto = "${{env:HOOK}}"', {"HOOK": "https://alerts.example.com/secret"}, Path())
    addresses = [
        "https://alerts.example.com/a?token=b",
        "http://10.0.0.1:8080/a",
        "mailto://u:p@example.com?to=a@b.example",
    ]

    several = loads(f"{_ORG}[alerts]\nto = {addresses}\nwaiting_minutes = 5", {}, Path())

    assert one.alerts.to == ("https://alerts.example.com/secret",)
    assert several.alerts == Alerts(to=tuple(addresses), waiting_minutes=5)
    assert "secret" not in repr(one)


@pytest.mark.parametrize(
    "wrong",
    [
        "ops@secret.example",
        "secret",
        "://secret",
        "https://",
        "https://user:secret@example.com/",
        "https://exa mple.com/secret",
        "https://[secret",
        "MAILTO://secret@example.com",
        "mailto://secret@example.com\u0007",
    ],
)
def test_it_refuses_what_is_no_address_and_does_not_quote_it(wrong: str) -> None:
    with pytest.raises(ConfigError) as caught:
        loads(f'{_ORG}[alerts]\nto = ["https://alerts.example.com/", "${{env:TO}}"]', {"TO": wrong}, Path())

    (mistake,) = caught.value.mistakes
    assert mistake.startswith("alerts.to[1]: must be an address such as https://alerts.example.com/")
    assert "secret" not in mistake


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("waiting_minutes = 0", "alerts.waiting_minutes: must be at least 1"),
        ("refusals_in_a_row = 201", "alerts.refusals_in_a_row: must be at most 200"),
        ("too = 1", "alerts.too: unknown key; did you mean to?"),
        ("to = []", "alerts.to: is empty"),
    ],
)
def test_it_checks_every_key(line: str, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        loads(f"{_ORG}[alerts]\n{line}", {}, Path())

    assert list(caught.value.mistakes) == [words]
