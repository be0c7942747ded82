"""Finding a person by what they are called: the names in the database depend on its keys."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

from app.store.columns import cleaned, seal_of
from app.store.tables import identities


class goes_by(sa.ColumnElement[bool]):  # noqa: N801 -- it is used as a function of SQL
    """The condition that an identity is one of ``values``, by whatever key it was named or in plain.

    The names are made when a statement meets its database, so that a condition can be made without one.
    """

    inherit_cache = False  # the names stand in the compiled statement
    type = sa.Boolean()
    _is_implicitly_boolean = True  # or SQLite would be asked whether it is = 1, and walk no index

    def __init__(self, values: Sequence[str]) -> None:
        self.values = values


@compiles(goes_by)
def _compile(element: goes_by, compiler: SQLCompiler, **parts: Any) -> str:
    seal = seal_of(compiler.dialect)
    names = {name for value in element.values for name in seal.names(cleaned(value))}
    return compiler.process(identities.c.value.in_(sorted(names)), **parts)
