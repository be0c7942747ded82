"""When an event was put back to be delivered again."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("events", sa.Column("replayed_at", sa.BigInteger(), nullable=True))
