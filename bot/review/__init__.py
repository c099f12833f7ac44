"""The counsellors' loop: answer once, everyone who asked hears, and the bot knows it next time.

The rules live here once; the page, the chat and the command line are doors. Nothing here knows Telegram or the web.
"""

from bot.review.delivery import Delivery
from bot.review.handover import Handover
from bot.review.records import (
    SILENT,
    Act,
    Answer,
    Done,
    Drawer,
    DropReason,
    Filters,
    Gone,
    GroupSummary,
    GroupView,
    Letter,
    NearGroup,
    NearNeed,
    NewAnswer,
    Preview,
    QuestionView,
    Recipient,
    Refused,
    Result,
    Session,
    Staff,
    TakenBy,
)
from bot.review.room import Review

__all__ = [
    "SILENT", "Act", "Answer", "Delivery", "Done", "Drawer", "DropReason", "Filters", "Gone", "GroupSummary",
    "GroupView", "Handover", "Letter", "NearGroup", "NearNeed", "NewAnswer", "Preview", "QuestionView", "Recipient",
    "Refused", "Result", "Review", "Session", "Staff", "TakenBy",
]  # fmt: skip
