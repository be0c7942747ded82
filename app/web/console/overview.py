"""The first page: how things are going."""

from flask import render_template, request

from app.alerts.present import wrong
from app.desk.overview import SPANS, history, quiet
from app.desk.upstream import upstreams
from app.waiting import NOBODY
from app.web.console.charts import bars, top
from app.web.console.desk import bridge, console


@console.get("/")
def overview() -> str:
    """What came and what became of it, what waits, and who is in trouble."""
    here, now = bridge(), bridge().now()
    length = request.args.get("span", "day")
    length = length if length in SPANS else "day"
    spans = history(here.store, now, length)
    refused = here.store.refusals.newest(most=5)
    return render_template(
        "overview.html",
        now=now,
        length=length,
        wrong=wrong(here.config, here.store, now),
        spans=spans,
        chart=bars(spans, by_day=length == "month"),
        top=top(spans),
        oldest=here.store.log.oldest_waiting(),
        upstreams=upstreams(here.config, here.store, now),
        quiet=quiet(here.config, here.store, now),
        refused=refused,
        idle=None if here.store.deliverers.all() else NOBODY,
    )
