"""What fills the disk leaves no place where more could be kept."""

from pathlib import Path

import sqlalchemy as sa

from tests.soak.databases import Sqlite, engine
from tests.soak.disk import Disk


def test_the_log_of_sqlite_has_no_room_left_when_the_disk_is_filled(tmp_path: Path) -> None:
    disk = Disk(tmp_path / "disk", mount=False)
    database = Sqlite(tmp_path, disk)
    with engine(database.url).connect() as connection:
        connection.execute(sa.text("PRAGMA journal_mode=WAL"))
        connection.execute(sa.text("CREATE TABLE events (body)"))
        connection.commit()
        log = disk.folder / "bridge.db-wal"
        assert log.stat().st_size > 0

        database.leave_no_slack()

        assert log.stat().st_size == 0
