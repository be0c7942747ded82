"""The files around the code: lock files, pyproject.toml, Makefile, and what no file may say."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LOCKS = [ROOT / "requirements.lock", ROOT / "tests/requirements.lock"]
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")

# In pieces, so that this file does not say it either.
REGISTRIES = ["py" + "pi.org", "python" + "hosted.org", "npm" + "js.", "crates" + ".io"]
MACHINE_PATH = re.compile(r"(?<![\w.$}>~-])/(?:work|home|root|Users|opt/py" + r"pi)/\w")


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: str(path.relative_to(ROOT)))
def test_it_locks_without_naming_an_index(lock: Path) -> None:
    text = lock.read_text("utf-8")

    assert re.findall(r"://|index-url|find-links|trusted-host|(?m:^-)", text) == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: str(path.relative_to(ROOT)))
def test_it_locks_every_package_by_hash(lock: Path) -> None:
    entries = re.split(r"(?m)^(?=[A-Za-z0-9])", lock.read_text("utf-8"))[1:]

    assert entries
    assert [entry.split()[0] for entry in entries if "==" not in entry or "--hash=sha256:" not in entry] == []


def test_it_locks_one_version_of_what_both_files_hold() -> None:
    runtime, development = (
        dict(re.findall(r"(?m)^([\w.\[\]-]+)==([\w.]+)", lock.read_text("utf-8"))) for lock in LOCKS
    )

    differing = {name for name in runtime.keys() & development.keys() if runtime[name] != development[name]}

    assert differing == set()
    assert runtime.keys() - development.keys() == {"flit-core"}  # what builds the package itself


def test_it_gives_a_reason_beside_each_runtime_dependency() -> None:
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    dependencies = tomllib.loads(text)["project"]["dependencies"]

    unexplained = [one for one in dependencies if not re.search(rf'"{re.escape(one)}",\s*# \w', text)]

    assert unexplained == []


def test_it_gives_help_for_each_target() -> None:
    targets = set(re.findall(r"(?m)^([a-z][a-z-]*):(?!=)", MAKEFILE))
    explained = set(re.findall(r"(?m)^([a-z][a-z-]*):(?!=).*## \w", MAKEFILE))
    phony = set(re.findall(r"(?m)^\.PHONY: (.*)$", MAKEFILE)[0].split())

    assert targets == explained == phony
    assert phony >= {"help", "run", "test", "check", "fmt", "docs", "bench", "lock"}


def test_it_shows_every_target_to_who_says_only_make() -> None:
    shown = subprocess.run(["make", "--no-print-directory"], cwd=ROOT, capture_output=True, text=True, check=True)

    assert re.findall(r"(?m)^  make ([a-z-]+) ", shown.stdout) == re.findall(r"(?m)^([a-z-]+):.*## ", MAKEFILE)


def test_it_enforces_each_decision_by_a_test_that_is_there() -> None:
    decisions = {path.name: path.read_text("utf-8") for path in sorted((ROOT / "docs/decisions").glob("*.md"))}
    enforced = {
        name: re.findall(r"`(tests/[^`]+)`", text.partition("**Enforced by.**")[2]) for name, text in decisions.items()
    }

    assert [name for name, places in enforced.items() if not places] == []
    assert [place for places in enforced.values() for place in places if not (ROOT / place).exists()] == []


def test_it_keeps_what_holds_secrets_out_of_commits() -> None:
    _text_files()  # skipped where this is no checkout
    secret = ["bridge.toml", "deploy/.env", "var/bridge.db"]

    ignored = subprocess.run(["git", "check-ignore", *secret], cwd=ROOT, capture_output=True, text=True, check=False)

    assert ignored.stdout.split() == secret


def test_it_names_no_package_registry_and_no_path_of_a_machine() -> None:
    files = {path: path.read_text("utf-8") for path in _text_files()}

    registries = [f"{path}: {name}" for path, text in files.items() for name in REGISTRIES if name in text]
    paths = [f"{path}: {found}" for path, text in files.items() for found in MACHINE_PATH.findall(text)]

    assert registries == []
    assert paths == []


def _text_files() -> list[Path]:
    """What is or would be in a commit."""
    if not shutil.which("git") or not (ROOT / ".git").exists():
        pytest.skip("this is no checkout")
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    paths = [ROOT / name for name in names if name]
    return [path for path in paths if path.is_file() and b"\0" not in path.read_bytes()[:4096]]
