-- A database of form 1 whose bot stopped with messages on their way.
BEGIN TRANSACTION;
CREATE TABLE counter (
            day TEXT NOT NULL,
            name TEXT NOT NULL,
            language TEXT NOT NULL,
            need TEXT NOT NULL,
            value INTEGER NOT NULL,
            PRIMARY KEY (day, name, language, need)
        );
INSERT INTO "counter" VALUES('2026-11-21','answered','en','city-desk',3);
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
        );
INSERT INTO "outbox" VALUES(1,'110201543:41:1',7123456789,'send','',1,'sent',NULL,11,0,0,0,NULL,1795262400000,1795262400000,'');
INSERT INTO "outbox" VALUES(2,'110201543:41:2',7123456789,'send','{"text":"An answer that waits"}',1,'waiting',NULL,NULL,0,0,0,NULL,1795262400000,NULL,'');
INSERT INTO "outbox" VALUES(3,'110201543:41:3',7123456789,'send','{"text":"An answer on its way"}',1,'sending',NULL,NULL,0,0,0,NULL,1795262400000,NULL,'');
CREATE TABLE person (
            chat_id INTEGER PRIMARY KEY,
            locale TEXT NOT NULL,
            state TEXT NOT NULL,
            seen_at INTEGER NOT NULL
        );
INSERT INTO "person" VALUES(7123456789,'en','{"service":"city-office"}',1795262400000);
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
        );
INSERT INTO "question" VALUES(1,'9f2c',1795262400000,'en','which film is the best one','unanswered','[]',0,NULL);
CREATE TABLE schema_version (version INTEGER PRIMARY KEY, applied_at INTEGER NOT NULL);
INSERT INTO "schema_version" VALUES(1,1795262400000);
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
        );
INSERT INTO "update_inbox" VALUES(110201543,41,7123456789,10,0,'message','','done',1,0,1795262400000,1795262400050,'');
INSERT INTO "update_inbox" VALUES(110201543,42,7123456789,12,0,'message','{"update_id":42,"message":{"message_id":12,"date":1795262460,"chat":{"id":7123456789,"type":"private"},"from":{"id":7123456789,"is_bot":false,"first_name":"-","language_code":"en"},"text":"my throat hurts"}}','new',0,0,1795262460000,NULL,'');
CREATE TABLE version (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
INSERT INTO "version" VALUES('answers',2);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('question',1);
INSERT INTO "sqlite_sequence" VALUES('outbox',3);
COMMIT;
