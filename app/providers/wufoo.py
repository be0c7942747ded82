"""Wufoo: entries of a form, by number; labels and types come beside them when metadata is included."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from app.contact import Meaning
from app.form_shapes import part_of_name, rows, table, texts, unpacked
from app.forms import FormField
from app.payload import Payload
from app.providers import Provider, Rule
from app.reading import constant, first, joined, path
from app.signatures import BodyField
from app.webhook import Webhook

_FIELD = re.compile(r"Field\d+")
_SECRET = BodyField("HandshakeKey")


def _form(webhook: Webhook) -> Any:
    return table(unpacked(table(webhook.payload).get("FormStructure"))).get("Hash")


class Wufoo(Provider):
    title = "Wufoo"
    docs = "https://wufoo.github.io/docs/"
    signature = _SECRET
    event_id = first(joined(_form, path("EntryId")), joined(path("EntryId"), path("DateCreated")))  # counted per form
    event_type = constant("entry")
    # DateCreated has no time zone: the time of arrival is nearer
    events = {"entry": Rule(Meaning.SIGNED_UP)}
    setup = """\
1. Open *Forms > Integrations (⇄) > Integrated Apps*, choose *WebHook* and *Add Integration*; paste {url}.
2. *WebHook Handshake Key*: make up a long secret, and put the same one into `secret`.
3. Tick *Include Field and Form Structures with Entry Data*: without it, fields have numbers and no names, and the
   person must be described by hand, such as `email = "Field3"` under `[sources.<name>.contact]`.
4. Wufoo signs nothing: the key in the body proves who sent it (it is not kept), not that nothing was changed."""
    delivery = "any 2xx; deadline and retries are not documented"

    def parts(self, webhook: Webhook) -> Iterable[Webhook]:
        return (_SECRET.stripped(webhook),)

    def form(self, payload: Payload) -> Iterator[FormField]:
        labels = dict(_labels(rows(table(unpacked(table(payload).get("FieldStructure"))).get("Fields"))))
        for number, value in table(payload).items():
            if _FIELD.fullmatch(str(number)):
                key, label, kind = labels.get(number, (number, "", ""))
                yield FormField(key, label, kind, value)


def _labels(fields: list[dict[str, Any]]) -> Iterator[tuple[str, tuple[str, str, str]]]:
    """Key, label and type of each number; names, addresses and check boxes have several, each with a label."""
    for field in fields:
        number, title, kind = texts(field, "ID", "Title", "Type")
        yield number, (number, title, kind)
        for inner in rows(field.get("SubFields")):
            part, label = texts(inner, "ID", "Label")
            yield part, (label, f"{title} {label}", part_of_name(label) if kind.endswith("name") else "")
