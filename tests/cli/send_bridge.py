"""A whole bridge with a source for each sample, to send to: its endpoint on a real socket, its delivery running."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from provider_samples import SAMPLES, secrets_of
from werkzeug.serving import WSGIRequestHandler, make_server

from app import create_app, utc_now
from app.bridge import Bridge
from app.cli import sending
from app.cli.payloads import from_samples
from app.config import Config, from_document
from app.delivery import Delivery
from app.providers import providers
from app.samples import Sample
from app.sandbox import SandboxServer, Settings
from app.store import Filter

POSTED = {f"{name}-{sample.name}": (name, sample) for name, sample in SAMPLES if sample.webhook.method == "POST"}
_PATIENCE = 60.0


class _Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, *_: object) -> None:
        """Say nothing."""


def _source(name: str, sample: Sample) -> dict[str, Any]:
    """A source of one provider, as a user would configure it for this sample."""
    auth = {"auth": "bearer"} if providers()[name].signature is None else {}
    token = {"token": "invented-token"} if providers()[name].fetch else {}
    options = {**auth, **token, **sample.source}
    return {"provider": name, "secret": secrets_of(name, options)[0], **options}


class Sent(NamedTuple):
    """How a webhook was answered, and the id of its event."""

    status: int
    answer: Any
    event_id: str | None


class SendBridge:
    """What runs, and what was sent to it."""

    def __init__(self, config: Config, bridge: Bridge) -> None:
        self.config, self.bridge = config, bridge

    def send(self, named: str) -> Sent:
        """Send the sample as ``contact-bridge send`` does."""
        source = self.config.sources[named]
        webhook = from_samples(source.provider, POSTED[named][1].name)
        url = f"{self.config.server.public_url}/hooks/{named}"
        webhook = sending._signed(source, replace(webhook, url=sending._full(url, webhook)))
        status, answer = sending._post(sending._full(url, webhook), webhook)
        return Sent(status, answer, sending._event_id(source, webhook, answer))

    def events(self) -> dict[str, dict[str, Any]]:
        """What became of every event, by its source, once all are settled."""
        until = time.monotonic() + _PATIENCE
        while True:
            found = {event["source"]: event for event in self.bridge.store.log.events(Filter(), 2_000)}
            waiting = [n for n, event in found.items() if event["status"] in ("received", "pending")]
            if not waiting:
                return found
            assert time.monotonic() < until, waiting
            time.sleep(0.05)


@contextmanager
def running(database_url: str) -> Iterator[SendBridge]:
    """Serve and deliver until the block ends."""
    apps: list[Any] = []

    def app(environ: dict[str, Any], start: Any) -> Any:
        """The application, which has to know its address first."""
        return apps[0](environ, start)

    with SandboxServer({"key": "org_main"}, settings=Settings(rate_limit=None)) as sandbox:
        server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
        document = {
            "server": {"public_url": f"http://127.0.0.1:{server.server_port}", "database_url": database_url},
            "upstream": {"base_url": sandbox.url, "rate_limit": 1_000_000},
            "orgs": {"main": {"api_key": "key"}},
            "sources": {named: _source(*posted) for named, posted in POSTED.items()},
        }
        config = from_document(document, {}, Path())
        config = replace(config, upstream=replace(config.upstream, senders_url=f"{sandbox.url}/_sandbox/senders"))
        apps.append(create_app(config))
        bridge = apps[0].extensions["bridge"]
        delivery = Delivery(bridge, utc_now)
        threads = [threading.Thread(target=server.serve_forever), threading.Thread(target=delivery.run)]
        for thread in threads:
            thread.start()
        try:
            yield SendBridge(config, bridge)
        finally:
            with suppress(OSError):
                server.shutdown()
            delivery.stop()
            for thread in threads:
                thread.join(10)
            server.server_close()
            apps[0].extensions["refused"].close()
            bridge.store.close()
