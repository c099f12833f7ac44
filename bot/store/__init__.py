"""What must not be lost, in one SQLite file: the only SQL of the program.

Handlers stage what they want to write in a ``Unit`` and hand it to ``Store.commit``; reading is done by the
methods of ``Store``. Nothing outside this package knows a table or a column.
"""

from bot.store.database import Store
from bot.store.opening import StoreUnavailable
from bot.store.records import InboxRow, OutboxRow, Outgoing, PersonRow, Question, Unsent
from bot.store.retention import RETENTION
from bot.store.rules import Rule
from bot.store.unit import Staged, Unit

__all__ = [
    "RETENTION",
    "InboxRow",
    "OutboxRow",
    "Outgoing",
    "PersonRow",
    "Question",
    "Rule",
    "Staged",
    "Store",
    "StoreUnavailable",
    "Unit",
    "Unsent",
]
