"""The disk is full, the database is gone: 503 with Retry-After, and recovery by itself."""

import resource
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from serve_process import BEARER, Served, lead, until

from app.sandbox import SandboxServer
from app.store import Store

pytestmark = pytest.mark.slow


def emails(upstream: SandboxServer) -> list[str]:
    return [str(contact["channels"][0]["email"]) for contact in upstream.contacts.all()]


def full_disk(served: Served, *, full: bool) -> None:
    """Let no file grow beyond a byte, for every process of a bridge."""
    most = (1 if full else resource.RLIM_INFINITY, resource.RLIM_INFINITY)
    for process in [*served.children(), *served.workers()]:
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, most)


def refused(served: Served, number: object) -> bool:
    status, headers, _ = served.ask("POST", "/hooks/landing", lead(number), BEARER)
    return status == 503 and int(headers["Retry-After"]) > 0 and headers["Content-Type"] == "application/problem+json"


def test_it_answers_503_while_the_disk_is_full_and_recovers(
    serve: Callable[..., Served], upstream: SandboxServer
) -> None:
    served = serve()
    for idle in served.workers():  # each opens its counters, which are not on the disk
        idle.suspend()
        assert served.post(lead(f"before{idle.pid}")) == 200
        idle.resume()
    until(lambda: len(served.messages("attempt")) == 2)

    full_disk(served, full=True)

    assert all(refused(served, f"full{n}") for n in range(8))
    assert served.ask("GET", "/readyz")[0] == 503
    assert served.ask("GET", "/healthz")[0] == 200
    assert served.ask("GET", "/metrics")[0] == 200

    full_disk(served, full=False)

    assert [served.post(lead(f"after{n}")) for n in range(8)] == [200] * 8
    assert served.ask("GET", "/readyz")[0] == 200
    until(lambda: {f"lead-after{n}@example.com" for n in range(8)} <= set(emails(upstream)))
    assert not [email for email in emails(upstream) if "full" in email]


def test_it_answers_503_while_the_database_is_of_a_later_version(serve: Callable[..., Served], tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'later.db'}"
    with closing(Store(url)) as store:
        store.migrate()
        with store.database.writing() as connection:
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9001'")

    served = serve(database_url=url)

    assert all(refused(served, f"early{n}") for n in range(4))
    assert served.ask("GET", "/readyz")[0] == 503
    assert served.ask("GET", "/metrics")[0] == 200
    until(lambda: served.messages("store unavailable"))
    assert all("run the newer one" in entry["reason"] for entry in served.messages("store unavailable"))
    assert not served.messages("bug")


def test_it_answers_503_while_the_database_is_gone_and_recovers(
    serve: Callable[..., Served], postgresql: str, postgresql_url: str, upstream: SandboxServer
) -> None:
    served = serve(database_url=postgresql_url)
    name = sa.make_url(postgresql_url).database
    assert served.post(lead("before")) == 200

    with psycopg.connect(postgresql, autocommit=True) as admin:
        admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")  # type: ignore[arg-type]
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])

        assert all(refused(served, f"gone{n}") for n in range(4))
        assert served.ask("GET", "/readyz")[0] == 503
        assert served.ask("GET", "/healthz")[0] == 200
        assert b"\ncontact_bridge_store_up 0.0\n" in served.ask("GET", "/metrics")[2]
        assert served.post(b"{}") == 503
        assert served.ask("POST", "/hooks/landing", b"{}")[0] == 401
        assert served.ask("POST", "/hooks/nobody", b"{}")[0] == 404

        admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")  # type: ignore[arg-type]

    until(lambda: served.post(lead("again")) == 200, 5)
    until(lambda: served.ask("GET", "/readyz")[0] == 200, 5)
    assert b"\ncontact_bridge_store_up 1.0\n" in served.ask("GET", "/metrics")[2]
    until(lambda: "lead-again@example.com" in emails(upstream))


def test_it_starts_without_its_database_and_answers_503_until_it_comes(
    serve: Callable[..., Served], postgresql: str, upstream: SandboxServer
) -> None:
    late = sa.make_url(postgresql).set(database="late").render_as_string(hide_password=False)
    served = serve(database_url=late)

    assert refused(served, "early")
    assert served.ask("GET", "/readyz")[0] == 503
    assert served.ask("GET", "/healthz")[0] == 200
    assert served.ask("GET", "/metrics")[0] == 200

    with psycopg.connect(postgresql, autocommit=True) as admin:
        admin.execute("CREATE DATABASE late")

    until(lambda: served.post(lead("late")) == 200, 10)
    until(lambda: "lead-late@example.com" in emails(upstream))
    served.__exit__()
    with psycopg.connect(postgresql, autocommit=True) as admin:
        admin.execute("DROP DATABASE late WITH (FORCE)")
