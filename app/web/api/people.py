"""Persons: who they are, and everything of theirs."""

from typing import Any

from app.desk import people
from app.desk.known import insist_on_org
from app.desk.people import PersonView
from app.web.api import answers, questions
from app.web.api.desk import Desk, bridge
from app.web.api.events import told
from app.web.api.mistakes import not_found
from app.web.api.names import known

blueprint = Desk("persons", "Whom the events tell of, across all sources.")


@blueprint.looks("/persons", answers.People, questions.PeoplePage)
def persons(arguments: dict[str, Any]) -> dict[str, Any]:
    """List persons, who became known last first, or find somebody"""
    org = arguments.get("org")
    known(lambda: insist_on_org(bridge().config, org))
    if "search" in arguments:
        found = people.find(bridge().store, arguments["search"], org)
        return {"data": [_person(each) for each in found], "next_cursor": None}
    found, after = people.newest(bridge().store, org, arguments.get("cursor"), arguments["limit"])
    return {"data": [_person(each) for each in found], "next_cursor": after}


@blueprint.looks("/persons/<int(max=9223372036854775807):person_id>", answers.Person, questions.Page)
def person(arguments: dict[str, Any], person_id: int) -> dict[str, Any]:
    """Show a person with a page of their events"""
    view = people.person(bridge().store, person_id, arguments.get("cursor"), arguments["limit"])
    if view is None:
        not_found(f"There is no person {person_id}, or none any more.")
    following = {"events": told(view.events), "next_cursor": view.next_cursor}
    return {**_person(view), "consents": view.consents, **following}


def _person(view: PersonView) -> dict[str, Any]:
    mine = view.known
    identities = [
        {"kind": kind, "value": value, "sent": (kind, value) in mine.sent} for kind, value in sorted(mine.identities)
    ]
    consent = mine.consent and {
        "state": mine.consent.state.value, "at": mine.consent.at and mine.consent.at.isoformat(),
    }  # fmt: skip
    return {
        "id": view.id, "org": view.org, "since": view.since, "name": mine.name, "contact_id": mine.contact_id,
        "identities": identities, "consent": consent, "unsubscribed": mine.unsubscribed,
        "segment_ids": mine.segment_ids, "uncertain": mine.uncertain,
    }  # fmt: skip
