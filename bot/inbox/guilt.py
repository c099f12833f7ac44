"""Which update the processor is at, so that it is known whose fault it was if the program dies."""

from __future__ import annotations

import types
from collections.abc import Coroutine, Generator
from typing import Any, TypeVar

from bot.store.hands import Hands

_Result = TypeVar("_Result")


@types.coroutine
def in_hand(
    work: Coroutine[Any, Any, _Result], hands: Hands, update_id: int, alone: bool
) -> Generator[Any, Any, _Result]:
    """``work``; its update is noted as in hand exactly while the processor is at it, not while it waits for the
    database. So a kill -9 at a random moment almost never meets the same update twice; an update that kills the program
    is met every time."""
    answer: Any = None
    error: BaseException | None = None
    while True:
        hands.take_update(update_id, alone=alone)
        try:
            waits_for = work.send(answer) if error is None else work.throw(error)
        except StopIteration as end:
            done: _Result = end.value
            return done
        finally:
            hands.leave_update()
        answer = error = None
        try:
            answer = yield waits_for
        except GeneratorExit:
            work.close()
            raise
        except BaseException as thrown:
            error = thrown
