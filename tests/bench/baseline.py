"""The figures that later ones are compared with: of each section, the last that were saved."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

PATH = Path(__file__).with_name("baseline.json")


def save(document: Mapping[str, Any], path: Path = PATH) -> None:
    """Take over the sections of a document; others, and those measured with another size, stay as they were."""
    everything = _read(path)
    kept = everything.get(document["size"], {"sections": {}})
    sections = document["sections"].items()
    fresh = {name: _without_lines(section) for name, section in sections if not section["failed"]}
    merged = {**document, "sections": {**kept["sections"], **fresh}}
    path.write_text(json.dumps({**everything, document["size"]: merged}, indent=1) + "\n", "utf-8")


def load(size: str, path: Path = PATH) -> dict[str, Any]:
    """Return the document that was saved of a size. Raises `LookupError`, with what to do, if there is none."""
    found: dict[str, Any] | None = _read(path).get(size)
    if found is None:
        quick = "--quick " if size == "quick" else ""
        raise LookupError(f'there is no {size} baseline yet: make bench ARGS="{quick}--save-baseline"')
    return found


def _read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return found


def _without_lines(section: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in section.items() if name != "lines"}
