"""``opas new-language``."""

from __future__ import annotations

from pathlib import Path

import click
from babel import Locale, UnknownLocaleError

from bot.catalogue.content import INTENTS_FOLDER, LOCALES_FOLDER, find_content, load_catalogue, own_content
from bot.catalogue.language import add_language
from bot.catalogue.notspoken import NOT_SPOKEN_FILE, read_not_spoken
from bot.cli.common import content_option, settings_of
from bot.errors import OpasError
from bot.translation import update


@click.command("new-language")
@click.argument("code")
@content_option
@click.pass_context
def new_language(ctx: click.Context, code: str, content: Path | None) -> None:
    """Begin another language: CODE is its two letters, like pl. Makes its files, then says where to begin.

    A language that Opas ships comes with its phrases for the needs of this city and with what the bot says.
    """
    folder = own_content(settings_of(ctx, content).content, Path.cwd())
    try:
        name = Locale.parse(code).english_name
    except (UnknownLocaleError, ValueError) as error:
        raise OpasError(f"no language '{code}'; write its two letters, like pl for Polish.") from error
    has_line = code in read_not_spoken(folder / LOCALES_FOLDER)
    begun = add_language(folder, find_content(None), load_catalogue(folder), code)
    update(folder / LOCALES_FOLDER, load_catalogue(folder))
    click.echo(f"{name} ({code}) is the last one in `languages` of services.yaml. Begin with the first of these:")
    texts = sorted(path.relative_to(folder) for path in (folder / LOCALES_FOLDER / code).rglob("*.po"))
    for path in [*begun.files, *texts]:
        click.echo(f"  {path}")
    for group, need in begun.moved.items():
        click.echo(f"The phrases of '{group}' stand below '{need.id}', to which you moved them in the other languages.")
    if has_line:
        line = f"{LOCALES_FOLDER}/{NOT_SPOKEN_FILE}"
        click.echo(f"Its line in {line} may stay: it is said only while nothing stands in {INTENTS_FOLDER}/{code}.")
    click.echo(f"`opas check` says what is missing, in {INTENTS_FOLDER}/{code} with its line.")
