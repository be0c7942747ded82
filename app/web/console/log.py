"""What was done by hand, by whom and when."""

from flask import render_template, request

from app.web.console.desk import bridge, console

_MOST = 50


@console.get("/log")
def actions() -> str:
    """List actions, the newest first."""
    after = request.args.get("after", "")
    before = int(after) if after.isdecimal() and len(after) < 19 else None
    rows = bridge().store.actions.newest(before, _MOST + 1)
    cursor = rows[_MOST - 1].id if len(rows) > _MOST else None
    return render_template("log.html", rows=rows[:_MOST], cursor=cursor, first=not before)
