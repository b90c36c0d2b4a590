"""Long computations as generators: a pause between two pieces of work, the answer at the end.

Whoever runs one may look at the clock, say how far it is, or end it at every pause.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TypeVar

Answer = TypeVar("Answer")

Beats = Generator[None, None, Answer]


def finish(work: Generator[object, None, Answer]) -> Answer:
    """Run a computation to its end without a look at its pauses; return its answer."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            answer: Answer = end.value
            return answer
