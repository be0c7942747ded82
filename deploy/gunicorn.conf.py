"""For those who run gunicorn themselves; ``contact-bridge serve`` needs no such file.

    gunicorn --config deploy/gunicorn.conf.py 'app:create_app()'    receives
    contact-bridge deliver                                          delivers, beside it

The configuration is the file that CONTACT_BRIDGE_CONFIG names, else ./bridge.toml.
"""

# ruff: noqa: INP001 -- gunicorn reads this file, nobody imports it
import os
import shutil
import tempfile
from pathlib import Path

# The workers share their counters in a folder, which must be known before the metrics are imported; in memory if that
# is possible: on a full disk, a write to a mapped file would kill the worker.
_FOLDER, _PREFIX, _MEMORY = "PROMETHEUS_MULTIPROC_DIR", "contact-bridge-metrics-", "/dev/shm"  # noqa: S108 -- see above
if _FOLDER not in os.environ:
    os.environ[_FOLDER] = tempfile.mkdtemp(prefix=_PREFIX, dir=_MEMORY if os.access(_MEMORY, os.W_OK) else None)

from app.config import load  # noqa: E402 -- see above
from app.logs import configure  # noqa: E402
from app.server import settings  # noqa: E402

configure()
_config = load(Path(os.environ.get("CONTACT_BRIDGE_CONFIG", "bridge.toml")), os.environ)
_host = f"[{_config.server.host}]" if ":" in _config.server.host else _config.server.host

bind = f"{_host}:{_config.server.port}"
globals().update(settings(_config))


def on_exit(_server: object) -> None:
    """Take the shared counters away, if their folder was made above."""
    folder = Path(os.environ[_FOLDER])
    if folder.name.startswith(_PREFIX):
        shutil.rmtree(folder, ignore_errors=True)
