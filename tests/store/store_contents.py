"""Looking for somebody in everything that a database holds."""

from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa

from app.store import Store


def everything(store: Store) -> Iterator[tuple[str, str]]:
    """Yield every value of every column of every table as text, with where it stands."""
    with store.database.reading() as connection:
        for name in sa.inspect(connection).get_table_names():
            for row in connection.execute(sa.text(f"SELECT * FROM {name}")).mappings():
                for column, value in row.items():
                    text = value.decode("utf-8", "replace") if isinstance(value, bytes | memoryview) else str(value)
                    if not text.startswith("$sealed$"):  # random letters may spell a name
                        yield f"{name}.{column}", text


def found(store: Store, *traces: str) -> list[str]:
    """Return where one of ``traces`` stands, in whatever case."""
    return sorted(
        {where for where, text in everything(store) for trace in traces if trace.casefold() in text.casefold()}
    )


def in_files(store: Store, trace: str) -> list[str]:
    """Return the files of a SQLite database that hold ``trace`` anywhere."""
    path = Path(store.database.engine.url.database or "")
    files = [file for file in path.parent.glob(f"{path.name}*") if file.is_file()]
    assert files
    return [file.name for file in files if trace.encode() in file.read_bytes()]
