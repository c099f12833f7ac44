"""The tables, as a list of migrations that only grows: never change one that was released, add the next.

INTEGER holds 64 bits; moments are milliseconds since 1970, UTC. AUTOINCREMENT, the one word of SQLite's own
here, keeps the number of a deleted row from being given again while a message with that number is still on
its way.
"""

from __future__ import annotations

from typing import Final

MIGRATIONS: Final[tuple[tuple[str, ...], ...]] = (
    (
        "CREATE TABLE schema_version (version INTEGER PRIMARY KEY, applied_at INTEGER NOT NULL)",
        """
        CREATE TABLE update_inbox (
            bot_id INTEGER NOT NULL,
            update_id INTEGER NOT NULL,
            chat_id INTEGER,
            message_id INTEGER,
            urgent INTEGER NOT NULL,
            kind TEXT NOT NULL,
            body TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('new', 'working', 'set-aside', 'done')),
            tries INTEGER NOT NULL DEFAULT 0,
            alone INTEGER NOT NULL DEFAULT 0,
            received_at INTEGER NOT NULL,
            finished_at INTEGER,
            error TEXT NOT NULL DEFAULT '',
            PRIMARY KEY (bot_id, update_id)
        )
        """,
        """
        CREATE TABLE person (
            chat_id INTEGER PRIMARY KEY,
            locale TEXT NOT NULL,
            state TEXT NOT NULL,
            seen_at INTEGER NOT NULL
        )
        """,
        """
        CREATE TABLE question (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            key TEXT NOT NULL,
            asked_at INTEGER NOT NULL,
            language TEXT NOT NULL,
            text TEXT NOT NULL,
            outcome TEXT NOT NULL CHECK (outcome IN ('unanswered', 'none-of-these', 'wrong', 'person')),
            needs TEXT NOT NULL,
            urgent INTEGER NOT NULL,
            chat_id INTEGER
        )
        """,
        """
        CREATE TABLE outbox (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            key TEXT NOT NULL UNIQUE,
            chat_id INTEGER NOT NULL,
            kind TEXT NOT NULL,
            body TEXT NOT NULL,
            priority INTEGER NOT NULL CHECK (priority IN (0, 1, 2)),
            state TEXT NOT NULL CHECK (state IN ('waiting', 'sending', 'sent', 'failed')),
            target_key TEXT,
            message_id INTEGER,
            tries INTEGER NOT NULL DEFAULT 0,
            doubt INTEGER NOT NULL DEFAULT 0,
            vanishes INTEGER NOT NULL,
            due_at INTEGER,
            created_at INTEGER NOT NULL,
            finished_at INTEGER,
            error TEXT NOT NULL DEFAULT ''
        )
        """,
        """
        CREATE TABLE counter (
            day TEXT NOT NULL,
            name TEXT NOT NULL,
            language TEXT NOT NULL,
            need TEXT NOT NULL,
            value INTEGER NOT NULL,
            PRIMARY KEY (day, name, language, need)
        )
        """,
        "CREATE TABLE version (name TEXT PRIMARY KEY, value INTEGER NOT NULL)",
    ),
)
