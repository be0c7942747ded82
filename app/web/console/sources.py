"""Sources: how to set each up at its sender, how it goes, and a sample to try it with."""

from typing import TYPE_CHECKING

from flask import redirect, render_template, request, url_for
from werkzeug.exceptions import NotFound

from app.config.model import Source
from app.desk import sampling
from app.desk import sources as desk
from app.errors import BridgeError, StoreUnavailableError, VerificationError
from app.web.console.desk import bridge, console, session, who
from app.web.console.guides import guide
from app.webhook import Reply

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse


@console.get("/sources")
def sources() -> str:
    """List the configured sources."""
    here = bridge()
    return render_template("sources.html", views=desk.views(here.config, here.store, request.host_url))


@console.get("/sources/<name>")
def source(name: str) -> str:
    """One source: the address to paste, the guide, what came and what was refused."""
    return _page(_named(name))


@console.post("/sources/<name>/sample")
def sample(name: str) -> "AnyResponse | str":
    """Send a sample as the sender would sign it."""
    this, chosen = _named(name), request.form.get("sample", "")
    url = desk.address(bridge().config, name, request.host_url)
    try:
        answer = sampling.send(bridge(), this, chosen, url)
    except StoreUnavailableError:
        raise
    except BridgeError as error:
        hint = f": {error.hint}" if isinstance(error, VerificationError) and error.hint else ""
        return _page(this, f"The sample was refused: {getattr(error, 'cause', error)}{hint}")
    bridge().store.actions.note(who(), "send a sample", {"source": name, "sample": chosen}, bridge().now())
    if isinstance(answer, Reply) or not answer:
        return _page(this, "The sample was answered, and there was nothing to keep in it.")
    place = url_for("console.event", source=name, id=answer[0].event.event_id)
    return redirect(place, 303)


def _named(name: str) -> Source:
    if name not in bridge().config.sources:
        raise NotFound
    return bridge().config.sources[name]


def _page(this: Source, words: str = "") -> str:
    here = bridge()
    view = desk.view(here.config, here.store, this.name, request.host_url)
    return render_template(
        "source.html", view=view, source=this, provider=this.provider, guide=guide(this.provider.setup, view.url),
        samples=sampling.samples_of(this) if session().steers else [], words=words,
        refusals=here.store.refusals.newest(this.name, most=10),
        signs=this.scheme.summary if this.scheme else "nothing: anybody can pose as the sender",
    )  # fmt: skip
