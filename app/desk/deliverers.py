"""What there is to say of the delivery processes that run: whether they work by what the configuration file says."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from app.fingerprint import maps_alike

if TYPE_CHECKING:
    from app.config import Config
    from app.store import Store


def _utc(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"


def mapping_otherwise(
    config: "Config", store: "Store", here: str, shown: Callable[[datetime], str] = _utc
) -> str | None:
    """Say that what runs maps otherwise than this configuration, and what to do; None if nothing that runs does.

    ``here`` is what maps by this configuration, such as "bridge.toml"; ``shown`` writes a time.
    """
    running = store.deliverers.all()
    others = [each for each in running if not maps_alike(config, each)]
    if not others:
        return None
    since = shown(others[0].since)
    if len(running) == 1:
        return f"the running bridge still maps as of {since}, and not as {here} does now: restart it"
    verb = "maps" if len(others) == 1 else "map"
    who = f"{len(others)} of {len(running)} delivery processes still {verb} as of {since}"
    return f"{who}, and not as {here} does now: restart {'it' if len(others) == 1 else 'them'}"
