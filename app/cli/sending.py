"""``send``: try a source, with a sample or with a payload of one's own."""

import http.client
import json
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app import utc_now
from app.cli.common import config_option, json_option, load_config, print_json, printable, source_named, table, words
from app.cli.databases import existing_store
from app.cli.payloads import as_event, from_file, from_samples, header_option, with_headers
from app.errors import BridgeError, StoreUnavailableError, UsageError
from app.webhook import EventStatus, Webhook

if TYPE_CHECKING:
    from app.config import Config
    from app.config.model import Source

_REFUSED = "why is told to you only: in the bridge's log, and in the console on the page of the source"
_PATIENCE_SECONDS, _HELD_SECONDS = 10.0, 0.5

file_option = click.option("--file", "file", type=click.Path(path_type=Path), help="A payload instead of the sample.")


@click.command()
@click.argument("source")
@click.argument("event", required=False)
@file_option
@header_option
@click.option("--url", help="Where to post. [default: the configured address, /hooks/SOURCE]")
@json_option
@config_option
def send(
    source: str, event: str | None, file: Path | None, headers: tuple[str, ...], url: str | None, *,
    as_json: bool, config_path: Path | None,
) -> None:  # fmt: skip
    """Sign a sample as SOURCE's sender would, post it, and show what became of it.

    EVENT is one of the sender's event types, or the name of a sample.
    """
    config = load_config(config_path, sandbox=True)
    chosen = source_named(config, source)
    webhook = from_file(file) if file else from_samples(chosen.provider, event)
    if file and event:
        webhook = as_event(webhook, chosen.provider, event)
    here = _local_address(config, chosen) if config.server.public_url and not url else None
    webhook, url = with_headers(webhook, headers), url or _address(config, chosen)
    webhook = _signed(chosen, replace(webhook, url=_full(url, webhook)))
    status, answer = _post(_full(url, webhook), webhook, here)
    outcome = _outcome(config, chosen, _event_id(chosen, webhook, answer)) if status == 200 else None
    if as_json:
        print_json({"http_status": status, "answer": answer, "event": outcome})
    else:
        click.echo(f"{status} {printable(json.dumps(answer) if isinstance(answer, dict) else answer)}")
        if outcome:
            _show(outcome)
        elif status == 401:
            click.echo(_REFUSED, err=True)
    if status != 200 or (outcome and outcome["status"] == EventStatus.FAILED):
        raise click.exceptions.Exit(1)


def _signed(source: "Source", webhook: Webhook) -> Webhook:
    if source.scheme is None or not source.secrets or source.provider.handshake(webhook, source.secrets):
        return webhook
    return source.scheme.sign(webhook, source.secrets[0], datetime.now(UTC))


def _address(config: "Config", source: "Source") -> str:
    public = config.server.public_url
    return f"{public}/hooks/{source.name}" if public else _local_address(config, source)


def _local_address(config: "Config", source: "Source") -> str:
    server = config.server
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(server.host, server.host)  # noqa: S104 -- compared, not bound
    return f"http://{host}:{server.port}/hooks/{source.name}"


def _full(url: str, webhook: Webhook) -> str:
    """The whole address, as the bridge sees it: some senders sign it."""
    return url + ("&" if "?" in url else "?") + urllib.parse.urlencode(dict(webhook.query)) if webhook.query else url


def _post(url: str, webhook: Webhook, here: str | None = None) -> tuple[int, Any]:
    """Post it; ``here`` is the address to try where nobody answers at a configured one."""
    if not url.startswith(("http://", "https://")):
        raise UsageError(f"--url {url!r}: say http://… or https://…")
    body = webhook.body if webhook.method == "POST" else None
    try:
        request = urllib.request.Request(url, body, dict(webhook.headers), method=webhook.method)  # noqa: S310 -- checked above
        with _opener.open(request, timeout=30) as response:
            return response.status, _answer(response.read())
    except urllib.error.HTTPError as error:
        with error:
            return error.code, _answer(error.read())
    except (urllib.error.URLError, http.client.HTTPException, OSError) as error:
        reason = getattr(error, "reason", None) or type(error).__name__
        where = url.partition("?")[0]  # what follows may be a token
        other = f"on this machine it is --url {here}" if here else "--url says another address"
        raise BridgeError(f"no answer from {where} ({reason}); is `contact-bridge serve` running? {other}") from None
    except ValueError as error:
        raise UsageError(f"this cannot be sent: {error}") from None


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A sender does not follow redirects either, and a POST would become a GET."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


_opener = urllib.request.build_opener(_NoRedirect)


def _answer(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body.decode("utf-8", "replace")


def _event_id(source: "Source", webhook: Webhook, answer: Any) -> str | None:
    """The id in the answer; where the sender wants another answer, the id that it got."""
    if not isinstance(answer, dict) or "event_ids" in answer:
        return None
    if source.provider.reply is None:
        return answer.get("event_id")
    events = source.provider.read(source, webhook, datetime.now(UTC))
    return events[0].event_id if events else None


def _outcome(config: "Config", source: "Source", event_id: str | None) -> dict[str, Any] | None:
    """Wait until the event is settled, if its store can be read from here."""
    from app.store import Filter  # noqa: PLC0415 -- see app.cli
    from app.waiting import Waiting  # noqa: PLC0415

    if event_id is None or not config.server.database_url:
        return None
    try:
        store = existing_store(config)
        held = Waiting(config, store, utc_now()).held(source.org, source.name)
        until = time.monotonic() + (_HELD_SECONDS if held else _PATIENCE_SECONDS)
        while True:
            found = next(iter(store.log.events(Filter(source=source.name, event_ids=[event_id]))), None)
            if found is None:
                return None
            if found["status"] not in (EventStatus.RECEIVED, EventStatus.PENDING) or time.monotonic() > until:
                return Waiting(config, store, utc_now()).told(found)
            time.sleep(0.05)
    except (StoreUnavailableError, UsageError):
        return None


def _show(outcome: dict[str, Any]) -> None:
    contact = outcome["contact"] or {}
    rows = [("event", outcome["event_type"]), ("its id", outcome["event_id"]), ("status", outcome["status"])]
    rows += [("why", outcome["reason"]), ("waits because", outcome["waits_because"])]
    rows += [("contact id", outcome["contact_id"])]
    rows += [(name.replace("_", " "), words(value)) for name, value in contact.items()]
    rows += [("note", note) for note in outcome["notes"] or []]
    table("", ["what became of it", ""], [row for row in rows if row[1]])


commands = (send,)
