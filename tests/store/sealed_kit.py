"""Keys, people and the raw content of a database, for the tests of encryption at rest."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import sqlalchemy as sa
from store_events import NOW, arrival, ended, event, pending, said

from app.contact import Contact
from app.store import Store
from app.store.keyring import new_key
from app.store.tables import metadata
from app.webhook import EventStatus

OLD, NEW, LOST = new_key(), new_key(), new_key()
Open = Callable[..., Store]

MIRA = Contact(user_id="shop:7731", name="Mira Okonkwo", email="mira@sealed.example", phone="+14155552671")
SECRETS = [b"mira", b"Okonkwo", b"sealed.example", b"4155552671", b"shop:7731"]


@contextmanager
def opened(url: str, *keys: str) -> Iterator[Store]:
    with closing(Store(url, keys)) as store:
        store.migrate()
        yield store


def tell(store: Store, contacts: dict[str, Contact], body: bytes = b"{}") -> None:
    """Receive and map an event of each contact."""
    store.inbox.add(arrival(NOW, *(event(name, body=body) for name in contacts)))
    store.received.map(said(contacts), NOW)


def tell_all_of_mira(store: Store) -> None:
    """Leave her in every column that can hold a word of her."""
    body = b'{"email": "mira@sealed.example", "name": "Mira Okonkwo", "phone": "+14155552671", "id": "shop:7731"}'
    arrived = event("e1", body=body)
    store.inbox.add(arrival(NOW, arrived))
    store.received.map(lambda _: pending(MIRA, "main", "says mira@sealed.example"), NOW)
    [claim] = store.claims.claim(NOW, 1, ["main"])
    told = {"name": "Mira Okonkwo", "contact_id": "contact_1", "sent": claim.person.identities}
    words = "mira@sealed.example is refused"
    settlement = ended(
        claim, NOW, EventStatus.FAILED, person=told, reason=words, message=words, notes=["not Okonkwo"],
        exchanges=[{"body": {"email": "mira@sealed.example"}}],
    )  # fmt: skip
    assert store.claims.settle(settlement)


def everything_in(store: Store) -> bytes:
    """Return every value in every column, as it is kept."""
    found = []
    with store.database.reading() as connection:
        for table in metadata.sorted_tables:
            found += [value for row in connection.exec_driver_sql(f"SELECT * FROM {table.name}") for value in row]
    return b"\n".join(bytes(v) if isinstance(v, bytes | memoryview) else str(v).encode() for v in found)


def files_of(url: str) -> bytes:
    """Return the bytes of an SQLite database and what lies beside it."""
    path = Path(sa.make_url(url).database or "")
    return b"".join(file.read_bytes() for file in sorted(path.parent.glob(f"{path.name}*")) if file.is_file())


def shown(data: bytes) -> list[bytes]:
    return [word for word in SECRETS if word in data]


def persons_in(store: Store) -> int:
    with store.database.reading() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM persons").scalar_one())
