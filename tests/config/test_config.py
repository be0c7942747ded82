from pathlib import Path

import pytest

from app.config import Config, ConsentMode, load, loads
from app.signatures import Bearer

DESIGN = """
[server]
database_url = "sqlite:///var/bridge.db"        # or postgresql://…; default as here
public_url   = "https://hooks.example.com"      # for setup guides, and for senders that sign the URL
admin_token  = "${env:BRIDGE_ADMIN_TOKEN}"      # without one, console and API are off
retention_days = 30

[upstream]
base_url   = "https://api.useinvent.com"        # default
rate_limit = 500                                # requests a minute from this address

[orgs.main]
org_id  = "c"                                   # default: the org the key was issued for
api_key = "${env:INVENT_API_KEY}"

[sources.shop]
provider    = "shopify"
org         = "main"                            # may be left out when there is one org
secret      = ["${env:SHOPIFY_SECRET}", "${file:run/secrets/shopify_old}"]   # one or several
segment_ids = ["seg_customers"]
consent     = "respect"
default_region = "US"                           # for phone numbers without a country code

[[sources.shop.segments]]
id   = "seg_vip"
when = "contains(tags, 'vip')"                  # JMESPath over the payload

[sources.landing]
provider = "relay"                              # any JSON or form post: Zapier, Make, n8n, your own code
auth     = "bearer"                             # bearer | basic | header | query | hmac | standard-webhooks …
secret   = "${env:LANDING_TOKEN}"
event_id = "lead.id"                            # JMESPath; without one, a hash of the body
strict   = true                                 # answer 422 to the caller when no contact can be made

[sources.landing.contact]
name  = "join(' ', [lead.first_name, lead.last_name])"
email = "lead.email"
phone = "lead.phone"
"""
ENVIRON = {
    "BRIDGE_ADMIN_TOKEN": "open-sesame-2026",
    "INVENT_API_KEY": "key-of-main",
    "SHOPIFY_SECRET": "hush",
    "LANDING_TOKEN": "let-me-in",
}
SMALLEST = '[orgs.main]\napi_key = "k"\n'


@pytest.fixture
def design(tmp_path: Path) -> Config:
    secret = tmp_path / "run" / "secrets" / "shopify_old"
    secret.parent.mkdir(parents=True)
    secret.write_text("hush of last year\n")

    return loads(DESIGN, ENVIRON, tmp_path)


def test_it_reads_the_shop_of_the_design(design):
    shop = design.sources["shop"]

    assert shop.provider.name == "shopify"
    assert shop.scheme == shop.provider.signature
    assert shop.secrets == ("hush", "hush of last year")
    assert (shop.org, shop.segment_ids, shop.consent) == ("main", ("seg_customers",), ConsentMode.RESPECT)
    assert [(s.id, s.when.text) for s in shop.segments] == [("seg_vip", "contains(tags, 'vip')")]
    assert shop.default_region == "US"


def test_it_reads_the_landing_page_of_the_design(design):
    landing = design.sources["landing"]

    assert landing.scheme == Bearer()
    assert landing.org == "main"
    assert landing.strict
    assert landing.event_id.find({"lead": {"id": "7"}}) == "7"
    assert sorted(landing.contact) == ["email", "name", "phone"]


def test_it_reads_the_rest_of_the_design(design):
    assert design.server.admin_token == "open-sesame-2026"
    assert design.server.public_url == "https://hooks.example.com"
    assert (design.orgs["main"].api_key, design.orgs["main"].org_id) == ("key-of-main", "c")
    assert design.upstream.rate_limit == 500


def test_it_keeps_secrets_out_of_what_a_config_looks_like(design):
    shown = repr(design)

    assert not [secret for secret in (*ENVIRON.values(), "hush") if secret in shown]


def test_it_remembers_where_it_was_read_from(tmp_path):
    path = tmp_path / "bridge.toml"
    path.write_bytes(b"\xef\xbb\xbf" + SMALLEST.encode())  # some editors begin a file with a byte order mark

    assert load(path, {}).path == path


def test_it_needs_no_more_than_an_org(tmp_path):
    config = loads(SMALLEST, {}, tmp_path)

    assert config.server.database_url == "sqlite:///var/bridge.db"
    assert config.sources == {}


def test_the_environment_wins_over_the_file_and_a_flag_over_both(tmp_path):
    text = SMALLEST + '[server]\nport = "nonsense"\ndatabase_url = "${env:NOT_SET}"\nhost = "0.0.0.0"\n'
    environ = {"PORT": "9000", "DATABASE_URL": "postgresql://bridge:pa${x}@db.example.com/bridge"}

    by_environment = loads(text, environ, tmp_path).server
    by_flag = loads(text, environ, tmp_path, {"server.port": 9001, "server.host": None}).server

    assert by_environment.port == 9000
    assert by_environment.database_url == environ["DATABASE_URL"]
    assert (by_flag.port, by_flag.host) == (9001, "0.0.0.0")


def test_an_empty_variable_of_the_environment_does_not_win(tmp_path):
    config = loads(SMALLEST + "[server]\nport = 8080\n", {"PORT": "", "DATABASE_URL": ""}, tmp_path)

    assert config.server.port == 8080


def test_it_writes_postgres_addresses_as_the_database_library_wants_them(tmp_path):
    config = loads(SMALLEST, {"DATABASE_URL": "postgres://db.example.com/bridge"}, tmp_path)

    assert config.server.database_url == "postgresql://db.example.com/bridge"


def test_it_takes_off_the_slash_at_the_end_of_an_address(tmp_path):
    text = (
        SMALLEST + '[server]\npublic_url = "http://hooks.example.com/"\n[upstream]\nbase_url = "http://[::1]:9000/"\n'
    )

    config = loads(text, {}, tmp_path)

    assert (config.server.public_url, config.upstream.base_url) == (
        "http://hooks.example.com",
        "http://[::1]:9000",
    )
