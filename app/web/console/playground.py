"""The playground: paste a payload, see the contact, edit the expressions. Nothing is kept or sent."""

from flask import render_template, request

from app.config.model import Source
from app.desk.sampling import samples_of
from app.desk.trying import PARTS, Trial, as_toml, attempt, expressions_of
from app.web.console.desk import bridge, console, in_place
from app.web.console.views import pretty


@console.route("/playground", methods=["GET", "POST"])
def playground() -> str:
    """Show the form, or what a payload would become."""
    here = bridge()
    source = here.config.sources.get(request.values.get("source", "")) or next(iter(here.config.sources.values()), None)
    if source is None:
        return render_template("playground.html", source=None)
    if request.method == "GET":
        return _page(source, *_sample(source, request.args.get("sample", "")), expressions_of(source), None)
    texts = {part: request.form.get(part, "") for part in PARTS}
    body, headers = request.form.get("payload", ""), request.form.get("headers", "")
    trial = attempt(here, source, body, headers, texts) if body.strip() else Trial(problem="The payload is empty.")
    return _page(source, body, headers, texts, trial)


def _page(source: Source, body: str, headers: str, texts: dict[str, str], trial: Trial | None) -> str:
    changed = texts != expressions_of(source)
    return render_template(
        "_trial.html" if in_place() else "playground.html", source=source, payload=body, headers=headers, texts=texts,
        trial=trial, samples=samples_of(source), sources=sorted(bridge().config.sources),
        toml=as_toml(source, texts) if changed and trial else "",
    )  # fmt: skip


def _sample(source: Source, name: str) -> tuple[str, str]:
    """The payload and the headers of a sample, to begin with."""
    found = next((sample for sample in samples_of(source) if sample.name == name), None)
    if found is None:
        return "", ""
    said = {key: value for key, value in found.webhook.headers.items() if key not in ("user-agent", "content-type")}
    form = found.webhook.body.lstrip()[:1] not in (b"{", b"[")
    body = found.webhook.body.decode("utf-8", "replace") if form else pretty(found.webhook.body)
    return body, "\n".join(f"{key}: {value}" for key, value in said.items())
