"""What running a command is, to the type checker."""

from collections.abc import Callable

from click.testing import Result

Run = Callable[..., Result]
