"""Signing in with a token and out again; wrong tokens are counted in the store, for all workers together."""

import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import unquote

from flask import Response, g, make_response, redirect, render_template, request, url_for
from werkzeug.exceptions import Forbidden

from app.web.console.desk import access, bridge, console, same, sessions, who
from app.web.console.sessions import COOKIE, FORM_COOKIE, PATH, give, is_secure

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

REFUSED = "sign-in refused"
MOST_REFUSED, _WITHIN = 10, timedelta(minutes=1)
_LONGEST_NAME = 60
_NOT_KEPT = (
    "Your browser did not keep the session. Off this machine the console works through https only: put a proxy with "
    "a certificate in front of the bridge."
)


@console.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> "AnyResponse":
    """Ask for a name and a token, and open a session."""
    if request.method == "GET":
        return _arrived() if request.args.get("kept") else _form()
    if not same(request.form.get("csrf", "") or "-", request.cookies.get(FORM_COOKIE, "")):
        raise Forbidden("The form is too old, or your browser keeps no cookies. Load the page again.")
    now = bridge().now()
    if wait := _wait(now):
        words = f"Too many wrong tokens were tried within a minute. Try again in {wait} seconds."
        return _form(words, 429, {"Retry-After": str(wait)})
    return _judged(now)


def _arrived() -> "AnyResponse":
    """Go on to where one wanted to be, now that there is a session; or say that the browser did not keep it."""
    return redirect(_wanted(request.args.get("next", "")), 303) if g.session else _form(_NOT_KEPT)


def _judged(now: datetime) -> "AnyResponse":
    name = " ".join(filter(str.isprintable, request.form.get("who", "").split()))[:_LONGEST_NAME]
    if not name:
        return _form("Say who you are: your name stands beside what you do.", 422)
    role = access().role(request.form.get("token", ""))
    if role is None:
        bridge().store.actions.note("somebody (console)", REFUSED, {}, now)  # the name was not proven either
        return _form("That token opens nothing here. It is server.admin_token or server.read_token.", 403)
    begun, cookie = sessions().begin(name, role, now)
    bridge().store.actions.note(begun.signature, "sign in", {"as": role.value}, now)
    wanted = _wanted(request.form.get("next", ""))
    response = make_response(redirect(url_for("console.sign_in", kept="1", next=wanted), 303))
    give(response, COOKIE, cookie, secure=is_secure(request, bridge().config.server.public_url))
    response.delete_cookie(FORM_COOKIE, path=PATH)
    return response


@console.post("/sign-out")
def sign_out() -> "AnyResponse":
    """Close the session."""
    bridge().store.actions.note(who(), "sign out", {}, bridge().now())
    response = make_response(redirect(url_for("console.sign_in"), 303))
    response.delete_cookie(COOKIE, path=PATH)
    return response


def _form(words: str = "", status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """The form; its token stands in a cookie, too, so that no other site fills it in for somebody."""
    token = secrets.token_hex(16)
    wanted = request.values.get("next", "")
    page = render_template("sign_in.html", words=words, csrf=token, wanted=wanted, name=request.form.get("who", ""))
    response = make_response(page, status, headers or {})
    give(response, FORM_COOKIE, token, secure=is_secure(request, bridge().config.server.public_url))
    return response


def _wait(now: datetime) -> int:
    """Return for how many seconds nobody may try, or 0."""
    latest = bridge().store.actions.newest(most=200)
    refused = [action.at for action in latest if action.what == REFUSED and action.at > now - _WITHIN]
    if len(refused) < MOST_REFUSED:
        return 0
    return max(1, int((refused[MOST_REFUSED - 1] + _WITHIN - now).total_seconds()) + 1)


def _wanted(path: str) -> str:
    """Where to go after signing in: a page of the console, and nothing else."""
    home = url_for("console.overview")
    plain = path.startswith(home) and "\\" not in path and path.isprintable()
    return path if plain and "/.." not in unquote(path) else home  # browsers take %2e for a dot, too
