"""The stand-in upstream, a process of its own that is never killed: ``python -m tests.soak.upstream JOURNAL SEED``.

It prints its port, and writes down every request beside the journal. ``POST /_faults {"probability": 0.1,
"slow": 0.0}`` changes how often something goes wrong, and how many seconds everything takes.
"""

import asyncio
import json
import sys
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.soak.arrivals import Arrivals
from tests.soak.contacts import Contacts
from tests.soak.faults import NONE, Answer, Fault, Faults

_HANG_SECONDS = 3.0  # longer than the bridge waits
_HTML = b"<!doctype html><title>One moment</title><p>Checking your connection.</p>"


class Upstream:
    """Answers the calls of the contacts API, carried out or not, answered or not."""

    def __init__(self, contacts: Contacts, faults: Faults, arrivals: Arrivals) -> None:
        self._contacts, self._faults, self._arrivals = contacts, faults, arrivals

    async def connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request after another until somebody hangs up."""
        try:
            while await self._request(reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _request(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one; False to hang up."""
        head = await reader.readuntil(b"\r\n\r\n")
        method, target = head.split(b" ", 2)[:2]
        body = await reader.readexactly(_length(head))
        if target == b"/_faults":
            asked = json.loads(body)
            self._faults.probability, self._faults.slow = asked["probability"], asked["slow"]
            _send(writer, 200, json.dumps(self._faults.struck).encode())
            return True
        self._arrivals.note(time.monotonic(), target.decode(), body)
        fault = self._faults.take(b" ".join((method, target, body)))
        await asyncio.sleep(fault.late + self._faults.slow)
        made = self._carry_out(method.decode(), target.decode(), body, half=fault.half) if fault.done else None
        return await _answer(writer, fault, made)

    def _carry_out(self, method: str, target: str, body: bytes, *, half: bool) -> Any:
        url = urlsplit(target)
        contacts, parts = self._contacts, [unquote(part) for part in url.path.split("/")[4:]]  # /orgs/c/contacts/…
        match method, parts:
            case "POST", []:
                said = json.loads(body)
                return contacts.create(said["channel"], said["segment_ids"])
            case "POST", ["bulk", *dry]:
                said = json.loads(body)
                some = said["channels"][: len(said["channels"]) // (2 if half else 1)]
                return contacts.dry_run(some) if dry else contacts.create_many(some, said.get("segment_id"))
            case "GET", []:
                return contacts.find(dict(parse_qsl(url.query)))
            case "PATCH", [contact_id]:
                return contacts.change(contact_id, json.loads(body))
            case "POST", [contact_id, "segments", segment_id]:
                return contacts.join(contact_id, segment_id)
        return None


def _length(head: bytes) -> int:
    at = head.lower().find(b"content-length:")
    return int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0


async def _answer(writer: asyncio.StreamWriter, fault: Fault, made: Any) -> bool:
    match fault.answer:
        case Answer.DROP:
            return False
        case Answer.HANG:
            await asyncio.sleep(_HANG_SECONDS)
            return False
        case Answer.HTML:
            _send(writer, 200, _HTML, "Content-Type: text/html\r\n")
        case Answer.ERROR:
            _send(writer, 503, b'{"message": "the service is not available"}')
        case Answer.LIMITED:
            _send(writer, 429, b"{}", "Retry-After: 1\r\n")
        case Answer.LIMITED_DATE:
            at = format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)
            _send(writer, 429, b"{}", f"Retry-After: {at}\r\n")
        case _ if made is None and fault is NONE:
            _send(writer, 404, b'{"message": "not found"}')
        case _:
            _send(writer, 200, json.dumps(made).encode())
    await writer.drain()
    return True


def _send(writer: asyncio.StreamWriter, status: int, body: bytes, headers: str = "") -> None:
    head = f"HTTP/1.1 {status} Soak\r\nContent-Length: {len(body)}\r\n{headers}\r\n"
    writer.write(head.encode() + body)


async def _serve(journal: Path, seed: str) -> None:
    upstream = Upstream(Contacts(journal), Faults(seed, 0.0), Arrivals(journal.with_name("arrivals")))
    server = await asyncio.start_server(upstream.connection, "127.0.0.1", 0, backlog=512)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1]), sys.argv[2]))
