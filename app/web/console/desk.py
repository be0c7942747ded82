"""The console's blueprint: who is let in, what each answer says to the browser, and pages for what went wrong."""

import hmac
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, current_app, g, redirect, render_template, request, url_for
from werkzeug.exceptions import Forbidden, HTTPException, NotFound

from app.access import Access
from app.desk.deliverers import mapping_otherwise
from app.errors import BridgeError, StoreUnavailableError
from app.web.console.sessions import COOKIE, Session, Sessions
from app.web.problems import log_bug

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

    from app.bridge import Bridge

console = Blueprint("console", __name__, url_prefix="/console", template_folder="templates", static_folder="static")

_OPEN = ("console.sign_in", "console.static")
_ONLY_READ = ("console.sign_out", "console.find", "console.playground")  # what a reader may post
_LARGEST = {"console.playground": 8 * 1024 * 1024, "console.import_people": 64 * 1024 * 1024}
_LARGEST_FORM = 64 * 1024
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def bridge() -> "Bridge":
    found: Bridge = current_app.extensions["bridge"]
    return found


def access() -> Access:
    return Access(bridge().config.server)


def sessions() -> Sessions:
    """The sessions of this application; their key is made once."""
    made: Sessions = current_app.extensions.setdefault("console sessions", Sessions(bridge().config.server))
    return made


def session() -> Session:
    """Who asks; only pages that are not open to everybody may want to know."""
    found: Session = g.session
    return found


def who() -> str:
    """How the one who asks is named in the log of actions."""
    return session().signature


def insist_on_steering() -> None:
    """Refuse a page to somebody who may only look."""
    if not session().steers:
        raise Forbidden("You are signed in to look, and not to change anything.")


def otherwise() -> str:
    """Say that what delivers maps by another configuration than what is shown here, if it does."""
    return mapping_otherwise(bridge().config, bridge().store, "these pages") or ""


def in_place() -> bool:
    """Whether htmx asks, for a part of a page."""
    return "HX-Request" in request.headers


@console.before_request
def _admit() -> "AnyResponse | None":
    request.max_content_length = _LARGEST.get(request.endpoint or "", _LARGEST_FORM)
    request.max_form_memory_size = request.max_content_length
    store = bridge().store
    g.session = sessions().read(request.cookies.get(COOKIE, ""), bridge().now())
    if request.endpoint == "console.static":
        return None
    if not store.migrated:  # the database may have been away until now
        store.migrate()
    if request.endpoint in _OPEN:
        return None
    if g.session is None:
        return _to_sign_in()
    if request.method == "POST":
        _check_post(g.session)
    return None


def _to_sign_in() -> "AnyResponse":
    """Ask who it is; afterwards they are where they wanted to be."""
    wanted = request.full_path.rstrip("?") if request.method == "GET" and not in_place() else ""
    place = url_for("console.sign_in", next=wanted or None)
    if in_place():  # a redirect would put the form into a part of the page
        return Response(status=401, headers={"HX-Redirect": place})
    if wanted and request.headers.get("Sec-Fetch-Site") == "cross-site":
        # By a link in a mail, say: a browser sends no strict cookie then, but does when our own page asks.
        return Response(render_template("again.html", wanted=wanted))
    return redirect(place, 303)


def _check_post(asking: Session) -> None:
    if not same(request.form.get("csrf", ""), asking.csrf):
        raise Forbidden("The form was not made for this session. Go back, load the page again and send it once more.")
    if not asking.steers and request.endpoint not in _ONLY_READ:
        raise Forbidden("You are signed in to look, and not to change anything.")


def same(one: str, other: str) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8", "replace"))


@console.after_request
def _with_headers(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers["Cache-Control"] = "no-cache" if request.endpoint == "console.static" else "no-store"
    return response


@console.context_processor
def _for_every_template() -> dict[str, Any]:
    asking: Session | None = g.get("session")
    return {"session": asking, "csrf": asking.csrf if asking else "", "now": bridge().now(), "in_place": in_place()}


@console.get("/<path:_anything>")
def nothing(_anything: str) -> Response:
    """There is no such page; said as a page, and only to who is signed in."""
    raise NotFound


@console.errorhandler(HTTPException)
def _refused(error: HTTPException) -> tuple[str, int, dict[str, str]]:
    status = error.code or 500
    words = {404: "There is no such page, or what it was about is gone.", 413: "That is too large to be sent."}
    kept = {name: value for name, value in error.get_headers() if name in ("Allow", "Retry-After")}
    return _page(error.name, words.get(status, error.description or ""), status, kept)


@console.errorhandler(BridgeError)
def _in_trouble(error: BridgeError) -> tuple[str, int, dict[str, str]]:
    if isinstance(error, StoreUnavailableError):
        words = "The database cannot be used at the moment. Webhooks are answered 503, so their senders try again."
        return _page("No database", words, 503, {"Retry-After": "5"})
    return _page("That did not work", str(error), 409, {})


@console.errorhandler(Exception)
def _bug(error: Exception) -> tuple[str, int, dict[str, str]]:
    log_bug(error)
    return _page("Something went wrong here", "Where it happened stands in the log, as a bug.", 500, {})


def _page(title: str, words: str, status: int, headers: dict[str, str]) -> tuple[str, int, dict[str, str]]:
    template = "_trouble.html" if in_place() else "trouble.html"
    return render_template(template, title=title, words=words, status=status), status, headers
