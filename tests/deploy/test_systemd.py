"""deploy/systemd: what `make check` cannot ask systemd."""

import re
import shlex
from pathlib import Path

from command_lines import objection

from app.config.model import DEFAULT_DATABASE_URL
from app.supervisor import _STOP_SECONDS

UNIT = (Path(__file__).parent.parent.parent / "deploy/systemd/contact-bridge.service").read_text("utf-8")
SAID = dict(re.findall(r"(?m)^(\w+)=(.+)$", UNIT))


def test_it_starts_what_there_is() -> None:
    assert objection(shlex.split(SAID["ExecStart"])) == ""


def test_it_may_write_where_the_database_is() -> None:
    assert SAID["WorkingDirectory"] == f"/var/lib/{SAID['StateDirectory']}"
    assert DEFAULT_DATABASE_URL.startswith("sqlite:///var/")  # relative to it


def test_it_gives_the_supervisor_time_to_stop_the_others() -> None:
    assert SAID["KillMode"] == "mixed"
    assert int(SAID["TimeoutStopSec"]) > _STOP_SECONDS
