"""Collecting what is wrong with a configuration, so that everything is said at once."""

import difflib
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

Place = tuple[str | int, ...]  # where a value stands in the file: ("sources", "shop", "segments", 0, "when")

UNKNOWN_KEY = "unknown key"
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


class Mistakes:
    """What was found so far. No problem ever quotes a value of the file: it may be a secret."""

    def __init__(self, origins: Mapping[Place, str] | None = None) -> None:
        """``origins`` names the places that were not read from the file: ``{("server", "port"): "PORT"}``."""
        self._origins = origins or {}
        self._found: list[tuple[Place, str]] = []

    def __bool__(self) -> bool:
        return bool(self._found)

    def at(self, place: Place) -> bool:
        """True if something was found there or beneath."""
        return any(found[: len(place)] == place for found, _ in self._found)

    def add(self, place: Place, problem: str) -> None:
        """Add a problem, unless one there or beneath is known: it would be a consequence of that one."""
        if problem.startswith(UNKNOWN_KEY) or not self.at(place):
            self._found.append((place, problem))

    def add_all(self, messages: Any, place: Place = ()) -> None:
        """Add what a marshmallow schema found: a list of messages, or messages by key or index."""
        if isinstance(messages, dict):
            for key, inner in messages.items():
                self.add_all(inner, place if key == "_schema" else (*place, key))
        else:
            self.add(place, "; ".join(messages))

    def lines(self) -> list[str]:
        """One line for each, ``path: problem``, in alphabetical order."""
        return sorted({f"{self._origins.get(place) or path(place)}: {problem}" for place, problem in self._found})


def path(place: Place) -> str:
    """Write a place as a reader of the file would: ``sources.shop.segments[0].when``."""
    text = ""
    for key in place:
        if isinstance(key, int):
            text += f"[{key}]"
        else:
            name = key if _BARE_KEY.fullmatch(key) else json.dumps(key)
            text += f".{name}" if text else name
    return text


def did_you_mean(wrong: str, known: Iterable[str]) -> str:
    """Return ``; did you mean shopify?``, or nothing where no known name is near."""
    by_lower = {name.lower(): name for name in known}
    near = difflib.get_close_matches(wrong.lower()[:100], by_lower, n=2, cutoff=0.7)
    return f"; did you mean {' or '.join(by_lower[name] for name in near)}?" if near else ""


def unknown_key(wrong: str, known: Iterable[str]) -> str:
    names = list(known)
    return UNKNOWN_KEY + (did_you_mean(wrong, names) or f"; known here: {', '.join(names)}")
