"""``contact-bridge`` with another clock, and without one of its safeguards if it is told so.

    python -m tests.soak.launcher serve --config bridge.toml

``SOAK_CLOCK`` names a file: by how many seconds the clock is off. ``SOAK_SABOTAGE`` names what is taken out.
"""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import app
from app.cli import main
from tests.soak import sabotage


def move_clock(file: Path) -> None:
    """Put an offset on the clock of the service, wherever its function has been handed to already."""

    def shifted() -> datetime:
        return datetime.now(UTC) + timedelta(seconds=float(file.read_text() or 0))

    app._soak_clock = shifted  # type: ignore[attr-defined]
    app.utc_now.__code__ = (lambda: _soak_clock()).__code__  # type: ignore[name-defined] # noqa: F821, PLW0108 -- looked up in `app`


if __name__ == "__main__":
    move_clock(Path(os.environ["SOAK_CLOCK"]))
    sabotage.take_out(os.environ.get("SOAK_SABOTAGE", ""))
    main(prog_name="contact-bridge")
