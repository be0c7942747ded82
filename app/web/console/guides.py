"""A provider's guide to its own set-up, from Markdown as far as guides use it: a numbered list, *emphasis*, `code`."""

import re

from markupsafe import Markup, escape

from app.web.console.desk import console

_ITEM = re.compile(r"(?m)^\d+\. ")
_INLINE = re.compile(r"`([^`]+)`|\*\*([^*]+)\*\*|\*([^*]+)\*|\[([^\]]+)\]\((https://[^)\s]+)\)")


def guide(text: str, url: str) -> Markup:
    """Return a guide as HTML; ``{url}`` in it is the address to paste."""
    head, *items = _ITEM.split(text.replace("{url}", f"`{url}`"))
    steps = Markup().join(Markup("<li>{}</li>").format(marked(item)) for item in items)
    before = Markup("<p>{}</p>").format(marked(head)) if head.strip() else Markup()
    return before + Markup("<ol>{}</ol>").format(steps)


@console.app_template_filter("marked")
def marked(text: str) -> Markup:
    """Return a line with what is marked in it."""
    parts, end = [], 0
    text = " ".join(text.split())
    for match in _INLINE.finditer(text):
        parts += [escape(text[end : match.start()]), _marked(match)]
        end = match.end()
    return Markup().join([*parts, escape(text[end:])])


def _marked(match: re.Match[str]) -> Markup:
    code, strong, emphasis, words, link = match.groups()
    if link:
        return Markup('<a href="{}" rel="noreferrer">{}</a>').format(link, words)
    tag, inner = next((tag, inner) for tag, inner in (("code", code), ("strong", strong), ("em", emphasis)) if inner)
    return Markup(f"<{tag}>{{}}</{tag}>").format(inner)  # noqa: S704 -- one of three tags
