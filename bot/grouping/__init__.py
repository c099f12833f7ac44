"""Which open questions ask the same, and what a question in an unread language is about. No SQL, no clock."""

from bot.grouping.grouped import grouped
from bot.grouping.grouper import Grouper
from bot.grouping.reasons import Placement, Reason
from bot.grouping.sorting import Move
from bot.grouping.understanding import Understood, spoken_of, things_in, understand
from bot.grouping.worth import Worth, worth_asking

__all__ = [
    "Grouper", "Move", "Placement", "Reason", "Understood", "Worth", "grouped", "spoken_of", "things_in",
    "understand", "worth_asking",
]  # fmt: skip
