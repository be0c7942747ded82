"""A process that tells one message by apprise and ends: ``python -m app.alerts.speaker``, JSON in, JSON out.

In: ``{"addresses": […], "title": …, "text": …}``; without a text the addresses are only checked. Out: for each address
null, or why it was not taken, in words that quote no address.
"""

import json
import logging
import os
import sys
from typing import Any

UNKNOWN = "is no address that apprise knows, or a part of it is missing (see `mailto://user:password@example.com`)"
NOT_TAKEN = "it was not taken"


def main() -> None:
    """Read a request from standard input and write the answer to standard output."""
    request = json.load(sys.stdin)
    out = os.dup(1)
    os.dup2(2, 1)  # whatever a plugin prints is no part of the answer
    answer = json.dumps([_told(address, request) for address in request["addresses"]])
    os.write(out, answer.encode())


def _told(address: str, request: dict[str, Any]) -> str | None:
    import apprise  # noqa: PLC0415 -- it is what takes long

    logging.disable()  # it may quote addresses
    speaker = apprise.Apprise()
    if not speaker.add(address):
        return UNKNOWN
    if "text" not in request:
        return None
    try:
        taken = speaker.notify(title=request["title"], body=request["text"], body_format=apprise.NotifyFormat.TEXT)
    except Exception as error:  # noqa: BLE001 -- a plugin of somebody else
        return f"{NOT_TAKEN} ({type(error).__name__})"
    return None if taken else NOT_TAKEN


if __name__ == "__main__":
    main()
