"""Leases of living processes, pauses, retention, erasure, sealing."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _persons()
    op.add_column("identities", sa.Column("sealed", sa.String(), nullable=True))
    _events()
    _tables()


def _persons() -> None:
    op.alter_column("persons", "lease_token", new_column_name="lease_owner")
    op.drop_column("persons", "lease_until")  # a lease belongs to a process that lives, not to a span of time
    _partial_index("ix_persons_lease_owner", "persons", ["lease_owner"], "lease_owner IS NOT NULL")


def _events() -> None:
    op.execute("UPDATE events SET settled_at = received_at WHERE status = 'ignored' AND settled_at IS NULL")
    _partial_index("ix_events_spent", "events", ["settled_at"], "settled_at IS NOT NULL AND body IS NOT NULL")
    _partial_index("ix_events_emptied", "events", ["settled_at"], "settled_at IS NOT NULL AND body IS NULL")


def _tables() -> None:
    op.create_table(
        "pauses",
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "name"),
    )
    op.create_table(
        "tombstones",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("erased_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_index(op.f("ix_tombstones_erased_at"), "tombstones", ["erased_at"])
    op.create_table(
        "receipts",
        sa.Column("id", _ID, nullable=False),
        sa.Column("erased_at", sa.BigInteger(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "facts",
        sa.Column("name", sa.String(length=50), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )


def _partial_index(name: str, table: str, columns: list[str], condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, table, columns, postgresql_where=where, sqlite_where=where)
