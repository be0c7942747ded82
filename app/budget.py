"""How much an expression may go through, where it was not written into the configuration but sent by somebody.

A few characters of JMESPath can ask for more than any machine has: ``[@,@]|[@,@]|…`` doubles at each step.
"""

from typing import Any

from jmespath.visitor import TreeInterpreter

_A_STEP, _CHARACTERS = 10, 4  # what a step costs, and how many characters cost as much as one value
ENOUGH = 2_000_000  # less than a second, and some megabytes


class TooMuchError(Exception):
    """An expression goes through more than may be spent on it."""

    def __init__(self, text: str) -> None:
        super().__init__("goes through too much of this payload to be tried out")
        self.text = text


class Budget:
    """What may be spent on several searches together."""

    def __init__(self, left: int = ENOUGH) -> None:
        self.left = left

    def spend(self, found: Any, text: str) -> None:
        """Pay for a step and what it found: what is twice in it is paid twice. Raises `TooMuchError`."""
        self.left -= _A_STEP
        waiting = [found]
        while waiting and self.left >= 0:
            each = waiting.pop()
            self.left -= 1
            if isinstance(each, str):
                self.left -= len(each) // _CHARACTERS
            elif isinstance(each, list):
                waiting += each
            elif isinstance(each, dict):
                waiting += each.values()
        if self.left < 0:
            raise TooMuchError(text)


class Thrifty(TreeInterpreter):
    """Evaluates an expression step by step within a budget."""

    def __init__(self, options: Any, budget: Budget, text: str) -> None:
        super().__init__(options)
        self._budget, self._text = budget, text

    def visit(self, node: Any, *args: Any, **kwargs: Any) -> Any:
        found = super().visit(node, *args, **kwargs)
        self._budget.spend(found, self._text)
        return found
