"""How commands find the sandbox that runs in this folder: by the file that it leaves there while it runs."""

import fcntl
import json
import os
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

SANDBOX_FILE = Path("var/sandbox/bridge.toml")
LOCK_FILE = Path("var/sandbox.lock")
_HEAD = """\
# Written by `contact-bridge serve --sandbox --config FILE`, and gone when it stops: that file, with these values.
[sandbox]
"""


def is_sandbox(file: Path) -> bool:
    """True if this is the file that a sandbox left here, however it is written."""
    with suppress(OSError):
        return file.samefile(SANDBOX_FILE)
    return False


def leave(own: Path, values: Mapping[str, object]) -> None:
    """Leave word that a configuration of the user's own is served, with some values by key in place of its own."""
    lines = {"of": str(own.absolute()), **values}  # which TOML writes as JSON does
    text = "".join(f"{json.dumps(name)} = {json.dumps(value)}\n" for name, value in lines.items())
    SANDBOX_FILE.write_text(_HEAD + text, "utf-8")


def served() -> tuple[Path, dict[str, object]] | None:
    """Return the file of the user's own that the sandbox serves, and the values in place of its own; None if none."""
    try:
        said = tomllib.loads(SANDBOX_FILE.read_text("utf-8"))["sandbox"]
        return Path(said.pop("of")), said
    except (OSError, ValueError, KeyError):
        return None


def beside(file: Path) -> str:
    """Say how to mean the sandbox that runs here, to somebody who means another file; nothing if none runs."""
    if is_sandbox(file) or not SANDBOX_FILE.exists() or not _runs():
        return ""
    return f"the sandbox that runs here is meant with --config {SANDBOX_FILE}"


def is_served(file: Path) -> bool:
    """True if the sandbox that runs here serves that very file of the user's own."""
    own = served()
    with suppress(OSError):
        return own is not None and file.samefile(own[0]) and _runs()
    return False


def _runs() -> bool:
    """A sandbox holds its lock as long as one of its processes lives."""
    with suppress(FileNotFoundError):
        handle = os.open(LOCK_FILE, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(handle)
    return False
