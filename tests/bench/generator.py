"""That what measures is not what is measured: the most that the load generator and the stand-in upstream can do."""

from tests.bench.figures import Figure, Found
from tests.bench.rounds import CONNECTIONS, in_turns
from tests.bench.running import listening
from tests.bench.setting import Setting
from tests.bench.tables import load_table


def measure(setting: Setting) -> Found:
    """The least that can answer, and the stand-in upstream, under all the load that the generator can make."""
    folder, size = setting.folder, setting.size
    with listening("responder", folder) as responder, listening("stand_in", folder) as stand_in:
        servers = {"the least that can answer": responder, "the stand-in upstream": stand_in}
        measured = in_turns(servers, size.few, size.seconds)
    figures = [
        Figure(f"requests a second to {name}, {connections} connections", [r.rate for r in measured[name, connections]])
        for name in servers
        for connections in CONNECTIONS
    ]
    return Found(figures, load_table("load generator to", measured, "the least that can answer"))
