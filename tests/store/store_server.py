"""A PostgreSQL database that goes away and comes back."""

import psycopg
import sqlalchemy as sa

_OTHERS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}' AND pid <> pg_backend_pid()"


class Server:
    """What happens to the database ``name``, from the administrator's chair."""

    def __init__(self, url: str) -> None:
        parsed = sa.make_url(url)
        self.name = parsed.database
        self._url = parsed.set(database="postgres").render_as_string(hide_password=False)

    def run(self, *statements: str) -> None:
        with psycopg.connect(self._url, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.format(name=self.name))

    def cut(self) -> None:
        self.run(_OTHERS)

    def go_away(self) -> None:
        self.run("ALTER DATABASE {name} ALLOW_CONNECTIONS false", _OTHERS)

    def come_back(self) -> None:
        self.run("ALTER DATABASE {name} ALLOW_CONNECTIONS true")

    def wait_for_a_lock(self, sessions: int = 1) -> None:
        """Return when so many sessions wait for a lock that another one has."""
        with psycopg.connect(self._url, autocommit=True) as connection:
            waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND wait_event_type = 'Lock'"
            while connection.execute(waiting, [self.name]).fetchone() != (sessions,):
                pass
