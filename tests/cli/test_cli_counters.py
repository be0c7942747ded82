"""The folder of the shared counters: there while the processes run, and swept when they were killed."""

import os
import subprocess
from pathlib import Path

import pytest

from app.cli import counters


@pytest.fixture
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(counters, "_MEMORY", tmp_path)
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", "")
    return tmp_path


def test_the_folder_is_gone_when_the_processes_are(memory: Path) -> None:
    with counters.shared_counters():
        assert [str(folder) for folder in memory.iterdir()] == [os.environ["PROMETHEUS_MULTIPROC_DIR"]]

    assert list(memory.iterdir()) == []


def test_it_sweeps_what_killed_supervisors_left_and_nothing_else(memory: Path) -> None:
    dead = subprocess.Popen(["true"])
    dead.wait()
    for name in (f"{dead.pid}-a", f"{os.getppid()}-b", f"{os.getpid()}-c", "words-d"):
        (memory / f"contact-bridge-metrics-{name}").mkdir()

    with counters.shared_counters():
        pass

    left = {folder.name.removeprefix("contact-bridge-metrics-") for folder in memory.iterdir()}
    assert left == {f"{os.getppid()}-b", "words-d"}


def test_it_works_where_there_is_no_memory_disk(memory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counters, "_MEMORY", memory / "missing")

    with counters.shared_counters():
        assert Path(os.environ["PROMETHEUS_MULTIPROC_DIR"]).is_dir()
