"""Mapping and delivering what came in, as the delivery process would."""

from console_client import Console

from app.rehearsal import NobodyThere


def map_all(console: Console) -> None:
    bridge = console.bridge
    while bridge.store.received.map(bridge.map, bridge.now()):
        pass


def deliver(console: Console, most: int = 10) -> None:
    """Map everything, and deliver some to an upstream that agrees to whatever it is told."""
    map_all(console)
    bridge = console.bridge
    upstream = NobodyThere(bridge.config.upstream, bridge.now)
    for _ in range(most):
        for claim in bridge.store.claims.claim(bridge.now(), 50, ["main"]):
            assert bridge.store.claims.settle(bridge.deliver(claim, upstream))
