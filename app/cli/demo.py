"""The sandbox's own configuration: an example source of each provider, in front of the stand-in upstream."""

import base64
import contextlib
import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

from app.cli.common import SANDBOX_FILE, load_config
from app.errors import UsageError
from app.providers import Provider, providers
from app.signatures import Scheme

if TYPE_CHECKING:
    from app.config import Config

API_KEY = "sandbox-key"
DATABASE_URL = f"sqlite:///{SANDBOX_FILE.parent / 'bridge.db'}"
_HEAD = """\
# Written by `contact-bridge serve --sandbox`, and gone when it stops.
[server]
host = "{host}"
port = {port}
database_url = "{database}"

[upstream]
base_url = "{upstream_url}"

[orgs.main]
api_key = "{api_key}"
"""
_TOKEN = "sandbox"  # noqa: S105 -- an invented secret for a server that listens on this machine only


def settings(upstream_url: str) -> dict[str, object]:
    """Return what a user's own configuration becomes in front of the stand-in: its database stays untouched."""
    return {"server.database_url": DATABASE_URL, "upstream.base_url": upstream_url}


def config(host: str, port: int, upstream_url: str) -> "Config":
    """Write the configuration into the folder, so that other commands find it, and load it."""
    SANDBOX_FILE.write_text(_text(host, port, upstream_url), "utf-8")
    return load_config(SANDBOX_FILE)


@contextlib.contextmanager
def folder() -> Iterator[None]:
    """The folder of a sandbox: fresh, for the stand-in forgets its contacts, and gone when it stops."""
    path = SANDBOX_FILE.parent
    try:
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir(parents=True)
    except OSError as error:
        raise UsageError(f"cannot write {path} here: {error.strerror}; start it in another folder") from None
    try:
        yield
    finally:
        shutil.rmtree(path, ignore_errors=True)


def _text(host: str, port: int, upstream_url: str) -> str:
    head = _HEAD.format(host=host, port=port, upstream_url=upstream_url, database=DATABASE_URL, api_key=API_KEY)
    return head + "".join(_source(provider) for provider in providers().values())


def _source(provider: Provider) -> str:
    auth = "" if provider.signature else 'auth = "bearer"\n'
    secret = demo_secret(provider.signature)
    return f'\n[sources.{provider.name}]\nprovider = "{provider.name}"\n{auth}secret = "{secret}"\n'


def demo_secret(scheme: Scheme | None) -> str:
    """Return an invented secret in the form that the scheme wants."""
    key = b"contact-bridge-sandbox-secret-00"
    forms = (_TOKEN, "whsec_" + base64.b64encode(key).decode(), key.hex())
    return next(form for form in forms if scheme is None or scheme.check_secret(form) is None)
