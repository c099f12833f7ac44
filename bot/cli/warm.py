"""``opas warm``."""

from __future__ import annotations

from pathlib import Path

import click

from bot.catalogue.content import find_content
from bot.cli.common import content_option, settings_of
from bot.grouping.tokens import preparations
from bot.guide import load_guide
from bot.matching.cache import HeadCache, languages_of, progress_of


@click.command()
@content_option
@click.pass_context
def warm(ctx: click.Context, content: Path | None) -> None:
    """Learn all phrases now, so that the bot answers everything from its first second (before an upgrade).

    Exit code 0: all is ready. The running bot is not touched: what it has learnt stays in the same folder.
    """
    settings = settings_of(ctx, content)
    cache = HeadCache(settings.cache)
    folder = find_content(settings.content, Path.cwd())
    guide = load_guide(folder, cache, settings.drafts)
    said = -1

    def progress(done: int, _: int) -> None:
        nonlocal said
        if done != said:
            said = done
            click.echo(progress_of(done, guide.missing))

    cache.fit_missing(guide.missing, progress)
    guide = load_guide(folder, cache, settings.drafts)
    for prepare in (*guide.preparations(), *preparations(guide.matcher)):
        prepare()  # what the words mean, and how slips are put right, is kept beside what was learnt
    languages = languages_of(guide.sources.wanted)
    click.echo(f"Ready: {languages} languages of {folder} are learnt, in {settings.cache}.")
