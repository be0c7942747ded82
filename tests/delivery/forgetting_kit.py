"""What the tests of erasures that events ask for look at."""

from delivery_kit import Rig

from app.store.columns import seal_of

BY_HAND = "upstream by hand: its API documents no delete"


def contents(rig: Rig) -> str:
    """Everything that the database says of events, attempts, persons and receipts."""
    with rig.store.database.reading() as connection:
        tables = ("events", "attempts", "persons", "identities", "receipts", "tombstones")
        rows = [connection.exec_driver_sql(f"SELECT * FROM {table}").all() for table in tables]
    return str([[bytes(v) if isinstance(v, memoryview) else v for v in row] for table in rows for row in table])


def sealed(rig: Rig) -> bool:
    """In a run with encryption at rest nothing is there in plain to begin with."""
    return seal_of(rig.store.database.engine.dialect).on


def names(rig: Rig) -> list[str]:
    return [trace for trace in ("zoe", "adler", "446681800") if trace in contents(rig).lower()]
