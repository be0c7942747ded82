"""The API's description as a page to read: made here from the document itself, and asking nobody else for anything."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from flask import Blueprint, Response, render_template
from flask_smorest import Api
from markupsafe import Markup, escape

from app.web.api.desk import PREFIX

_POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_HEADERS = {"Content-Security-Policy": _POLICY, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}


def browsable(api: Api) -> Blueprint:
    """Return the page and its stylesheet; neither holds anything but the description."""
    blueprint = Blueprint("docs", __name__, url_prefix=PREFIX, template_folder="templates")
    blueprint.add_app_template_filter(_ticked, "ticked")

    @cache
    def document() -> dict[str, Any]:
        return dict(api.spec.to_dict())

    @blueprint.get("/docs")
    def page() -> Response:
        return Response(render_template("api.html", spec=document(), tags=_by_tag(document())), headers=_HEADERS)

    @blueprint.get("/docs.css")
    def stylesheet() -> Response:
        return Response(render_template("api.css"), headers=_HEADERS, mimetype="text/css")

    return blueprint


def _ticked(text: str | None) -> Markup:
    """Show what stands in backticks as code."""
    parts = [escape(part) for part in (text or "").split("`")]
    return Markup().join(
        Markup("<code>{}</code>").format(part) if number % 2 else part for number, part in enumerate(parts)
    )


def _by_tag(document: Mapping[str, Any]) -> list[tuple[Mapping[str, Any], list[dict[str, Any]]]]:
    operations = list(_operations(document))
    return [(tag, [each for each in operations if tag["name"] in each["tags"]]) for tag in document["tags"]]


def _operations(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    schemas = document["components"]["schemas"]
    for path, methods in document["paths"].items():
        shared = methods.get("parameters", [])
        for method, operation in methods.items():
            if method == "parameters":
                continue
            yield {
                **operation,
                "method": method.upper(),
                "path": path,
                "parameters": [*shared, *operation.get("parameters", [])],
                "sends": _fields(_schema(operation.get("requestBody", {})), schemas),
                "gets": _fields(_schema(operation["responses"]["200"]), schemas),
            }


def _schema(content: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = content.get("content", {}).get("application/json", {}).get("schema", {})
    return found


def _fields(schema: Mapping[str, Any], schemas: Mapping[str, Any], depth: int = 0) -> list[tuple[int, str, str, str]]:
    """Return the fields of an object and of those in it: how deep, name, type, and what it is."""
    found: list[tuple[int, str, str, str]] = []
    whole = _resolved(schema, schemas)
    for name, field in whole.get("properties", {}).items():
        inner = _resolved(field, schemas)
        items = _resolved(inner.get("items", {}), schemas)
        needed = ", required" if name in whole.get("required", ()) else ""
        found.append((depth, name, _type(inner, items) + needed, field.get("description", "")))
        found += _fields(items if "properties" in items else inner, schemas, depth + 1)
    return found


def _resolved(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Mapping[str, Any]:
    for option in schema.get("anyOf", schema.get("allOf", ())):
        if "$ref" in option:
            return _resolved(option, schemas)
    if "$ref" in schema:
        found: Mapping[str, Any] = schemas[schema["$ref"].rpartition("/")[2]]
        return found
    return schema


def _type(schema: Mapping[str, Any], items: Mapping[str, Any]) -> str:
    said = schema.get("type", "anything")
    kind = " or ".join(said) if isinstance(said, list) else str(said)
    return f"{kind} of {_type(items, {})}s" if items and "array" in kind else kind
