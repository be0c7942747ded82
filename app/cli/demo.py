"""The sandbox's own configuration: an example source of each provider, in front of the stand-in upstream."""

import base64
import contextlib
import fcntl
import json
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from app.cli.common import load_config
from app.cli.sandboxes import LOCK_FILE, SANDBOX_FILE, leave
from app.errors import UsageError
from app.providers import Provider, providers
from app.samples import samples
from app.signatures import Scheme, pem

if TYPE_CHECKING:
    from app.config import Config

API_KEY = "sandbox-key"
DATABASE_URL = f"sqlite:///{SANDBOX_FILE.parent / 'bridge.db'}"
_HEAD = """\
# Written by `contact-bridge serve --sandbox`, and gone when it stops.
[server]
host = "{host}"
port = {port}
public_url = "{public_url}"
admin_token = "{token}"
database_url = "{database}"

[upstream]
base_url = "{upstream_url}"

[orgs.main]
api_key = "{api_key}"
"""
# Invented secrets for a server that listens on this machine only.
ADMIN_TOKEN = "sandbox-token"  # noqa: S105
_TOKEN = "sandbox"  # noqa: S105


def settings(upstream_url: str) -> dict[str, object]:
    """Return what a user's own configuration becomes in front of the stand-in: its database stays untouched."""
    return {"server.database_url": DATABASE_URL, "upstream.base_url": upstream_url}


def config(host: str, port: int, upstream_url: str) -> "Config":
    """Write the configuration into the folder, so that other commands find it, and load it."""
    SANDBOX_FILE.write_text(_text(host, port, upstream_url), "utf-8")
    return load_config(SANDBOX_FILE)


def lend(own: Path, host: str, port: int, upstream_url: str) -> None:
    """Let other commands find a user's own configuration, as it is served in front of the stand-in."""
    here = {"server.host": host, "server.port": port, "server.public_url": _reached(host, port)}
    leave(own, {**settings(upstream_url), **here})


@contextlib.contextmanager
def folder() -> Iterator[None]:
    """The folder of a sandbox: fresh, for the stand-in forgets its contacts, and gone when it stops."""
    path = SANDBOX_FILE.parent
    with contextlib.ExitStack() as stack:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            lock = stack.enter_context(LOCK_FILE.open("wb"))
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # its processes inherit it: free when the last has ended
            shutil.rmtree(path, ignore_errors=True)
            path.mkdir()
        except BlockingIOError:
            raise UsageError("a sandbox runs in this folder already; stop it, or start this one elsewhere") from None
        except OSError as error:
            raise UsageError(f"cannot write {path} here: {error.strerror}; start it in another folder") from None
        stack.callback(shutil.rmtree, path, ignore_errors=True)
        yield


def _text(host: str, port: int, upstream_url: str) -> str:
    head = _HEAD.format(
        host=host, port=port, public_url=_reached(host, port), upstream_url=upstream_url, database=DATABASE_URL,
        api_key=API_KEY, token=ADMIN_TOKEN,
    )  # fmt: skip
    return head + "".join(_source(provider) for provider in providers().values())


def _reached(host: str, port: int) -> str:
    reached = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 -- compared, not bound
    return f"http://{f'[{reached}]' if ':' in reached else reached}:{port}"


def _source(provider: Provider) -> str:
    table = {"provider": provider.name, "secret": demo_secret(provider.signature)}
    if provider.signature is None:
        table["auth"] = "bearer"
    if provider.fetch:
        table["token"] = _TOKEN
    kinds = [sample.source["event_type"] for sample in samples(provider.name) if "event_type" in sample.source]
    if kinds:  # its samples need it to say more than "signed up"
        table["event_type"] = kinds[0]
    lines = "".join(f"{name} = {json.dumps(value)}\n" for name, value in table.items())  # as TOML writes text, too
    return f"\n[sources.{provider.name}]\n{lines}"


def demo_secret(scheme: Scheme | None) -> str:
    """Return an invented secret in the form that the scheme wants; a key pair's private half, which signs too."""
    key = b"contact-bridge-sandbox-secret-00"
    forms = (_TOKEN, "whsec_" + base64.b64encode(key).decode(), key.hex(), f"{_TOKEN}:{_TOKEN}")
    fitting = next((form for form in forms if scheme is None or scheme.check_secret(form) is None), None)
    if fitting or scheme is None:
        return fitting or _TOKEN
    return _key_pair() if scheme.check_secret(_key_pair()) is None else f"{_TOKEN}\n{_key_pair()}"


@cache
def _key_pair() -> str:
    return pem.generate()
