"""Bar 3: from the sender's 200 to the request upstream, event by event with nothing else to do."""

import time

from tests.bench import load
from tests.bench.bridges import configured, first_answer, serving
from tests.bench.draining import wait_for_arrivals
from tests.bench.figures import Figure, Found
from tests.bench.running import listening
from tests.bench.setting import Setting
from tests.bench.webhooks import webhooks

_P50, _P99 = 15.0, 100.0
_REST_SECONDS = 0.02  # idle again


def measure(setting: Setting) -> Found:
    """Raises `TimeoutError` if nothing is delivered."""
    figures = list[Figure]()
    for kind in setting.databases.kinds:
        result = load.Result(_seconds(setting, kind))
        for percent, most in ((50, _P50), (99, _P99)):
            milliseconds = [1000 * result.percentile(percent)]
            name = f"from 200 to upstream, p{percent}, {kind}"
            figures.append(Figure(name, milliseconds, "ms", better="less", bar="3", limit=most))
    return Found(figures, [f"one at a time, {setting.size.events} events"])


def _seconds(setting: Setting, kind: str) -> list[float]:
    with listening("stand_in", setting.folder) as upstream:
        config = configured(setting.folder, setting.databases.fresh(kind), upstream.port)
        with serving(config, delivery=True) as bridge:
            first_answer(bridge)
            wait_for_arrivals(upstream.port, 1, 10.0)
            answered = []
            for number, request in enumerate(webhooks(setting.size.events), 2):
                assert load.run(bridge.port, [request], 1, 5.0).failures == 0
                answered.append(time.monotonic())
                time.sleep(_REST_SECONDS)
                arrived = wait_for_arrivals(upstream.port, number, 10.0)
            return [there - here for here, there in zip(answered, arrived[1:], strict=True)]
