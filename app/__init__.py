"""Contact Bridge: signed webhooks in, contacts out; none lost, nobody twice."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from app.config import Config

__version__ = "0.1.0"


def utc_now() -> datetime:
    """The clock of the running service; tests pass another."""
    return datetime.now(UTC)


def create_app(config: "Config | None" = None, now: Callable[[], datetime] = utc_now) -> "Flask":
    """Assemble the web application. Without a ``config``, the file that the environment names is read.

    Raises `ConfigError`. The database may be away: requests are answered 503 until it is back.
    """
    # Imported here, so that the version can be asked for without Flask.
    from flask import Flask  # noqa: PLC0415

    from app.access import Access  # noqa: PLC0415
    from app.bridge import Bridge  # noqa: PLC0415
    from app.config import load  # noqa: PLC0415
    from app.refused import Refused  # noqa: PLC0415
    from app.store import Store  # noqa: PLC0415
    from app.web import health, hooks, problems  # noqa: PLC0415

    config = config or load(Path(os.environ.get("CONTACT_BRIDGE_CONFIG", "bridge.toml")), os.environ)
    app = Flask(__name__, static_folder=None)
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    app.config["MAX_CONTENT_LENGTH"] = config.server.max_body_bytes + 1  # a chunked body is cut there, not refused
    app.url_map.merge_slashes = False  # a redirect would turn a POST into a GET
    store = Store(config.server.database_url, config.server.encryption_key)
    app.extensions["bridge"] = Bridge(config, store, now)
    app.extensions["refused"] = Refused(store, now)

    hooks.count_from_nought(config.sources)
    app.register_blueprint(hooks.hooks)
    app.register_blueprint(health.health)
    access = Access(config.server)
    if access.enabled:  # who has no token does not pay for the imports
        from app.web import api  # noqa: PLC0415
        from app.web.console import console  # noqa: PLC0415

        api.mount(app, access)
        app.register_blueprint(console)
    problems.register(app)
    return app
