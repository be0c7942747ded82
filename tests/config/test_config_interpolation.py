from pathlib import Path

import pytest

from app.config import from_document
from app.errors import ConfigError


def read(host: str, base: Path, environ: dict[str, str] | None = None) -> str:
    document = {"server": {"host": host}, "orgs": {"main": {"api_key": "key"}}}
    return from_document(document, environ or {}, base).server.host


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("${env:HOST}", "bridge"),
        ("a-${env:HOST}.${env:ZONE}", "a-bridge.example.com"),
        ("$${env:HOST}", "${env:HOST}"),
        ("$$${env:HOST}", "$${env:HOST}"),
        ("$HOST $ {x} }", "$HOST $ {x} }"),
        ("${env:NESTED}", "${env:HOST}"),
    ],
)
def test_it_fills_in_the_environment(text, value, tmp_path):
    environ = {"HOST": "bridge", "ZONE": "example.com", "NESTED": "${env:HOST}"}

    assert read(text, tmp_path, environ) == value


@pytest.mark.parametrize("content", [b"bridge", b"bridge\n", b"bridge\r\n", b"\xef\xbb\xbfbridge\n"])
def test_it_fills_in_a_file_without_its_last_line_break(content, tmp_path):
    (tmp_path / "host").write_bytes(content)

    assert read("${file:host}", tmp_path) == "bridge"


def test_it_takes_an_absolute_path_as_it_is(tmp_path):
    (tmp_path / "host").write_text("bridge")

    assert read("${file:" + str(tmp_path / "host") + "}", Path("elsewhere")) == "bridge"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("${env:HOST}", "the environment variable HOST is not set"),
        ("${env:A}${env:B}", "the environment variable A is not set; the environment variable B is not set"),
        ("${env:sk/live}", "what stands after env: cannot be the name of an environment variable"),
        ("${file:missing}", "the file missing cannot be read: no such file or directory"),
        ("${file:.}", "the file . cannot be read: is a directory"),
        ("${file:a\0b}", "the path of the file cannot be one"),
        ("${file:binary}", "the file binary is not UTF-8 text"),
        ("${file:large}", "the file large is too long for a value (more than 64 KiB)"),
        ("${HOST}", "only ${env:NAME} and ${file:PATH} are known ($${ stands for a plain ${)"),
        ("${env:HOST", "only ${env:NAME} and ${file:PATH} are known ($${ stands for a plain ${)"),
        ("${vault:x}", "only ${env:NAME} and ${file:PATH} are known ($${ stands for a plain ${)"),
    ],
)
def test_it_says_what_cannot_be_filled_in(text, problem, tmp_path):
    (tmp_path / "binary").write_bytes(b"\xff")
    (tmp_path / "large").write_bytes(b"x" * 65_537)

    with pytest.raises(ConfigError) as raised:
        read(text, tmp_path)

    assert raised.value.mistakes == (f"server.host: {problem}",)


def test_it_reads_numbers_and_switches_from_the_environment(tmp_path):
    source = {"provider": "relay", "auth": "bearer", "secret": "hush", "strict": "${env:STRICT}"}
    document = {
        "server": {"workers": "${env:WORKERS}"},
        "upstream": {"read_timeout": "${env:TIMEOUT}"},
        "orgs": {"main": {"api_key": "key"}},
        "sources": {"form": source},
    }
    environ = {"WORKERS": "4", "TIMEOUT": "2.5", "STRICT": "true"}

    config = from_document(document, environ, tmp_path)

    assert (config.server.workers, config.upstream.read_timeout) == (4, 2.5)
    assert config.sources["form"].strict is True


def test_it_names_an_unknown_key_besides_what_is_missing_in_it(tmp_path):
    document = {"orgs": {"main": {"api_key": "key", "org_ids": "${env:ORG}"}}}

    with pytest.raises(ConfigError) as raised:
        from_document(document, {}, tmp_path)

    assert raised.value.mistakes == (
        "orgs.main.org_ids: the environment variable ORG is not set",
        "orgs.main.org_ids: unknown key; did you mean org_id?",
    )
