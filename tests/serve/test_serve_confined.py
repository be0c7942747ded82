"""What the container files promise: a read-only root, a user that nobody knows, no privilege."""

import json
import os
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psutil
import pytest
from serve_process import SCRIPT, until

CONFINED = Path(__file__).parent / "confined.sh"
ALONE = ["unshare", "--mount", "--pid", "--fork", "--mount-proc", "bash", str(CONFINED)]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        os.geteuid() != 0 or not all(map(shutil.which, ("unshare", "setpriv", "findmnt"))),
        reason="only root of a Linux may make file systems read-only",
    ),
]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """What /data is in the image: of another user, and of group 0."""
    folder = tmp_path / "data"
    folder.mkdir()
    os.chown(folder, 10001, 0)
    folder.chmod(0o2770)
    return folder


@pytest.fixture
def output(data: Path, tmp_path: Path) -> Iterator[Callable[[], str]]:
    """A bridge that is confined, and what it says."""
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = str(free.getsockname()[1])
    with (
        (tmp_path / "out").open("wb") as out,
        subprocess.Popen(
            [*ALONE, data, SCRIPT, "serve", "--sandbox", "--port", port], stdout=out, stderr=out
        ) as bridge,
    ):
        try:
            yield (tmp_path / "out").read_text
        finally:
            psutil.Process(bridge.pid).children()[0].terminate()  # its supervisor: `unshare` itself would not hear it


def test_it_receives_and_delivers_where_it_may_write_to_its_folder_only(output: Callable[[], str], data: Path) -> None:
    until(lambda: "Stop it with Ctrl-C." in output())

    sent = subprocess.run([SCRIPT, "send", "shopify", "--json"], cwd=data, capture_output=True, text=True, check=False)

    assert sent.returncode == 0, sent.stderr
    assert json.loads(sent.stdout)["event"]["status"] == "delivered"
    assert (data / "var/sandbox/bridge.db").stat().st_uid == 12345
    assert '"level": "error"' not in output()
    assert "Traceback" not in output()


def test_its_confinement_confines(data: Path) -> None:
    places = '/usr /tmp /dev/shm "$HOME" /var/tmp .'
    tries = f"for place in {places}; do touch $place/mine 2>/dev/null && echo $place; done; id -u"

    said = subprocess.run([*ALONE, data, "bash", "-c", tries], capture_output=True, text=True, check=True)

    assert said.stdout.split() == [".", "12345"]
