"""Messages that are due, kept until Telegram has confirmed them; is given a ``send``, so it knows no
Telegram.

A message is noted as "on its way" before the call and as answered right after it (``bot.store.hands``), then written
down as sent. What was on its way when the program died, or was never confirmed, goes out once more: a person may see a
double, never a gap. Few are on their way at once, so few can be doubled.
"""

from bot.outbox.answers import ChatClosed, InDoubt, NotSent, NotTaken, TryLater
from bot.outbox.sending import Outbox, Send
from bot.store import OutboxRow, Outgoing

__all__ = ["ChatClosed", "InDoubt", "NotSent", "NotTaken", "Outbox", "OutboxRow", "Outgoing", "Send", "TryLater"]
