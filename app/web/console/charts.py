"""Charts, drawn here as SVG: the browser runs nothing for them, and who cannot see them reads the table beside."""

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from app.desk.overview import Span

_KINDS = ("delivered", "ignored", "failed", "waiting")
_WIDTH, _HEIGHT, _GAP = 960, 200, 0.2
_SVG = Markup(
    '<svg class="chart" role="img" aria-labelledby="chart-title chart-desc" viewBox="0 0 {width} {height}" '
    'preserveAspectRatio="none" focusable="false"><title id="chart-title">{title}</title>'
    '<desc id="chart-desc">{desc}</desc>{lines}{bars}</svg>'
)
_BAR = Markup('<rect class="{kind}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"></rect>')
_LINE = Markup('<line class="grid" x1="0" x2="{width}" y1="{y:.1f}" y2="{y:.1f}"></line>')


def bars(spans: Sequence[Span], *, by_day: bool) -> Markup:
    """Return a bar for each span, of what became of its events, one upon the other."""
    most = top(spans)
    title = f"Events accepted by {'day' if by_day else 'hour'}, and what became of them"
    drawn = Markup().join(_bars(spans, most))
    lines = Markup().join(_LINE.format(width=_WIDTH, y=_HEIGHT * part) for part in (0, 0.5, 1))
    return _SVG.format(width=_WIDTH, height=_HEIGHT, title=title, desc=_said(spans), lines=lines, bars=drawn)


def top(spans: Sequence[Span]) -> int:
    """Return the upper end of the scale: 1, 2 or 5 and zeros, at or above the highest bar."""
    highest = max((span.accepted for span in spans), default=0)
    scale = 1
    while scale < highest:
        scale = next(step for step in (2 * scale, 5 * scale, 10 * scale) if step >= highest or step == 10 * scale)
    return scale


def _bars(spans: Sequence[Span], most: int) -> Iterator[Markup]:
    room = _WIDTH / max(1, len(spans))
    for number, span in enumerate(spans):
        below = 0.0
        for kind in _KINDS:
            if count := getattr(span, kind):
                height = max(count / most * _HEIGHT, 1.5)  # one among thousands is seen, too
                below += height
                x, y = number * room + room * _GAP / 2, _HEIGHT - below
                yield _BAR.format(kind=kind, x=x, y=y, width=room * (1 - _GAP), height=height)


def _said(spans: Sequence[Span]) -> str:
    counts = {kind: sum(getattr(span, kind) for span in spans) for kind in _KINDS}
    told = ", ".join(f"{count:,} {kind}" for kind, count in counts.items())
    return f"{sum(span.accepted for span in spans):,} accepted: {told}."
