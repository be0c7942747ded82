"""The sandbox's own configuration: an example source of each provider, in front of the stand-in upstream."""

import base64
import shutil
from pathlib import Path

from app.cli.common import SANDBOX_FILE
from app.providers import Provider, providers
from app.signatures import Scheme

API_KEY = "sandbox-key"
_TOKEN = "sandbox"  # noqa: S105 -- an invented secret for a server that listens on this machine only


def write(host: str, port: int, upstream_url: str) -> Path:
    """Write the configuration into a fresh folder, so that other commands find it, and return its path."""
    folder = SANDBOX_FILE.parent
    shutil.rmtree(folder, ignore_errors=True)  # the stand-in forgets its contacts, so the store must too
    folder.mkdir(parents=True)
    SANDBOX_FILE.write_text(_text(host, port, upstream_url, folder / "bridge.db"), "utf-8")
    return SANDBOX_FILE


def _text(host: str, port: int, upstream_url: str, database: Path) -> str:
    head = f'''# Written by `contact-bridge serve --sandbox`, and gone when it stops.
[server]
host = "{host}"
port = {port}
database_url = "sqlite:///{database}"

[upstream]
base_url = "{upstream_url}"

[orgs.main]
api_key = "{API_KEY}"
'''
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
