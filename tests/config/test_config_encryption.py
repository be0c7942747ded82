"""``server.encryption_key``: one key or several, and nothing of them in any message."""

from pathlib import Path

import pytest

from app.config import loads
from app.errors import ConfigError
from app.store.keyring import new_key

_ORG = '[orgs.main]\napi_key = "key"\n'


def test_it_takes_one_key_or_several() -> None:
    first, second = new_key(), new_key()

    one = loads(f'{_ORG}[server]\nencryption_key = "${{env:KEY}}"', {"KEY": first}, Path())
    several = loads(f'{_ORG}[server]\nencryption_key = ["{first}", "{second}"]', {}, Path())

    assert one.server.encryption_key == (first,)
    assert several.server.encryption_key == (first, second)
    assert first not in repr(several)


@pytest.mark.parametrize(
    "wrong",
    ["short", "x" * 44, "{key}=", "{unpadded}", "{key} {key}", "schlüssel{key}"],
)
def test_it_refuses_what_is_no_key_and_does_not_quote_it(wrong: str) -> None:
    key = new_key()
    wrong = wrong.format(key=key, unpadded=key.rstrip("="))
    with pytest.raises(ConfigError) as caught:
        loads(f'{_ORG}[server]\nencryption_key = ["{new_key()}", "{wrong}"]', {}, Path())

    assert str(caught.value) == "server.encryption_key[1]: is no encryption key; `contact-bridge key` makes one"


def test_it_refuses_a_key_that_is_empty() -> None:
    with pytest.raises(ConfigError) as caught:
        loads(f'{_ORG}[server]\nencryption_key = "${{env:KEY}}"', {"KEY": ""}, Path())

    assert str(caught.value) == "server.encryption_key: is empty"
