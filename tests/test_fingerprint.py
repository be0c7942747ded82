"""The fingerprint of what a configuration makes of events."""

import dataclasses
from pathlib import Path

import pytest

from app import fingerprint as module
from app.config import Source, loads
from app.fingerprint import fingerprint

TOML = """
[server]
port = 8000
[orgs.main]
api_key = "key-of-main"
[orgs.branch]
api_key = "key-of-branch"
[sources.landing]
provider = "relay"
org = "main"
auth = "bearer"
secret = "token-of-landing"
segment_ids = ["seg_a"]
consent = "respect"
default_region = "NL"
events = ["lead", "other"]
when = "active"
event_id = "id"
[[sources.landing.segments]]
id = "seg_vip"
when = "vip"
[sources.landing.contact]
email = "mail"
"""
SALT = b"salt-of-this-test"

# What of a source has no part in mapping: it verifies, or is read when a webhook comes and kept as it was then.
ELSEWHERE = {
    "scheme", "secrets", "retired_secrets", "token", "event_id", "event_type", "occurred_at", "strict",
}  # fmt: skip


def made(text: str = TOML, salt: bytes = SALT) -> str:
    return fingerprint(loads(text, {}, Path()), salt)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('provider = "relay"', 'provider = "zapier"'),
        ('org = "main"', 'org = "branch"'),
        ('segment_ids = ["seg_a"]', 'segment_ids = ["seg_b"]'),
        ('consent = "respect"', 'consent = "require"'),
        ('default_region = "NL"', 'default_region = "US"'),
        ('events = ["lead", "other"]', 'events = ["lead"]'),
        ('when = "active"', 'when = "not_active"'),
        ('id = "seg_vip"', 'id = "seg_star"'),
        ('when = "vip"', 'when = "star"'),
        ('email = "mail"', 'email = "email"'),
        ("[sources.landing]", "[sources.other]\nprovider = 'relay'\nauth = 'none'\norg = 'main'\n[sources.landing]"),
    ],
)
def test_it_differs_where_events_may_become_something_else(old: str, new: str) -> None:
    assert old in TOML

    assert made(TOML.replace(old, new)) != made()


def test_it_differs_in_another_version_of_the_bridge(monkeypatch: pytest.MonkeyPatch) -> None:
    before = made()
    monkeypatch.setattr(module, "__version__", "99")

    assert made() != before


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("key-of-main", "another"),
        ("token-of-landing", "another"),
        ("port = 8000", "port = 8001"),
        ('events = ["lead", "other"]', 'events = ["other", "lead"]'),
        ('event_id = "id"', 'event_id = "number"'),
    ],
)
def test_it_is_the_same_where_events_become_the_same(old: str, new: str) -> None:
    assert old in TOML

    assert made(TOML.replace(old, new)) == made()


def test_it_is_another_one_under_another_salt() -> None:
    assert made(salt=b"other") != made()
    assert len(made()) == 64


def test_it_looks_at_all_of_a_source_that_maps() -> None:
    """Whoever adds something to a source decides whether it belongs into the fingerprint: add it there, or here."""
    looked_at = set(module._mapping.__code__.co_names)

    assert {field.name for field in dataclasses.fields(Source)} - looked_at == ELSEWHERE


def test_it_knows_by_which_names_rows_of_files_come() -> None:
    """With another org, what was imported is called otherwise."""
    assert made(TOML + '[orgs.third]\napi_key = "key-of-third"\n') != made()
