"""Long work in one request: the answer comes in pieces, so that one sees how far it got, with a script and without.

Each piece replaces the one before: by a rule of the stylesheet, or by the script, which keeps the page around it.
"""

import queue
import threading
from collections.abc import Callable, Iterator
from typing import TypeVar

from flask import Response, render_template, stream_template
from markupsafe import Markup

from app.errors import BridgeError
from app.web.console.desk import in_place
from app.web.problems import log_bug

Told = TypeVar("Told")

_SEPARATOR = Markup("<!--piece-->")


def in_pieces(title: str, back: str, pieces: Iterator[Markup]) -> Response:
    """Answer with pieces as they come; ``back`` is the page to go on to."""
    template = "_pieces.html" if in_place() else "pieces.html"
    body = stream_template(template, title=title, back=back, pieces=_separated(pieces))
    return Response(body, headers={"X-Accel-Buffering": "no"})  # or a proxy would keep them until the end


def _separated(pieces: Iterator[Markup]) -> Iterator[Markup]:
    try:
        for piece in pieces:
            yield _SEPARATOR + piece
    except BridgeError as error:
        yield _SEPARATOR + _failed(str(error))
    except Exception as error:  # noqa: BLE001 -- the answer has begun: there is no other way to say it
        log_bug(error)
        yield _SEPARATOR + _failed("Something went wrong here. What was done so far stays done.")


def _failed(words: str) -> Markup:
    return Markup(render_template("_trouble.html", title="That did not work", words=words))  # noqa: S704 -- escaped there


def from_thread(work: Callable[[Callable[[int], None]], Told]) -> Iterator[int | Told]:
    """Do work that tells how far it got by calling; yield what it tells, and its result last.

    Whoever asks may leave: the work goes on to its end.
    """
    told: queue.SimpleQueue[tuple[bool, int | Told | Exception]] = queue.SimpleQueue()

    def run() -> None:
        try:
            told.put((True, work(lambda count: told.put((False, count)))))
        except Exception as error:  # noqa: BLE001 -- it is raised again where it is waited for
            told.put((True, error))

    threading.Thread(target=run, name="console-work").start()
    last = False
    while not last:
        last, found = told.get()
        if isinstance(found, Exception):
            raise found
        yield found
