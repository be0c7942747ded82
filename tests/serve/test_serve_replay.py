"""A replay beside a real bridge: refused until the bridge was restarted with the changed file."""

import subprocess
from pathlib import Path

import pytest
from serve_process import CONFIGURATION, SCRIPT, Served, lead, until

from app.sandbox import SandboxServer

pytestmark = pytest.mark.slow


def replay(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [str(SCRIPT), "replay", "--source", "landing"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=30)


def test_a_restart_is_what_a_replay_asks_for(tmp_path: Path, upstream: SandboxServer, database_url: str) -> None:
    text = CONFIGURATION.format(database_url=database_url, upstream_url=upstream.url)
    with Served(tmp_path, text) as running:
        assert running.post() == 200
        until(lambda: running.messages("attempt"))
        same = replay(tmp_path)
        (tmp_path / "bridge.toml").write_text(text + 'segment_ids = ["seg_new"]\n')
        refused = replay(tmp_path)

    with Served(tmp_path, text + 'segment_ids = ["seg_new"]\n') as running:
        assert running.post(lead(2)) == 200
        until(lambda: running.messages("attempt"))
        done = replay(tmp_path)

    assert (same.returncode, same.stderr) == (0, "")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "the running bridge still maps as of" in refused.stderr
    assert (done.returncode, done.stderr) == (0, "")
    upstream.reset()
