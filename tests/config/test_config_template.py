import re

from app.config import loads, settings, template


def test_the_template_loads_once_its_variables_are_set(tmp_path):
    config = loads(template(), {"INVENT_API_KEY": "key", "LANDING_TOKEN": "let-me-in"}, tmp_path)

    assert list(config.sources) == ["landing"]


def test_the_template_loads_with_every_line_in_use(tmp_path):
    text = re.sub(r"(?m)^#(?=[\[a-z])", "", template())
    environ = {name: "a-secret-of-" + name.lower() for name in re.findall(r"\$\{env:(\w+)\}", text)}
    environ["BRIDGE_ENCRYPTION_KEY"] = key = "invented-key-for-tests-and-nothing-else-123="

    config = loads(text, environ, tmp_path)

    assert list(config.sources) == ["landing", "shop", "leads", "form", "signed"]
    assert config.server == type(config.server)(
        public_url="https://hooks.example.com",
        admin_token="a-secret-of-bridge_admin_token",
        read_token="a-secret-of-bridge_read_token",
        encryption_key=(key,),
    )


def test_the_template_shows_every_key():
    shown = set(re.findall(r"(?m)^#?(\w+) =", template()))

    assert {setting.key.rpartition(".")[2] for setting in settings()} - shown == set()


def test_every_setting_has_help_and_a_type():
    assert [s for s in settings() if not (s.help and s.type)] == []


def test_the_settings_know_their_defaults():
    defaults = {setting.key: setting.default for setting in settings()}

    assert defaults["server.port"] == "8000"
    assert defaults["upstream.base_url"] == '"https://api.useinvent.com"'
    assert defaults["orgs.<name>.api_key"] == "required"
    assert defaults["sources.<name>.consent"] == '"respect"'
    assert defaults["sources.<name>.tolerance"] == "300"
    assert defaults["sources.<name>.segments[].when"] == "required"
    assert defaults["sources.<name>.contact.email"] == ""
