"""Everything that is measured, in order. Each section is a function from the `Setting` to what it `Found`."""

from collections.abc import Callable, Mapping

from tests.bench import acks, backlog, bulk, drain, generator, idle, limit, memory, providers, start, trouble, width
from tests.bench.figures import Found
from tests.bench.setting import Setting

Section = Callable[[Setting], Found]

SECTIONS: Mapping[str, tuple[str, Section]] = {
    "providers": ("verifying and reading, each provider", providers.measure),
    "generator": ("what measures, measured itself", generator.measure),
    "acks": ("acknowledgements, in turns with the ceiling", acks.measure),
    "trouble": ("acknowledgements while delivering, in turns with the upstream's troubles", trouble.measure),
    "idle": ("from 200 to upstream", idle.measure),
    "drain": ("deliveries with no rate limit", drain.measure),
    "backlog": ("a large store beside an empty one", backlog.measure),
    "start": ("from the command to the first 200", start.measure),
    "memory": ("memory after load", memory.measure),
    "width": ("more and more processes on PostgreSQL", width.measure),
    "bulk": ("waiting sign-ups created in bulk, at the rate limit", bulk.measure),
    "limit": ("deliveries at the rate limit, by four processes", limit.measure),
}
