"""The playground: what a payload would become."""

from typing import Any

from app.desk import trying
from app.desk.explaining import Part
from app.desk.known import nearest
from app.mapping import Mapped
from app.web.api import questions, reports
from app.web.api.desk import Desk, bridge
from app.web.api.mistakes import not_found, refuse, wrong
from app.webhook import Event

blueprint = Desk("playground", "Trying out payloads and expressions.")


@blueprint.does("/preview", reports.Trial, questions.Preview, changes=False)
def preview(arguments: dict[str, Any]) -> dict[str, Any]:
    """Show the contact that a payload would become, or why there is none; nothing is kept or sent"""
    configured = bridge().config.sources
    source = configured.get(arguments["source"])
    if source is None:
        not_found(f"There is no source {arguments['source']!r}{nearest(arguments['source'], configured)}")
    texts = {**trying.expressions_of(source), **arguments["contact"]}
    trial = trying.attempt(bridge(), source, trying.as_text(arguments["body"]), arguments["headers"], texts)
    if trial.mistakes:
        wrong({f"/contact/{part}": words for part, words in trial.mistakes.items()})
    if trial.problem:
        refuse(422, "unreadable-payload", "The payload cannot be read", trial.problem)
    return {"data": [_tried(*outcome) for outcome in trial.outcomes]}


def _tried(event: Event, mapped: Mapped) -> dict[str, Any]:
    parts = [Part(name, found.value, found.origin) for name, found in mapped.findings.items()]
    return {
        "event_id": event.event_id, "event_type": event.event_type, "status": mapped.status, "reason": mapped.reason,
        "meaning": mapped.meaning, "parts": parts, "notes": mapped.notes,
    }  # fmt: skip
