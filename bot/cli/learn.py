"""``opas learn export``."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from bot.app import clock_of
from bot.catalogue.content import find_content, load_content
from bot.cli.common import content_option, settings_of
from bot.errors import OpasError
from bot.review.acts import VERSION
from bot.review.export import Exported, export
from bot.settings import Settings
from bot.store import Store
from bot.store import phrases as phrase_rows


@click.group()
def learn() -> None:
    """What the staff taught the bot."""


@learn.command("export")
@content_option
@click.pass_context
def export_(ctx: click.Context, content: Path | None) -> None:
    """Write learnt phrases into the content files, ready for git; never what a person wrote."""
    settings = settings_of(ctx, content)
    folder = find_content(settings.content, Path.cwd())
    done = asyncio.run(_export(settings, folder))
    for file in done.files:
        click.echo(f"changed: {file}")
    click.echo(f"{len(done.written)} phrases are in the content now.")
    for phrase in done.left:
        click.echo(f"left: «{phrase.text}» ({phrase.language}) means answer {phrase.answer_id}, which is no need yet.")


async def _export(settings: Settings, folder: Path) -> Exported:
    if not settings.database.exists():
        raise OpasError(f"There is no database at {settings.database}. Start the bot once, or set OPAS_DATABASE.")
    catalogue = load_content(folder).catalogue
    async with await Store.open(settings.database, now=clock_of(settings), beside=True) as store:
        phrases = [phrase for phrase in await phrase_rows.phrases(store) if phrase.state == "live"]
        done = export(folder, catalogue, phrases)
        unit = store.unit()
        phrase_rows.note_exported(unit, [phrase.id for phrase in done.written])
        unit.bump(VERSION)
        await store.commit(unit)
    return done
