"""Sources, orgs, the overview, and the logs of what was refused and of what was done."""

from typing import Any

from flask import request

from app.desk import listing, overview, sources
from app.desk.known import insist_on_source, nearest
from app.desk.sources import SourceView
from app.desk.upstream import Upstream, upstreams
from app.web.api import questions, reports
from app.web.api.desk import Desk, bridge
from app.web.api.mistakes import not_found
from app.web.api.names import known

blueprint = Desk("bridge", "How things are going.")


@blueprint.looks("/overview", reports.Overview, questions.Length)
def overview_of(arguments: dict[str, Any]) -> dict[str, Any]:
    """Count what came in the last 24 hours, or 30 days, by what became of it"""
    config, store, now = bridge().config, bridge().store, bridge().now()
    return {
        "spans": overview.history(store, now, arguments["length"]),
        "oldest_waiting_since": store.log.oldest_waiting(),
        "orgs": _orgs(),
        "quiet": overview.quiet(config, store, now),
        "paused": store.pauses.all(),
    }


@blueprint.looks("/sources", reports.Sources)
def list_sources() -> dict[str, Any]:
    """List the sources, each with what came and what was refused last"""
    found = sources.views(bridge().config, bridge().store, request.host_url)
    return {"data": [_source(view) for view in found]}


@blueprint.looks("/sources/<name>", reports.Source)
def source(name: str) -> dict[str, Any]:
    """Show a source, with how to set up its sender"""
    if name not in bridge().config.sources:
        not_found(f"There is no source {name!r}{nearest(name, bridge().config.sources)}")
    return _source(sources.view(bridge().config, bridge().store, name, request.host_url))


@blueprint.looks("/orgs", reports.Orgs)
def orgs() -> dict[str, Any]:
    """List the orgs, each with how its upstream is"""
    return {"data": _orgs()}


@blueprint.looks("/orgs/<name>", reports.Org)
def org(name: str) -> dict[str, Any]:
    """Show an org"""
    found = next((each for each in _orgs() if each["name"] == name), None)
    return found or not_found(f"There is no org {name!r}{nearest(name, bridge().config.orgs)}")


@blueprint.looks("/refusals", reports.Refusals, questions.RefusalsPage)
def refusals(arguments: dict[str, Any]) -> dict[str, Any]:
    """List webhooks that were refused, the newest first, each with its cause"""
    name = arguments.get("source")
    known(lambda: insist_on_source(bridge().config, bridge().store, name))
    found, after = listing.refusals(bridge().store, name, arguments.get("cursor"), arguments["limit"])
    return {"data": found, "next_cursor": after}


@blueprint.looks("/actions", reports.Actions, questions.Page)
def actions(arguments: dict[str, Any]) -> dict[str, Any]:
    """List what was done by hand, the newest first: in the console, by this API, at the command line"""
    found, after = listing.actions(bridge().store, arguments.get("cursor"), arguments["limit"])
    return {"data": found, "next_cursor": after}


def _source(view: SourceView) -> dict[str, Any]:
    provider = view.source.provider
    return {
        "name": view.source.name, "provider": provider.name, "title": provider.title, "org": view.source.org,
        "url": view.url, "docs": provider.docs, "setup": provider.setup.replace("{url}", view.url),
        "paused_since": view.paused, "last_event": view.last, "last_refusal": view.refusal,
    }  # fmt: skip


def _orgs() -> list[dict[str, Any]]:
    return [_org(each) for each in upstreams(bridge().config, bridge().store, bridge().now())]


def _org(each: Upstream) -> dict[str, Any]:
    return {
        "name": each.org, "state": each.state, "words": each.words, "since": each.since,
        "next_try_at": each.probe_at, "paused_since": each.paused,
    }  # fmt: skip
