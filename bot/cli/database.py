"""``opas backup``, ``opas restore``, ``opas migrate``: the database as a file."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from bot.cli.common import settings_of
from bot.clock import clock_of
from bot.store import Store, schema
from bot.store.copies import back_up, form_of, restore
from bot.store.retention import BACKUP_DAYS

_file = click.argument("file", type=click.Path(path_type=Path, dir_okay=False))


@click.command()
@_file
@click.option("--replace", is_flag=True, help="FILE may be an older copy: it goes when the new one is whole.")
@click.pass_context
def backup(ctx: click.Context, file: Path, replace: bool) -> None:
    """Write a copy of the database to FILE, also while the bot runs."""
    size = back_up(settings_of(ctx).database, file, replace=replace)
    click.echo(f"{file}: {size:,} bytes, readable for you alone. Delete it after {BACKUP_DAYS} days.")


@click.command("restore")
@_file
@click.pass_context
def restore_command(ctx: click.Context, file: Path) -> None:
    """Put the copy FILE in the place of the database; the bot must not run.

    The database that was there is kept beside it. Whoever asked to be forgotten since the copy was made is forgotten
    again.
    """
    settings = settings_of(ctx)
    done = asyncio.run(restore(settings.database, file, clock_of(settings), settings.asker_key()))
    click.echo(f"{settings.database} is now what {file} was.")
    if done.set_aside:
        click.echo(
            f"The database before it lies at {done.set_aside}; delete it after {BACKUP_DAYS} days at the latest."
        )
    if not done.record_read:
        click.echo(
            "It cannot be read who asked to be forgotten since the copy was made. If you have a newer copy, run:\n"
            f"  opas forget --since-backup {file} --record NEWER-COPY",
            err=True,
        )
    elif done.recorded:
        click.echo(
            f"{done.recorded} asked to be forgotten since the copy was made; {done.forgotten} of them stood in it and "
            "are forgotten again."
        )
        if done.forgotten < done.recorded and not settings.token:
            click.echo(
                "Without TELEGRAM_BOT_TOKEN nobody can be found by their mark. Set it, then run before you start the "
                f"bot:\n  opas forget --since-backup {file}",
                err=True,
            )
    else:
        click.echo("Nobody asked to be forgotten since the copy was made, as far as the record says.")


@click.command()
@click.pass_context
def migrate(ctx: click.Context) -> None:
    """Bring the database to the form that this program needs; the bot must not run. (`opas run` does it too.)"""
    settings = settings_of(ctx)
    before, newest = form_of(settings.database), len(schema.MIGRATIONS)

    async def bring() -> None:
        await (await Store.open(settings.database, now=clock_of(settings))).close()

    asyncio.run(bring())
    if before == newest:
        click.echo(f"{settings.database} has the newest form ({newest}) already.")
    else:
        click.echo(
            f"{settings.database}: from form {before} to {newest}. "
            f"The copy from before lies at {settings.database}.before-{before + 1}."
        )
