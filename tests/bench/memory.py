"""Bar 6: the memory of all processes of a bridge on a large store, after load and while delivering."""

from contextlib import ExitStack

from tests.bench.bridges import configured, metrics, serving, wait_for
from tests.bench.figures import Figure, Found
from tests.bench.rounds import CONNECTIONS, load_on
from tests.bench.running import listening
from tests.bench.setting import Setting

_MOST_MB = 200.0
_TIMES = 3  # as long as a round


def measure(setting: Setting) -> Found:
    """SQLite is in the bridge's own processes; PostgreSQL's are not counted."""
    figures, lines = list[Figure](), list[str]()
    for kind in setting.databases.kinds:
        memory = _memory(setting, setting.large(kind))
        name = f"memory of all processes, large store, {kind}"
        figures += [
            Figure(f"{name}: PSS", [memory["pss_mb"]], "MB", better="less", bar="6", limit=_MOST_MB),
            Figure(f"{name}: RSS", [memory["rss_mb"]], "MB", better="less"),
        ]
        lines.append(
            f"memory, {kind}: {memory['pss_mb']:.0f} MB PSS (shared pages once), "
            f"{memory['rss_mb']:.0f} MB RSS (in each of {memory['processes']:.0f} processes)"
        )
    return Found(figures, lines)


def _memory(setting: Setting, database_url: str) -> dict[str, float]:
    with ExitStack() as stack:
        upstream = stack.enter_context(listening("stand_in", setting.folder, "--latency", "0.1"))
        config = configured(setting.folder, database_url, upstream.port)
        bridge = stack.enter_context(serving(config, delivery=True))
        wait_for(bridge.port)
        for connections in CONNECTIONS:
            load_on(bridge, connections, _TIMES * setting.size.seconds)
        metrics(bridge.port)
        return bridge.memory()
