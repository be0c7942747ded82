from pathlib import Path
from typing import Any

import pytest

from app.config import from_document, loads
from app.errors import ConfigError

ORG = '[orgs.main]\napi_key = "key"\n'
TWO_ORGS = ORG + '[orgs.second]\napi_key = "other"\n'
SHOP = ORG + '[sources.shop]\nprovider = "shopify"\nsecret = "hush"\n'


def mistakes(text: str, environ: dict[str, str] | None = None) -> list[str]:
    with pytest.raises(ConfigError) as raised:
        loads(text, environ or {}, Path())
    return list(raised.value.mistakes)


ADDRESS = "must be an address such as https://hooks.example.com"
NAME = "a name is made of a-z, 0-9, - and _, begins with a letter or digit, and has at most 63 characters"
CREDENTIAL = "holds a blank, a line break or another character that no header can carry"
UNGUARDED = 'is missing: without one anybody could pose as the sender (auth = "none" allows just that)'

EACH = [
    # keys
    (SHOP + 'provder = "x"', "sources.shop.provder: unknown key; did you mean provider?"),
    (ORG + "[server]\nretention = 3", "server.retention: unknown key; did you mean retention_days?"),
    (ORG + "[orgs.main.x]", "orgs.main.x: unknown key; known here: org_id, api_key"),
    (ORG + "[source.shop]", "source: unknown key; did you mean sources?"),
    (SHOP + '"a b" = 1', 'sources.shop."a b": unknown key; known here: '),
    (
        SHOP + '[sources.shop.contact]\nmail = "m"',
        "sources.shop.contact.mail: unknown key; did you mean email?",
    ),
    # types
    ("server = 3\n" + ORG, "server: must be a table"),
    (ORG + '[server]\nport = "eighty"', "server.port: must be a whole number"),
    (ORG + "[server]\nport = true", "server.port: must be a whole number"),
    (ORG + "[server]\nport = 70000", "server.port: must be at most 65535"),
    (ORG + "[server]\nhost = 1979-05-27", "server.host: must be text (in quotes)"),
    (ORG + '[server]\nhost = " "', "server.host: is empty"),
    (ORG + "[server]\nretention_days = 0", "server.retention_days: must be at least 1"),
    (ORG + "[upstream]\nrate_limit = 0", "upstream.rate_limit: must be at least 1"),
    (
        ORG + "[upstream]\nread_timeout = nan",
        "upstream.read_timeout: must be a number of seconds, more than 0 and at most 600",
    ),
    ("orgs = 3", "orgs: must be tables, each with a name"),
    ("orgs.main = 3", "orgs.main: must be a table"),
    (
        SHOP + "secret = 3".replace("secret", "retired_secret"),
        "sources.shop.retired_secret: must be text (in quotes)",
    ),
    (SHOP + 'segment_ids = "seg_a"', "sources.shop.segment_ids: must be a list of texts"),
    (SHOP + "segment_ids = [1]", "sources.shop.segment_ids[0]: must be text (in quotes)"),
    (SHOP + 'strict = "yes"', "sources.shop.strict: must be true or false"),
    (SHOP + 'contact = "email"', "sources.shop.contact: must be a table"),
    (SHOP + "[sources.shop.segments]", "sources.shop.segments: must be tables, each written as [[…]]"),
    # addresses
    (
        ORG + '[server]\ndatabase_url = "mysql://db/x"',
        "server.database_url: must begin with sqlite:/// or postgresql://",
    ),
    (
        ORG + '[server]\ndatabase_url = "sqlite://"',
        "server.database_url: must name a file, such as sqlite:///var/bridge.db: memory loses events",
    ),
    (
        ORG + '[server]\ndatabase_url = "postgres://bridge:made@up@db.example.com/bridge"',
        "server.database_url: must have each @ of a user's name or a password written as %40",
    ),
    (
        ORG + '[server]\ndatabase_url = "postgresql://bridge:made-up@db.example.com:port/bridge"',
        "server.database_url: must have a number for a port",
    ),
    (ORG + '[server]\npublic_url = "hooks.example.com"', f"server.public_url: {ADDRESS}"),
    (ORG + '[server]\npublic_url = "ftp://example.com"', f"server.public_url: {ADDRESS}"),
    (ORG + '[server]\npublic_url = "https://[::1"', f"server.public_url: {ADDRESS}"),
    (
        ORG + '[server]\npublic_url = "https://me:pw@example.com"',
        "server.public_url: must be an address without user, query (?) and fragment (#)",
    ),
    (
        ORG + '[upstream]\nbase_url = "http://api.example.com"',
        "upstream.base_url: must begin with https:// (http:// is for this machine only, such as http://127.0.0.1:9000)",
    ),
    (ORG + '[server]\nadmin_token = "two words"', f"server.admin_token: {CREDENTIAL}"),
    (ORG + '[server]\nread_token = "two words"', f"server.read_token: {CREDENTIAL}"),
    (ORG + '[server]\nadmin_token = "letmein"', "server.admin_token: can be guessed: make it 8 characters or more"),
    (ORG + '[server]\nread_token = "letmein"', "server.read_token: can be guessed: make it 8 characters or more"),
    (
        ORG + '[server]\nadmin_token = "one-for-both"\nread_token = "one-for-both"',
        "server.read_token: is the admin_token, too: whoever only looks could change everything",
    ),
    # orgs
    ("", "orgs: none is there: add [orgs.main] with its api_key"),
    ("[orgs]", "orgs: none is there: add [orgs.main] with its api_key"),
    ("[orgs.main]", "orgs.main.api_key: is missing"),
    ('[orgs.main]\napi_key = ""', "orgs.main.api_key: is empty"),
    ('[orgs.main]\napi_key = "key\\n"', f"orgs.main.api_key: {CREDENTIAL}"),
    (ORG + 'org_id = "a/b"', "orgs.main.org_id: must be an id: no blanks, no slashes"),
    ('[orgs."Main Org"]\napi_key = "key"', f'orgs."Main Org": {NAME}'),
    (
        ORG + '[orgs.second]\napi_key = "key"',
        "orgs.second: is the same organization as orgs.main: its people would be kept apart",
    ),
    (SHOP + 'org = "mian"', "sources.shop.org: there is no such org; did you mean main?"),
    (SHOP + 'org = "x"', "sources.shop.org: there is no such org; there is main"),
    (
        SHOP.replace(ORG, TWO_ORGS),
        "sources.shop.org: is missing: there are several, so choose one of main, second",
    ),
]


@pytest.mark.parametrize(("text", "mistake"), EACH, ids=[f"{n} {mistake[:40]}" for n, (_, mistake) in enumerate(EACH)])
def test_it_names_the_mistake_and_nothing_else(text, mistake):
    found = mistakes(text)

    assert len(found) == 1
    assert found[0].startswith(mistake)


def test_it_names_all_mistakes_at_once():
    text = """
    [server]
    port = "eighty"
    retension_days = 30
    [orgs.main]
    api_key = "${env:INVENT_API_KEY}"
    [sources.shop]
    provider = "shopfy"
    [sources.form]
    provider = "relay"
    org = "mian"
    auth = "hmac"
    when = "a b"
    """

    found = mistakes(text)

    assert found == [
        "orgs.main.api_key: the environment variable INVENT_API_KEY is not set",
        "server.port: must be a whole number",
        "server.retension_days: unknown key; did you mean retention_days?",
        'sources.form.header: is missing: auth = "hmac" needs the name of the header',
        "sources.form.org: there is no such org; did you mean main?",
        f"sources.form.secret: {UNGUARDED}",
        "sources.form.when: is no JMESPath from character 3 on",
        "sources.shop.provider: there is no such provider; did you mean shopify?",
    ]


def test_it_says_when_the_mistake_is_in_the_environment():
    assert mistakes(ORG, {"PORT": "http", "DATABASE_URL": "mysql://db.example.com/x"}) == [
        "DATABASE_URL (environment): must begin with sqlite:/// or postgresql://",
        "PORT (environment): must be a whole number",
    ]


def test_it_says_when_the_mistake_is_in_a_flag():
    with pytest.raises(ConfigError, match=r"^--port: must be at most 65535$"):
        loads(ORG, {}, Path(), {"server.port": 99_999})


def test_an_override_does_not_hide_that_its_table_is_none():
    assert mistakes("server = 3\n" + ORG, {"PORT": "80"}) == ["server: must be a table"]


def test_it_refuses_what_is_nested_without_end():
    document: dict[str, Any] = {}
    for _ in range(100_000):
        document = {"x": document}

    with pytest.raises(ConfigError, match="nested too deep"):
        from_document(document, {}, Path())
