"""What goes wrong upstream. Whether it does is decided by the seed and the request, not by its time."""

from collections import Counter
from dataclasses import dataclass
from enum import Enum
from random import Random


class Answer(Enum):
    """What the caller gets to see."""

    GOOD = "good"
    ERROR = "5xx"
    LIMITED = "429, seconds"
    LIMITED_DATE = "429, date"
    HANG = "hang"
    DROP = "drop"
    HTML = "html"


@dataclass(frozen=True)
class Fault:
    """``done``: the request is carried out, after ``late`` seconds; by ``half`` if it is for many people."""

    answer: Answer
    done: bool
    late: float = 0.0
    half: bool = False

    def __str__(self) -> str:
        done = f", {'half ' * self.half}done" if self.done else ""
        return f"{self.answer.value}{done}{', late' if self.late else ''}"


NONE = Fault(Answer.GOOD, done=True)
# ``late``: the bridge gave up after a second, and only then is the contact made
_KINDS = {
    Fault(Answer.ERROR, done=False): 5,
    Fault(Answer.ERROR, done=True): 5,
    Fault(Answer.HANG, done=False): 3,
    Fault(Answer.HANG, done=True): 5,
    Fault(Answer.HANG, done=True, late=1.3): 3,
    Fault(Answer.DROP, done=False): 5,
    Fault(Answer.DROP, done=True): 3,
    Fault(Answer.DROP, done=True, half=True): 2,
    Fault(Answer.HTML, done=False): 3,
    Fault(Answer.HTML, done=True): 3,
    Fault(Answer.GOOD, done=True, late=0.3): 10,
    Fault(Answer.LIMITED, done=False): 0.5,
    Fault(Answer.LIMITED_DATE, done=False): 0.5,
}


class Faults:
    """Decides for each request; ``struck`` counts."""

    def __init__(self, seed: str, probability: float) -> None:
        self._seed, self.probability = seed, probability
        self.slow = 0.0  # seconds before any request is carried out
        self._seen: Counter[bytes] = Counter()
        self.struck: Counter[str] = Counter()

    def take(self, request: bytes) -> Fault:
        self._seen[request] += 1
        self.struck["slow"] += self.slow > 0
        random = Random(f"{self._seed} {request!r} {self._seen[request]}")
        if random.random() >= self.probability:
            return NONE
        fault = random.choices(list(_KINDS), list(_KINDS.values()))[0]
        self.struck[str(fault)] += 1
        return fault
