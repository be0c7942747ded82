"""What the tests of fetching share: thin sources, and a server that stands in for every sender's API."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from delivery_kit import KEY, Rig, config
from delivery_wire import RawServer, answer

from app.config import Config, loads
from app.webhook import Webhook

Begin = Callable[..., tuple[Rig, RawServer]]

TOKEN = "token-of-leads"
SOURCES = """
[orgs.main]
api_key = "{key}"
[sources.leads]
provider = "meta"
auth = "none"
token = "{token}"
[sources.crm]
provider = "hubspot"
auth = "none"
token = "{token}"
"""
ADA = [{"name": "email", "values": ["ada@example.com"]}, {"name": "full_name", "values": ["Ada Example"]}]
FOUND = answer(json.dumps({"field_data": ADA}).encode())


def settings(upstream: str, senders: str) -> Config:
    """The usual sources, and two whose people are fetched from a server that stands in for every sender's."""
    usual, thin = config(upstream), loads(SOURCES.format(key=KEY, token=TOKEN), {}, Path())
    sources = {**usual.sources, **thin.sources}
    return replace(usual, sources=sources, upstream=replace(usual.upstream, senders_url=senders))


def receive(rig: Rig, source: str, payload: Any) -> None:
    body = json.dumps(payload).encode()
    rig.bridge.receive(source, Webhook(body=body, headers={"content-type": "application/json"}))


def lead(rig: Rig, number: str = "123") -> None:
    value = {"leadgen_id": number, "created_time": int(rig.clock().timestamp())}
    receive(rig, "leads", {"object": "page", "entry": [{"id": "7", "changes": [{"field": "leadgen", "value": value}]}]})
