"""The senders' own APIs, as far as the samples go: what each answers about a webhook that names a person by number."""

from functools import cache
from urllib.parse import unquote

from flask import Blueprint, Response, request

from app.payload import decode
from app.providers import providers
from app.samples import samples

senders = Blueprint("senders", __name__)

PATH = "/_sandbox/senders"


@senders.get(f"{PATH}/<path:address>")
def answer(address: str) -> Response:
    """Answer what the sample's sender would; 404 for anybody who is in no sample."""
    query = request.query_string.decode("latin-1")
    known = _answers().get(unquote(f"https://{address}" + (f"?{query}" if query else "")))
    return Response(known or b"{}", 200 if known else 404, mimetype="application/json")


@cache
def _answers() -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for provider in providers().values():
        for sample in samples(provider.name) if provider.fetch else ():
            if sample.fetched is None or provider.fetch is None:
                continue
            for part in provider.parts(sample.webhook):
                if url := provider.fetch.url(decode(part.body, part.content_type)):
                    found.setdefault(unquote(url), sample.fetched)
    return found
