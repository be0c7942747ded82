"""What was done by hand, by whom and when."""

from flask import render_template, request

from app.desk import listing
from app.web.console.desk import bridge, console


@console.get("/log")
def actions() -> str:
    """List actions, the newest first."""
    after = request.args.get("after")
    rows, cursor = listing.actions(bridge().store, after)
    return render_template("log.html", rows=rows, cursor=cursor, first=not after)
