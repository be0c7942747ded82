"""The short form of ``make soak``: real processes, really killed; and that it notices when a safeguard is missing."""

import random
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


def soak(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "tests.soak", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_nothing_is_lost_nobody_becomes_two_contacts_and_nobody_comes_back() -> None:
    seed, began = f"{random.getrandbits(32):08x}", time.monotonic()

    done = soak("--short", "--seed", seed)

    took = time.monotonic() - began
    again = f"make soak ARGS='--short --seed {seed}'"
    assert done.returncode == 0, f"{done.stdout}{done.stderr}\nonce more: {again}"
    assert took < 60
    assert counted(done.stdout, "= missing") == counted(done.stdout, "persons with two contacts") == [0, 0]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("piece", "row"),
    [
        ("lookup", "persons with two contacts"),
        ("lease", "persons with two contacts"),
        ("commit", "= missing"),
    ],
)
def test_it_notices_when_a_safeguard_is_missing(piece: str, row: str) -> None:
    done = soak("--brief", "--only", "sqlite", "--sabotage", piece)

    assert done.returncode == 1, f"{done.stdout}{done.stderr}"
    assert counted(done.stdout, row)[0] > 0


def counted(table: str, row: str) -> list[int]:
    """Return a row of the table."""
    found = re.search(rf"^{re.escape(row)}((?: +\d+)+)$", table, re.MULTILINE)
    assert found, table
    return [int(cell) for cell in found[1].split()]
