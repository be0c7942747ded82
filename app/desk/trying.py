"""The playground: what a payload would become, by a source's own expressions or by others. Nothing is kept or sent."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from app.bridge import Bridge
from app.config.model import Source
from app.errors import UsageError, WebhookError
from app.expressions import Expression, ExpressionError, expression
from app.mapping import Mapped, map_event
from app.webhook import Event, Webhook

PARTS = ("user_id", "name", "email", "phone", "contact_id", "consent", "consent_at")
_LONGEST, _MOST_GROWTH = 2_000, 1_000
_JSON, _FORM = "application/json", "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Trial:
    """What came of a payload: its events, each with what it would become, or a ``problem`` in words.

    ``mistakes`` say by part of the contact what is wrong with its expression.
    """

    outcomes: list[tuple[Event, Mapped]] = field(default_factory=list)
    problem: str = ""
    mistakes: Mapping[str, str] = field(default_factory=dict)


def expressions_of(source: Source) -> dict[str, str]:
    """Return a source's own expressions by part of the contact; "" where it has none."""
    return {part: source.contact[part].text if part in source.contact else "" for part in PARTS}


def attempt(
    bridge: Bridge, source: Source, body: str, headers: str | Mapping[str, str], texts: Mapping[str, str]
) -> Trial:
    """Read a payload as the sender's, and map it with the expressions ``texts`` (by part; "" for none).

    ``headers`` are lines such as "Name: value", or values by name.
    """
    compiled, mistakes = _compiled(texts, expressions_of(source))
    try:
        found = dict(headers) if isinstance(headers, Mapping) else _lines(headers)
        events = source.provider.read(source, _webhook(body, found), bridge.now())
    except (UsageError, WebhookError) as error:
        return Trial(problem=str(error), mistakes=mistakes)
    except RecursionError:
        return Trial(problem="the body is nested too deep", mistakes=mistakes)
    changed = replace(source, contact=compiled)
    return Trial([(event, map_event(changed, event)) for event in events], mistakes=mistakes)


def as_toml(source: Source, texts: Mapping[str, str]) -> str:
    """Return the lines for ``bridge.toml`` that keep these expressions."""
    lines = [f"{part} = {_quoted(text.strip())}" for part, text in texts.items() if text.strip()]
    return "\n".join([f"[sources.{source.name}.contact]", *lines]) if lines else ""


def as_text(body: Any) -> str:
    """Return a body as it would be sent: text as it is, other plain data as JSON."""
    return body if isinstance(body, str) else json.dumps(body)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")  # as TOML writes text, too


def _compiled(texts: Mapping[str, str], own: Mapping[str, str]) -> tuple[dict[str, Expression], dict[str, str]]:
    """Compile the expressions; of those that are not the source's ``own``, none that could fill the memory."""
    compiled: dict[str, Expression] = {}
    mistakes: dict[str, str] = {}
    for part, text in texts.items():
        try:
            if text.strip():
                compiled[part] = expression(text.strip()) if text == own.get(part) else _bounded(text.strip())
        except ExpressionError as error:
            mistakes[part] = str(error)
    return compiled, mistakes


def _bounded(text: str) -> Expression:
    if len(text) > _LONGEST:
        raise ExpressionError(f"is longer than {_LONGEST:,} characters")
    found = expression(text)
    try:
        grows = found.growth > _MOST_GROWTH
    except RecursionError:
        raise ExpressionError("is nested too deep") from None
    if grows:
        raise ExpressionError("makes lists of lists that are too large to be tried")
    return found


def _lines(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        name, colon, value = line.partition(":")
        if not colon or not name.strip():
            raise UsageError(f"the header line {line!r} is none: write Name: value")
        found[name.strip()] = value.strip()
    return found


def _webhook(body: str, headers: Mapping[str, str]) -> Webhook:
    kind = _JSON if body.lstrip()[:1] in ("{", "[") else _FORM
    lower = {name.lower(): value for name, value in headers.items()}
    return Webhook(body=body.encode("utf-8", "replace"), headers={"content-type": kind, **lower})
