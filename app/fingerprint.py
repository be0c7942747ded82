"""What a configuration makes of events, as a fingerprint: two processes with the same one map alike."""

import hashlib
import json
from typing import TYPE_CHECKING

from app import __version__
from app.config.model import Config, Source
from app.expressions import Expression

if TYPE_CHECKING:
    from app.store import Deliverer

_ROUNDS = 50_000  # some 12 ms: a secret that was filled into an expression is not to be found by trying


def fingerprint(config: Config, salt: bytes) -> str:
    """Return 64 hexadecimal digits. Nothing that is secret goes in: no key, no token, no secret of a source."""
    every = sorted(config.every_source(), key=lambda source: source.name)
    mapping = [__version__, *map(_mapping, every)]
    return hashlib.pbkdf2_hmac("sha256", json.dumps(mapping).encode(), salt, _ROUNDS).hex()


def maps_alike(config: Config, deliverer: "Deliverer") -> bool:
    """True if a delivery process maps as a configuration says."""
    return fingerprint(config, bytes.fromhex(deliverer.salt)) == deliverer.fingerprint


def _mapping(source: Source) -> list[object]:
    """All that `app.mapping` looks at. What is read when a webhook comes (its id, type and time) is kept as it was."""
    return [
        source.name,
        source.provider.name,
        source.org,
        source.segment_ids,
        [(segment.id, segment.when.text) for segment in source.segments],
        source.consent,
        source.default_region,
        source.events and sorted(source.events),
        _text(source.when),
        sorted((part, expression.text) for part, expression in source.contact.items()),
    ]


def _text(expression: Expression | None) -> str | None:
    return expression.text if expression else None
