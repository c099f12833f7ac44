"""Our own bugs: noted for the operator without a word of what was written, and a kind sentence to the person."""

from __future__ import annotations

import logging

from telegram.ext import ContextTypes

from bot.handlers.work import CURRENT

_log = logging.getLogger(__name__)


async def fail(update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Mark the unit of work as failed; the inbox drops what was staged and sets the update aside."""
    del update
    work = CURRENT.get(None)
    if work is not None:
        work.failure = context.error
    else:
        _log.error("error outside of any update", extra={"error": type(context.error).__name__})
