"""A stand-in for the contacts API, to try out and test against: strict by its rules, failing on request."""

from app.sandbox.faults import Fault, FaultKind
from app.sandbox.server import SandboxServer, serve
from app.sandbox.settings import Bulk, Duplicates, Settings

__all__ = ["Bulk", "Duplicates", "Fault", "FaultKind", "SandboxServer", "Settings", "serve"]
