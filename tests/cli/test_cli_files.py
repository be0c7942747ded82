"""``init``, ``check`` and which configuration is used."""

from pathlib import Path

import pytest
from cli_run import Run


def test_init_writes_a_file_that_check_accepts(folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INVENT_API_KEY", "key")
    monkeypatch.setenv("LANDING_TOKEN", "token")
    monkeypatch.setattr("sys.argv", [".venv/bin/contact-bridge", "init"])

    written, checked = run("init"), run("check")

    assert (written.exit_code, checked.exit_code) == (0, 0)
    assert "then: .venv/bin/contact-bridge check\n" in written.output
    assert "bridge.toml is fine: 1 org, 1 source" in checked.output
    assert "http://127.0.0.1:8000/hooks/landing" in checked.output


def test_check_names_the_address_of_every_source(configured: Path, run: Run) -> None:
    lines = run("check").output.splitlines()

    assert "  shopify  http://127.0.0.1:8000/hooks/shop" in lines
    assert "  relay    http://127.0.0.1:8000/hooks/landing" in lines


def test_init_keeps_a_file_that_exists(configured: Path, run: Run) -> None:
    before = (configured / "bridge.toml").read_text()

    refused = run("init")

    assert refused.exit_code == 2
    assert "--force" in refused.stderr
    assert (configured / "bridge.toml").read_text() == before
    assert run("init", "--force").exit_code == 0


def test_init_says_where_it_cannot_write(folder: Path, run: Run) -> None:
    refused = run("init", "no/such/folder/bridge.toml")

    assert refused.exit_code == 2
    assert "cannot write no/such/folder/bridge.toml" in refused.stderr


def test_check_names_every_mistake_at_once(folder: Path, run: Run) -> None:
    (folder / "bridge.toml").write_text(
        '[server]\nport = "x"\n[orgs.main]\napi_key = "${env:NO_SUCH}"\n'
        '[sources.shop]\nprovder = "shopify"\n[sources.other]\nprovider = "shopfy"\nsecret = ""\n'
    )

    checked = run("check")

    assert checked.exit_code == 2
    assert checked.stderr.startswith("contact-bridge: ")
    for words in ("server.port", "NO_SUCH", "did you mean provider?", "did you mean shopify?"):
        assert words in checked.stderr
    assert len(checked.stderr.splitlines()) >= 5


@pytest.mark.parametrize(
    "content", [b"\xff\xfe\x00", b"[server", b"a = " + b"[" * 5_000, b"\x1b[31mx = 1", b"x" * 10, b"[a]\nb=1\n[a]\n"]
)
def test_no_file_however_broken_makes_a_traceback(folder: Path, run: Run, content: bytes) -> None:
    (folder / "bridge.toml").write_bytes(content)

    for command in (["check"], ["serve"], ["deliver"], ["events"], ["show", "x"], ["send", "shop"], ["replay", "x"]):
        refused = run(*command)

        assert refused.exit_code == 2
        assert refused.stderr.startswith("contact-bridge: ")
        assert "\x1b" not in refused.stderr


@pytest.mark.parametrize("path", [".", "missing.toml", "no/folder/bridge.toml", "bridge.toml/x", "\x1b[31m"])
def test_a_file_that_cannot_be_read_is_told_in_words(configured: Path, run: Run, path: str) -> None:
    refused = run("check", "--config", path)

    assert refused.exit_code == 2
    assert "\x1b" not in refused.stderr
    assert len(refused.stderr.splitlines()) == 1


def test_a_flag_wins_over_the_environment_which_wins_over_the_folder(
    configured: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("flag", "environment"):
        (configured / f"{name}.toml").write_text('[orgs.main]\napi_key = "key"\n')

    assert "bridge.toml is fine" in run("check").output
    monkeypatch.setenv("CONTACT_BRIDGE_CONFIG", "environment.toml")
    assert "environment.toml is fine" in run("check").output
    assert "flag.toml is fine" in run("check", "--config", "flag.toml").output


def test_the_environment_wins_over_the_file(configured: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "8123")
    monkeypatch.setenv("DATABASE_URL", "sqlite:///elsewhere.db")

    assert ":8123/hooks/shop" in run("check").output
    assert f"there is no database at {configured / 'elsewhere.db'};" in run("pause").stderr


def test_a_database_that_cannot_be_used_is_told_in_words(configured: Path, run: Run) -> None:
    (configured / "var").mkdir()
    (configured / "var/bridge.db").write_text("a file, no database " * 99)

    refused = run("pause")

    assert refused.exit_code == 1
    assert refused.stderr.startswith("contact-bridge: the database cannot be used")


def test_help_is_there_for_every_command(run: Run) -> None:
    commands = (
        "init",
        "check",
        "serve",
        "deliver",
        "providers",
        "preview",
        "send",
        "events",
        "show",
        "replay",
        "pause",
        "resume",
        "sandbox",
    )

    assert all(name in run("--help").output for name in commands)
    assert all(run(name, "--help").exit_code == 0 for name in commands)
    assert run("--version").output.startswith("contact-bridge")
    assert run("nonsense").exit_code == 2
