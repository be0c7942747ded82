"""``contact-bridge`` in a process that was forked: with another clock, and without one of its safeguards if told so."""

import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NoReturn

import alembic.command
import flask
import gunicorn.app.base
import psycopg
import requests

import app
from app import bridge, config, contact, store, upstream
from app.cli import main
from tests.soak import sabotage

# What takes long to import, once for all; not what counts: that looks at its environment when it is imported.
IMPORTED = (alembic.command, flask, gunicorn.app.base, psycopg, requests, bridge, config, contact, store, upstream)


def prepare(clock: Path, piece: str) -> None:
    """Put an offset on the clock of the service, wherever its function has been handed to already."""

    def shifted() -> datetime:
        return datetime.now(UTC) + timedelta(seconds=float(clock.read_text() or 0))

    app._soak_clock = shifted  # type: ignore[attr-defined]
    app.utc_now.__code__ = (lambda: _soak_clock()).__code__  # type: ignore[name-defined] # noqa: F821, PLW0108 -- looked up in `app`
    sabotage.take_out(piece)


def run(arguments: Sequence[str], output: Path) -> NoReturn:
    """Be ``contact-bridge``, and leave the exit code beside the output."""
    code = 1
    try:
        main(list(arguments), prog_name="contact-bridge")
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        output.with_suffix(".code").write_text(str(code))
        os._exit(code)
