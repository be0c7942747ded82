"""The Dockerfile, as far as that goes where no image can be built."""

import re
import subprocess
import sys
from pathlib import Path

from command_lines import objection

ROOT = Path(__file__).parent.parent.parent
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
IMPORT_EVERYTHING = """
import importlib, pathlib, sys
for path in pathlib.Path("app").rglob("*.py"):
    if "migrations" not in path.parts:
        importlib.import_module(".".join(path.with_suffix("").parts).removesuffix(".__init__"))
print(*sys.modules)
"""


def test_it_takes_nothing_away_that_is_imported() -> None:
    [gone] = re.findall(r"rm -r \S+/site-packages/([\w/]+) ", DOCKERFILE)

    imported = subprocess.check_output([sys.executable, "-c", IMPORT_EVERYTHING], cwd=ROOT, text=True).split()

    assert gone.partition("/")[0] in imported
    assert gone.replace("/", ".") not in imported


def test_it_copies_what_there_is_and_lets_it_through() -> None:
    let_through = {
        line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line.startswith("!")
    }
    copied = {name for names in re.findall(r"(?m)^COPY (?!--)(.+) \S+$", DOCKERFILE) for name in names.split()}

    assert copied == let_through
    assert all((ROOT / name).exists() for name in copied)


def test_it_starts_what_there_is_as_a_user_without_a_name() -> None:
    [command] = re.findall(r'(?m)^CMD \["(.+)"\]$', DOCKERFILE)

    assert objection(command.split('", "')) == ""
    assert re.findall(r"(?m)^USER (\d+:\d+)$", DOCKERFILE) == ["10001:0"]
