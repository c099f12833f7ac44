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
    (
        # Rebuilt, because SQLite cannot widen a CHECK; the words a person wrote are copied as they are.
        """
        CREATE TABLE question_new (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            key TEXT NOT NULL,
            asked_at INTEGER NOT NULL,
            language TEXT NOT NULL,
            text TEXT NOT NULL,
            outcome TEXT NOT NULL CHECK (outcome IN ('unanswered', 'none-of-these', 'wrong', 'person', 'fact')),
            needs TEXT NOT NULL,
            service TEXT NOT NULL DEFAULT '',
            urgent INTEGER NOT NULL,
            chat_id INTEGER,
            asker TEXT NOT NULL DEFAULT '',
            group_id INTEGER,
            joined TEXT NOT NULL DEFAULT ''
        )
        """,
        """
        INSERT INTO question_new (id, key, asked_at, language, text, outcome, needs, urgent, chat_id)
        SELECT id, key, asked_at, language, text, outcome, needs, urgent, chat_id FROM question
        """,
        "DROP TABLE question",
        "ALTER TABLE question_new RENAME TO question",
        "CREATE INDEX question_by_group ON question (group_id)",
        """
        CREATE TABLE question_group (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            kind TEXT NOT NULL CHECK (kind IN ('question', 'fact')),
            drawer TEXT NOT NULL CHECK (drawer IN ('queue', 'aside')),
            state TEXT NOT NULL CHECK (state IN ('open', 'answered', 'dropped', 'merged', 'expired')),
            language TEXT NOT NULL,
            need TEXT NOT NULL DEFAULT '',
            service TEXT NOT NULL DEFAULT '',
            opened_at INTEGER NOT NULL,
            changed_at INTEGER NOT NULL,
            closed_at INTEGER,
            merged_into INTEGER,
            claimed_by INTEGER,
            claimed_until INTEGER,
            handed_to INTEGER,
            reason TEXT NOT NULL DEFAULT '',
            told_at INTEGER
        )
        """,
        """
        CREATE TABLE group_apart (
            group_id INTEGER NOT NULL,
            other_id INTEGER NOT NULL,
            made_at INTEGER NOT NULL,
            PRIMARY KEY (group_id, other_id)
        )
        """,
        """
        CREATE TABLE answer (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            group_id INTEGER NOT NULL,
            staff_id INTEGER NOT NULL,
            language TEXT NOT NULL,
            pieces TEXT NOT NULL,
            texts TEXT NOT NULL,
            approved TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('live', 'undone', 'exported')),
            made_at INTEGER NOT NULL,
            send_at INTEGER NOT NULL,
            sent_at INTEGER,
            undone_at INTEGER
        )
        """,
        """
        CREATE TABLE delivery (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            answer_id INTEGER NOT NULL,
            question_id INTEGER,
            chat_id INTEGER NOT NULL,
            language TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'shown', 'gone', 'withdrawn')),
            made_at INTEGER NOT NULL,
            changed_at INTEGER NOT NULL,
            UNIQUE (answer_id, chat_id)
        )
        """,
        """
        CREATE TABLE letter (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            group_id INTEGER NOT NULL,
            question_id INTEGER,
            chat_id INTEGER,
            staff_id INTEGER,
            kind TEXT NOT NULL CHECK (kind IN ('reply', 'ask-back', 'from-person')),
            language TEXT NOT NULL,
            text TEXT NOT NULL,
            made_at INTEGER NOT NULL
        )
        """,
        "CREATE INDEX letter_by_group ON letter (group_id)",
        """
        CREATE TABLE phrase (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            language TEXT NOT NULL,
            need TEXT NOT NULL,
            answer_id INTEGER,
            text TEXT NOT NULL,
            staff_id INTEGER NOT NULL,
            group_id INTEGER,
            state TEXT NOT NULL CHECK (state IN ('live', 'withdrawn', 'exported')),
            made_at INTEGER NOT NULL
        )
        """,
        """
        CREATE TABLE sample (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            asked_at INTEGER NOT NULL,
            language TEXT NOT NULL,
            text TEXT NOT NULL,
            needs TEXT NOT NULL,
            judgement TEXT CHECK (judgement IN ('right', 'wrong', 'unclear')),
            staff_id INTEGER,
            judged_at INTEGER
        )
        """,
        """
        CREATE TABLE talk (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            chat_id INTEGER NOT NULL,
            speaker TEXT NOT NULL CHECK (speaker IN ('person', 'bot', 'counsellor')),
            text TEXT NOT NULL,
            said_at INTEGER NOT NULL
        )
        """,
        "CREATE INDEX talk_by_chat ON talk (chat_id)",
        "CREATE TABLE forgotten (mark TEXT PRIMARY KEY, forgotten_at INTEGER NOT NULL)",
        """
        CREATE TABLE staff (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            telegram_id INTEGER UNIQUE,
            name TEXT NOT NULL,
            role TEXT NOT NULL CHECK (role IN ('counsellor', 'admin', 'translator')),
            languages TEXT NOT NULL,
            topics TEXT NOT NULL,
            added_at INTEGER NOT NULL,
            removed_at INTEGER
        )
        """,
        """
        CREATE TABLE audience (
            period TEXT NOT NULL CHECK (period IN ('day', 'week', 'month')),
            start TEXT NOT NULL,
            name TEXT NOT NULL,
            language TEXT NOT NULL,
            need TEXT NOT NULL,
            times INTEGER NOT NULL,
            people INTEGER NOT NULL,
            PRIMARY KEY (period, start, name, language, need)
        )
        """,
        "CREATE TABLE audience_mark (mark TEXT PRIMARY KEY, made_at INTEGER NOT NULL)",
        """
        CREATE TABLE staff_link (
            token_hash TEXT PRIMARY KEY,
            staff_id INTEGER NOT NULL,
            made_at INTEGER NOT NULL,
            expires_at INTEGER NOT NULL,
            used_at INTEGER
        )
        """,
        """
        CREATE TABLE staff_session (
            token_hash TEXT PRIMARY KEY,
            staff_id INTEGER NOT NULL,
            csrf TEXT NOT NULL,
            made_at INTEGER NOT NULL,
            expires_at INTEGER NOT NULL
        )
        """,
        """
        CREATE TABLE staff_action (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            staff_id INTEGER NOT NULL,
            act TEXT NOT NULL,
            group_id INTEGER,
            detail TEXT NOT NULL,
            done_at INTEGER NOT NULL
        )
        """,
    ),
)
