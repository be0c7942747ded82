"""The short form of ``make soak``: real processes, really killed."""

import random
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_nothing_is_lost_and_nobody_becomes_two_contacts(kind: str) -> None:
    seed = f"{random.getrandbits(32):08x}"

    command = [sys.executable, "-m", "tests.soak", "--short", "--only", kind, "--seed", seed]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    again = f"make soak ARGS='--short --only {kind} --seed {seed}'"
    assert done.returncode == 0, f"{done.stdout}{done.stderr}\nonce more: {again}"
    assert "= missing" in done.stdout
