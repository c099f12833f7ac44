"""Where a chat's number stands: the one list by which the chat is shown to its owner, forgotten, and found after a
breach. A test compares it with the schema."""

from __future__ import annotations

from typing import Final

TRACES: Final = {
    "person": "seen_at",
    "update_inbox": "received_at",
    "outbox": "created_at",
    "talk": "said_at",
    "question": "asked_at",
    "delivery": "changed_at",
    "letter": "made_at",
}
"""Every table with a column ``chat_id`` → the column that says when the row was written or last changed."""
