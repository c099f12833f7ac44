"""``opas translate``."""

from __future__ import annotations

from pathlib import Path

import click

from bot.catalogue.content import LOCALES_FOLDER, load_catalogue, own_content
from bot.cli.common import content_option, settings_of
from bot.translation import update as update_files


@click.group()
def translate() -> None:
    """Files for translators (locales/<lang>/LC_MESSAGES/*.po)."""


@translate.command()
@content_option
@click.pass_context
def update(ctx: click.Context, content: Path | None) -> None:
    """Bring the .po files up to date with the texts of the program and of services.yaml."""
    folder = own_content(settings_of(ctx, content).content, Path.cwd())
    changed = update_files(folder / LOCALES_FOLDER, load_catalogue(folder))
    for line in changed:
        click.echo(line)
    if not changed:
        click.echo("All files are up to date.")
