"""From checked keys to sources: what one key means for another, and for the provider."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from app.config.auth import scheme as choose_scheme
from app.config.mistakes import Mistakes, Place, did_you_mean
from app.config.model import ConsentMode, Segment, Source
from app.providers import ANY, Provider, providers
from app.signatures import Scheme

_AS_THEY_ARE = ("token", "default_region", "when", "event_id", "event_type", "occurred_at", "contact", "strict")
_SECRETS = ("secret", "retired_secret")
_UNGUARDED = 'is missing: without one anybody could pose as the sender (auth = "none" allows just that)'


def source(name: str, table: Mapping[str, Any], orgs: Collection[str], mistakes: Mistakes) -> Source | None:
    """Return the source, or None if its provider is unknown. ``table`` holds what was right of its keys."""
    place: Place = ("sources", name)
    org = _org(table, orgs, place, mistakes)
    if "provider" not in table:
        return None
    provider = providers()[table["provider"]]
    scheme = choose_scheme(provider, table, place, mistakes)
    _check_secrets(scheme, table, place, mistakes)
    _check_token(provider, table, place, mistakes)
    _check_events(provider, table.get("events", ()), place, mistakes)
    _check_segments(table, place, mistakes)
    if table.get("strict") and not provider.guesses:
        mistakes.add(
            (*place, "strict"),
            'goes only with provider = "relay": other senders would send it again and again',
        )
    return Source(
        name=name,
        provider=provider,
        org=org,
        scheme=scheme,
        secrets=tuple(table.get("secret", ())),
        retired_secrets=tuple(table.get("retired_secret", ())),
        segment_ids=tuple(table.get("segment_ids", ())),
        segments=tuple(s for s in table.get("segments", ()) if isinstance(s, Segment)),
        consent=ConsentMode(table.get("consent", ConsentMode.RESPECT)),
        events=tuple(table["events"]) if "events" in table else None,
        **{key: table[key] for key in _AS_THEY_ARE if key in table},
    )


def _check_token(provider: Provider, table: Mapping[str, Any], place: Place, mistakes: Mistakes) -> None:
    if provider.fetch and provider.fetch.always and "token" not in table:
        problem = f"is missing: {provider.title} names people by number, and the bridge asks its API who they are"
        mistakes.add((*place, "token"), problem)
    if "token" in table and not provider.fetch:
        mistakes.add((*place, "token"), f"leave it out: nothing is fetched from {provider.title}")


def _org(table: Mapping[str, Any], orgs: Collection[str], place: Place, mistakes: Mistakes) -> str:
    chosen = table.get("org")
    if chosen is None and len(orgs) == 1:
        return next(iter(orgs))
    if chosen is None and orgs:
        mistakes.add((*place, "org"), f"is missing: there are several, so choose one of {', '.join(orgs)}")
    elif chosen is not None and chosen not in orgs:
        near = did_you_mean(chosen, orgs) or (f"; there is {', '.join(orgs)}" if orgs else "")
        mistakes.add((*place, "org"), f"there is no such org{near}")
    return chosen or ""


def _check_secrets(scheme: Scheme | None, table: Mapping[str, Any], place: Place, mistakes: Mistakes) -> None:
    if table.get("auth") == "none":
        for key in _SECRETS:
            if key in table:
                mistakes.add((*place, key), 'leave it out: auth = "none" verifies nothing')
        return
    if "secret" not in table:
        mistakes.add((*place, "secret"), _UNGUARDED)
    for key in _SECRETS if scheme else ():
        _check_forms(scheme, table.get(key, ()), (*place, key), mistakes)
    retired = table.get("retired_secret", ())
    for index, secret in enumerate(retired):
        if secret and secret in table.get("secret", ()):
            mistakes.add(_item((*place, "retired_secret"), index, retired), "is also a live secret")


def _check_forms(scheme: Scheme | None, secrets: Sequence[str], place: Place, mistakes: Mistakes) -> None:
    for index, secret in enumerate(secrets):
        problem = scheme.check_secret(secret) if scheme and secret else None
        if problem:
            mistakes.add(_item(place, index, secrets), problem)


def _item(place: Place, index: int, items: Sequence[str]) -> Place:
    return (*place, index) if len(items) > 1 else place


def _check_events(provider: Provider, events: Sequence[str], place: Place, mistakes: Mistakes) -> None:
    if ANY in provider.events:
        return
    for index, event in enumerate(events):
        if event and provider.rule(event) is None:
            near = did_you_mean(event, provider.events) or f"; `contact-bridge providers {provider.name}` lists them"
            mistakes.add((*place, "events", index), f"is no event of {provider.title} that is mapped{near}")


def _check_segments(table: Mapping[str, Any], place: Place, mistakes: Mistakes) -> None:
    seen: list[tuple[str, str]] = []
    for index, segment in enumerate(table.get("segments", ())):
        if isinstance(segment, Segment):
            if (segment.id, segment.when.text) in seen:
                mistakes.add((*place, "segments", index), "says the same as one before it")
            seen.append((segment.id, segment.when.text))
