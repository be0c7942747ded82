"""From a parsed document to a `Config`: fill in, check every key, then check what the keys mean together."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from marshmallow import ValidationError

from app.config.interpolation import Interpolation
from app.config.mistakes import Mistakes, Place
from app.config.model import Config, Org, Server, Source, Upstream
from app.config.schema import Document
from app.config.sources import source
from app.errors import ConfigError

_ENVIRONMENT = {"DATABASE_URL": "server.database_url", "PORT": "server.port"}
_NO_ORGS = "none is there: add [orgs.main] with its api_key"


def from_document(
    document: Mapping[str, Any],
    environ: Mapping[str, str],
    base: Path,
    *,
    overrides: Mapping[str, object] | None = None,
    path: Path | None = None,
) -> Config:
    """Check a parsed document (``{"orgs": {…}, "sources": {…}}``), see `app.config.load`; the same errors."""
    wins, origins = _winners(environ, overrides or {})
    mistakes = Mistakes(origins)
    try:
        filled = _with(Interpolation(environ, base, mistakes).fill(_without(document, wins)), wins)
        config = _config(filled, path, mistakes)
    except RecursionError:
        raise ConfigError(["the configuration is nested too deep"]) from None
    if mistakes:
        raise ConfigError(mistakes.lines())
    return config


def _winners(
    environ: Mapping[str, str], overrides: Mapping[str, object]
) -> tuple[dict[Place, object], dict[Place, str]]:
    """Return the values that win over the file, and what to call each of them in a mistake."""
    wins: dict[Place, object] = {}
    origins: dict[Place, str] = {}
    for variable, key in _ENVIRONMENT.items():
        if environ.get(variable):
            wins[tuple(key.split("."))] = environ[variable]
            origins[tuple(key.split("."))] = f"{variable} (environment)"
    for key, value in overrides.items():
        if value is not None:
            wins[tuple(key.split("."))] = value
            origins[tuple(key.split("."))] = "--" + key.split(".")[-1].replace("_", "-")
    return wins, origins


def _without(document: Mapping[str, Any], wins: Mapping[Place, object]) -> dict[str, Any]:
    return {
        section: {key: value for key, value in table.items() if (section, key) not in wins}
        if isinstance(table, dict)
        else table
        for section, table in document.items()
    }


def _with(document: dict[str, Any], wins: Mapping[Place, object]) -> dict[str, Any]:
    for (section, key), value in wins.items():
        table = document.setdefault(str(section), {})
        if isinstance(table, dict):
            table[key] = value
    return document


def _config(filled: dict[str, Any], path: Path | None, mistakes: Mistakes) -> Config:
    data = _checked(filled, mistakes)
    server, upstream = data.get("server"), data.get("upstream")
    sources = _sources(data.get("sources", {}), _names(filled.get("orgs")), mistakes)
    config = Config(
        server=server if isinstance(server, Server) else Server(),
        upstream=upstream if isinstance(upstream, Upstream) else Upstream(),
        orgs=_orgs(data.get("orgs", {}), mistakes),
        sources=sources,
        path=path,
    )
    _check_public_url(config, mistakes)
    _check_tokens(config, mistakes)
    return config


def _checked(filled: dict[str, Any], mistakes: Mistakes) -> dict[str, Any]:
    try:
        return dict(Document().load(filled))
    except ValidationError as error:
        mistakes.add_all(error.messages)
        return dict(error.valid_data) if isinstance(error.valid_data, dict) else {}


def _names(orgs: object) -> list[str]:
    return list(orgs) if isinstance(orgs, dict) else []


def _orgs(tables: Mapping[str, Any], mistakes: Mistakes) -> dict[str, Org]:
    if not tables:
        mistakes.add(("orgs",), _NO_ORGS)
    orgs = {name: Org(name=name, **table) for name, table in tables.items() if "api_key" in table}
    seen: dict[tuple[str, ...], str] = {}
    for org in orgs.values():
        identity = (org.org_id, org.api_key) if org.org_id == Org.org_id else (org.org_id,)
        if identity in seen:
            same = f"is the same organization as orgs.{seen[identity]}: its people would be kept apart"
            mistakes.add(("orgs", org.name), same)
        seen.setdefault(identity, org.name)
    return orgs


def _sources(tables: Mapping[str, Any], orgs: list[str], mistakes: Mistakes) -> dict[str, Source]:
    made = {name: source(name, table, orgs, mistakes) for name, table in tables.items()}
    return {name: each for name, each in made.items() if each is not None}


def _check_public_url(config: Config, mistakes: Mistakes) -> None:
    signs = [each.name for each in config.sources.values() if "{url}" in getattr(each.scheme, "signed", "")]
    if signs and config.server.public_url is None:
        mistakes.add(("server", "public_url"), f"is missing: the sender of sources.{signs[0]} signs the address")


def _check_tokens(config: Config, mistakes: Mistakes) -> None:
    server = config.server
    if server.read_token and server.read_token == server.admin_token:
        mistakes.add(("server", "read_token"), "is the admin_token, too: whoever only looks could change everything")
