"""How another process steers the sandbox and looks into it: everything under ``/_sandbox``."""

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, request
from marshmallow import Schema, fields, post_load, validate

from app.sandbox.api import sandbox
from app.sandbox.bodies import StrictBoolean, load
from app.sandbox.faults import Fault, FaultKind
from app.sandbox.settings import Bulk, Duplicates
from app.sandbox.strike import answer

control = Blueprint("control", __name__, url_prefix="/_sandbox")

_AN_HOUR = 3600


class FaultSchema(Schema):
    kind = fields.Enum(FaultKind, by_value=True, required=True)
    times = fields.Integer(strict=True, allow_none=True, validate=validate.Range(min=1))
    after = StrictBoolean()
    method = fields.String(allow_none=True)
    path_contains = fields.String()
    path_ends = fields.String()
    probability = fields.Float(validate=validate.Range(min=0, max=1))
    seconds = fields.Float(allow_none=True, validate=validate.Range(min=0, max=_AN_HOUR))
    status = fields.Integer(strict=True, allow_none=True, validate=validate.Range(min=200, max=599))
    retry_after = fields.Integer(strict=True, allow_none=True, validate=validate.Range(min=0))
    retry_after_as_date = StrictBoolean()

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Fault:
        return Fault(**data)


class SettingsSchema(Schema):
    """What is left out stays as it is."""

    duplicates = fields.Enum(Duplicates, by_value=True)
    bulk = fields.Enum(Bulk, by_value=True)
    rate_limit = fields.Integer(strict=True, allow_none=True, validate=validate.Range(min=0))
    latency = fields.Float(validate=validate.Range(min=0, max=_AN_HOUR))


@control.get("/faults")
def faults() -> Response:
    return answer(sandbox().faults.waiting())


@control.put("/faults")
def replace_faults() -> Response:
    sandbox().faults.replace(load(FaultSchema(many=True), request.get_data()))
    return faults()


@control.delete("/faults")
def clear_faults() -> Response:
    sandbox().faults.clear()
    return Response(status=204)


@control.get("/settings")
def settings() -> Response:
    return answer(asdict(sandbox().settings))


@control.put("/settings")
def change_settings() -> Response:
    sandbox().change(**load(SettingsSchema(), request.get_data()))
    return settings()


@control.get("/contacts")
def contacts() -> Response:
    """``{"created": 3, "orgs": {"org_1": {"created": 3, "contacts": […]}}}``, newest first."""
    made = sandbox().contacts
    orgs = {org: {"created": len(book), "contacts": book.newest()} for org, book in made.items()}
    return answer({"created": made.created, "orgs": orgs})


@control.get("/requests")
def requests() -> Response:
    """``{"total": 3, "requests": […]}``, oldest first."""
    received = sandbox().requests
    return answer({"total": received.total, "requests": [request.answer() for request in received.all()]})


@control.post("/reset")
def reset() -> Response:
    sandbox().reset()
    return Response(status=204)
