"""The playground: what a payload would become, by a source's own expressions or by others. Nothing is kept or sent."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from app.bridge import Bridge
from app.config.model import Source
from app.errors import UsageError, WebhookError
from app.expressions import Expression, ExpressionError, expression
from app.mapping import Mapped, map_event
from app.webhook import Event, Webhook

PARTS = ("user_id", "name", "email", "phone", "contact_id", "consent", "consent_at")


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


def attempt(bridge: Bridge, source: Source, body: str, headers: str, texts: Mapping[str, str]) -> Trial:
    """Read a payload as the sender's, and map it with the expressions ``texts`` (by part; "" for none)."""
    compiled, mistakes = _compiled(texts)
    try:
        webhook = _webhook(body, headers)
        events = source.provider.read(source, webhook, bridge.now())
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


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")  # as TOML writes text, too


def _compiled(texts: Mapping[str, str]) -> tuple[dict[str, Expression], dict[str, str]]:
    compiled: dict[str, Expression] = {}
    mistakes: dict[str, str] = {}
    for part, text in texts.items():
        try:
            if text.strip():
                compiled[part] = expression(text.strip())
        except ExpressionError as error:
            mistakes[part] = str(error)
    return compiled, mistakes


def _webhook(body: str, headers: str) -> Webhook:
    form = body.lstrip()[:1] not in ("{", "[")
    kind = "application/x-www-form-urlencoded" if form else "application/json"
    found = {"content-type": kind}
    for line in filter(None, map(str.strip, headers.splitlines())):
        name, colon, value = line.partition(":")
        if not colon or not name.strip():
            raise UsageError(f"the header line {line!r} is none: write Name: value")
        found[name.strip().lower()] = value.strip()
    return Webhook(body=body.encode("utf-8", "replace"), headers=found)
