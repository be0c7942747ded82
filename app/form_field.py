"""One field of a form, as every sender's forms are read."""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from app.words import plain, speaks_of

_LONGEST_LABEL, _LONGEST_READ = 60, 300

_plain_label = lru_cache(maxsize=4_096)(plain)  # labels only: nobody's answers stay in memory


@dataclass(frozen=True)
class FormField:
    """One field of a form as it was filled in. ``type`` is the sender's own word for its kind, or ""

    ``value`` is what a person typed or chose: text, a number, yes or no; a list of one counts as its member.
    """

    key: str
    label: str
    type: str
    value: Any

    @cached_property
    def text(self) -> str:
        """The value as text; "" for what is no text and no number."""
        value = self.value[0] if isinstance(self.value, list) and len(self.value) == 1 else self.value
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            return ""
        return str(value).strip()

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """Label and key, the words that may say what is asked for."""
        return tuple(
            words for words in (_plain_label(label[:_LONGEST_READ]) for label in (self.label, self.key)) if words
        )

    @property
    def shown(self) -> str:
        """The field's name for an operator: nothing in it that a log or a database refuses."""
        name = "".join(c for c in " ".join((self.label or self.key).split()) if c.isprintable())
        return f"'{name[:_LONGEST_LABEL]}…'" if len(name) > _LONGEST_LABEL else f"'{name}'"

    def asks_for(self, kind: str) -> bool:
        return any(speaks_of(kind, label) for label in self.labels)

    @property
    def kind(self) -> str:
        """The sender's type for comparing: ``INPUT_EMAIL`` and ``InputEmail`` are both ``inputemail``."""
        return plain(self.type[:_LONGEST_LABEL]).replace(" ", "")
