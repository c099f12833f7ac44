"""What several verbs share: where the content is, the settings, and JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import click

from bot.settings import Settings

number_type = click.IntRange(-(10**15), 10**15)
"""A number of something that is stored: what Telegram or the database counts never is larger."""
content_option = click.option(
    "--content", type=click.Path(path_type=Path), help="The folder that holds services.yaml, intents/ and locales/."
)
intents_option = click.option(
    "--intents",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Match against this folder <lang>/<topic>.yaml alone, without a services.yaml.",
)


def settings_of(ctx: click.Context, content: Path | None = None) -> Settings:
    """The settings from the environment; ``--content`` goes before OPAS_CONTENT."""
    env: Mapping[str, str] = ctx.obj or {}
    settings = Settings.from_env(env)
    return replace(settings, content=content) if content else settings


def say_json(value: object) -> None:
    """Print a value that JSON can hold, in the letters of its language."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))
