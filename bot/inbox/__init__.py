"""Updates, kept until they are dealt with: order per chat, several chats at once, urgent ones first in any
backlog.

Telegram is told "received" only after ``Inbox.accept`` returns, that is after the update is on the disk; from then
on it is worked on until it is done or set aside, whatever happens to the process. What a worker stages and
the note that its update is done are one transaction: an update has all its effects or none.
"""

from bot.inbox.backlog import Backlog
from bot.inbox.working import KILLER, Handle, Held, Inbox

__all__ = ["KILLER", "Backlog", "Handle", "Held", "Inbox"]
