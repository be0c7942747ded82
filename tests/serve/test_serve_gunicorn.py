"""gunicorn as one starts it oneself, by deploy/gunicorn.conf.py."""

import os
import re
import shlex
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from proxies import answers, free_ports
from serve_process import BEARER, CONFIGURATION, PERSON, SCRIPT, until

from app.store import Store

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parent.parent.parent
CONF = ROOT / "deploy/gunicorn.conf.py"


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """The bridge, started by the command that the file shows."""
    [port], text = (
        free_ports(1),
        CONFIGURATION.format(database_url="sqlite:///bridge.db", upstream_url="http://127.0.0.1:9"),
    )
    (tmp_path / "bridge.toml").write_text(text)
    [shown] = re.findall(r"(?m)^    (gunicorn .*?)  ", CONF.read_text("utf-8"))
    command = [str(SCRIPT.with_name("gunicorn")), *shlex.split(shown.replace("deploy/gunicorn.conf.py", str(CONF)))[1:]]
    environ = {**os.environ, "PORT": str(port)}
    with (tmp_path / "out").open("wb") as out, subprocess.Popen(command, cwd=tmp_path, env=environ, stdout=out) as run:
        try:
            until(lambda: answers(port) or run.poll() is not None)
            yield f"http://127.0.0.1:{port}"
        finally:
            run.terminate()


def test_it_keeps_webhooks_and_counts_them_over_its_workers(address: str, tmp_path: Path) -> None:
    for _ in range(2):
        urllib.request.urlopen(urllib.request.Request(f"{address}/hooks/landing", PERSON, BEARER), timeout=30).close()

    told = {urllib.request.urlopen(f"{address}/metrics", timeout=30).read().decode() for _ in range(6)}

    wanted = 'contact_bridge_accepted_total{{result="{}",source="landing"}} 1.0'
    assert all(wanted.format(result) in text for text in told for result in ("accepted", "duplicate"))
    with closing(Store(f"sqlite:///{tmp_path / 'bridge.db'}")) as store:
        assert store.log.counts() == {("landing", "received"): 1}
