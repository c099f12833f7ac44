"""``opas forget`` and ``opas export affected``: what the one responsible for the data must be able to do."""

from __future__ import annotations

import asyncio
import csv
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from bot.cli.common import number_type, say_json, settings_of
from bot.clock import clock_of
from bot.errors import OpasError
from bot.settings import Settings
from bot.store import Store
from bot.store.affected import Affected, affected_since, forgotten_since
from bot.store.copies import forget_again, form_of, record_of, since
from bot.store.retention import RETENTION
from bot.store.rules import table_of_records
from bot.store.talks import traces_of


# A group's number begins with a minus and is no option.
@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("chat_id", type=number_type, required=False)
@click.option(
    "--since-backup",
    "copy",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Forget again whoever asked for it after this copy was made.",
)
@click.option(
    "--record",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="With --since-backup: the file that knows who asked, if it is not the database.",
)
@click.pass_context
def forget(ctx: click.Context, chat_id: int | None, copy: Path | None, record: Path | None) -> None:
    """Erase everything that is stored of the chat CHAT_ID, to the last byte; also while the bot runs.

    With --since-backup FILE: after a restored copy, repeat the forgettings made since then, before the bot starts.
    """
    settings = settings_of(ctx)
    if (chat_id is None) == (copy is None):
        raise click.UsageError("Give either a CHAT_ID or --since-backup FILE.")
    form_of(settings.database)
    if copy is None:
        assert chat_id is not None
        asyncio.run(_forget_one(settings, chat_id))
        return
    if not settings.token:
        raise OpasError("Set TELEGRAM_BOT_TOKEN: without it nobody can be found by their mark.")
    form_of(copy)
    asked = since(record_of(record or settings.database), record_of(copy))

    async def repeat() -> int:
        async with await _open(settings) as store:
            return await forget_again(store, asked)

    found = asyncio.run(repeat())
    click.echo(f"{len(asked)} asked to be forgotten since {copy} was made; {found} were found and are forgotten again.")


async def _forget_one(settings: Settings, chat_id: int) -> None:
    async with await _open(settings) as store:
        kept = await traces_of(store, chat_id)
        await store.forget(chat_id)
    if not kept:
        click.echo("Nothing was stored of this chat.")
    for trace in kept:
        click.echo(f"{trace.table}: {trace.rows} erased")


@click.group()
def export() -> None:
    """Data for those who have to account for it."""


@export.command()
def record() -> None:
    """What is kept, why and how long, table by table, for the record of processing (Markdown)."""
    click.echo(table_of_records(RETENTION), nl=False)


@export.command()
@click.option("--since", "moment", required=True, help="A day or moment: 2026-11-20, 2026-11-20T14:00+02:00.")
@click.option("--json", "as_json", is_flag=True, help="JSON instead of CSV.")
@click.pass_context
def affected(ctx: click.Context, moment: str, as_json: bool) -> None:
    """Who was touched by a breach: chats of which something was stored or changed since a moment, and what.

    A day without a time is that day's midnight UTC. The list holds chat numbers: it is for the controller alone.
    """
    settings = settings_of(ctx)
    form_of(settings.database)
    start = _moment(moment)

    async def look() -> tuple[tuple[Affected, ...], int]:
        async with await Store.open(
            settings.database, now=clock_of(settings), read_only=True, asker_key=settings.asker_key()
        ) as store:
            return await affected_since(store, start), await forgotten_since(store, start)

    found, forgotten = asyncio.run(look())
    if as_json:
        say_json([_line(one) for one in found])
    else:
        writer = csv.DictWriter(sys.stdout, ["chat_id", "first", "last", "kinds"])
        writer.writeheader()
        for one in found:
            line = _line(one)
            writer.writerow({**line, "kinds": " ".join(f"{table}:{rows}" for table, rows in one.rows.items())})
    if forgotten:
        click.echo(f"{forgotten} more asked to be forgotten since then: nobody knows any more who they are.", err=True)


def _line(one: Affected) -> dict[str, object]:
    first, last = (at.isoformat(timespec="seconds") for at in (one.first, one.last))
    return {"chat_id": one.chat_id, "first": first, "last": last, "kinds": one.rows}


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise OpasError(f"'{text}' is no day or moment. Write it like 2026-11-20 or 2026-11-20T14:00.") from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)


async def _open(settings: Settings) -> Store:
    return await Store.open(settings.database, now=clock_of(settings), beside=True, asker_key=settings.asker_key())
