import copy
import datetime as dt
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from app.config import Config, from_document
from app.config import settings as all_settings
from app.errors import ConfigError

VALID = {
    "server": {"public_url": "https://hooks.example.com", "admin_token": "open-sesame", "port": 80},
    "upstream": {"base_url": "https://api.example.com", "read_timeout": 2.5},
    "orgs": {"main": {"api_key": "key"}, "second": {"api_key": "other", "org_id": "org_2"}},
    "sources": {
        "shop": {
            "provider": "shopify",
            "org": "main",
            "secret": ["hush", "hush-2"],
            "events": ["customers/create"],
            "segments": [{"id": "seg_vip", "when": "vip"}],
        },
        "form": {
            "provider": "relay",
            "org": "second",
            "auth": "hmac",
            "secret": "hush",
            "header": "X-Signature",
            "timestamp_header": "X-Time",
            "signed": "{url}{timestamp}{body}",
            "contact": {"email": "lead.email"},
        },
    },
}
KEYS = sorted({part.strip("[]<>") for setting in all_settings() for part in setting.key.split(".")})
SECRET = "Tr0ub4dor-3"
WORDS = [
    "relay",
    "shopify",
    "hmac",
    "none",
    "{body}",
    "${env:X}",
    "${file:x}",
    "${",
    "sqlite:///x",
    "http://[",
    "US",
]

texts = st.sampled_from(WORDS) | st.text(max_size=20)
scalars = texts | st.integers() | st.floats() | st.booleans() | st.datetimes() | st.just(dt.time(7, 32))
keys = st.sampled_from([*KEYS, "_schema"]) | st.text(max_size=8)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=12,
)


def places(value: Any) -> list[tuple[Any, ...]]:
    """Every place in a document, the document itself left out."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [(key, *rest) for key, inner in items for rest in [(), *places(inner)]]


def put(document: Any, place: tuple[Any, ...], value: Any) -> Any:
    changed = copy.deepcopy(document)
    table = changed
    for key in place[:-1]:
        table = table[key]
    table[place[-1]] = value
    return changed


def outcome(document: dict[str, Any], environ: dict[str, str]) -> Config | list[str]:
    try:
        return from_document(document, environ, Path("nowhere"))
    except ConfigError as error:
        return list(error.mistakes)


def test_the_valid_one_is_valid():
    assert isinstance(outcome(VALID, {}), Config)


@settings(deadline=None, max_examples=150)
@given(document=st.dictionaries(keys, values, max_size=4))
def test_whatever_the_document_it_gives_a_config_or_mistakes(document):
    assert outcome(document, {"X": "x"})


@settings(deadline=None, max_examples=300)
@given(place=st.sampled_from(places(VALID)), value=values)
def test_whatever_one_value_is_it_gives_a_config_or_mistakes(place, value):
    assert outcome(put(VALID, place, value), {"X": "x"})


@settings(deadline=None, max_examples=200)
@given(
    place=st.sampled_from(places(VALID)),
    written=st.sampled_from(["${env:SECRET}", SECRET]),
    around=st.sampled_from(["{}", " {}", "{}\n", "http://{}", "a b {}(", '["{}']),
)
def test_a_secret_is_never_in_a_mistake_wherever_it_was_put(place, written, around):
    found = outcome(put(VALID, place, around.format(written)), {"SECRET": SECRET})

    assert isinstance(found, Config) or not [mistake for mistake in found if SECRET in mistake]
