"""Differences, printed field by field."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import click

from app.cli.common import printable, words

if TYPE_CHECKING:
    from app.differences import Difference

_ABSENT = "(none)"


def show_differences(lines: Iterable[str], differing: Sequence["Difference"]) -> None:
    """Print what happened in words, then each field: old -> new."""
    first, *others = lines
    click.echo(printable(first))
    for line in others:
        click.echo(printable(f"    {line}"))
    widest = max((len(each.field) for each in differing), default=0)
    for each in differing:
        click.echo(
            printable(f"    {each.field.replace('_', ' '):<{widest}}  {_said(each.before)} -> {_said(each.after)}")
        )


def as_plain(differing: Sequence["Difference"]) -> list[dict[str, Any]]:
    """Return differences as plain data."""
    return [{"field": each.field, "before": each.before, "after": each.after} for each in differing]


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return _ABSENT if value in (None, "", [], ()) else words(value)
