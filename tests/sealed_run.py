"""The keys of a run with encryption at rest: ``SEALED=1 make test ARGS="tests/store tests/delivery"``."""

import os

KEYS = ["invented-key-for-tests-and-nothing-else-123="] if os.environ.get("SEALED") else []
