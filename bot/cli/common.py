"""What several verbs share: where the content is, and heads that are fitted before they are asked."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import click

from bot.catalogue.content import errors_of, find_content
from bot.catalogue.phrases import read_intents
from bot.errors import Complaint, ContentError
from bot.guide import Guide, load_guide
from bot.matching.cache import HeadCache, wanted_heads
from bot.matching.matcher import Matcher
from bot.settings import Settings

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


def ready_guide(settings: Settings) -> Guide:
    """The guide of the content folder with all its heads; what is missing is fitted first, with a progress line."""
    cache = HeadCache(settings.cache)
    folder = find_content(settings.content, Path.cwd())
    guide = load_guide(folder, cache, settings.drafts)
    if guide.missing:
        cache.fit_missing(guide.missing, _progress)
        guide = load_guide(folder, cache, settings.drafts)
    return guide


def matcher_of(intents: Path, settings: Settings) -> tuple[Matcher, frozenset[str]]:
    """A matcher for a folder of phrases alone, and its urgent labels. Raises ContentError."""
    complaints: list[Complaint] = []
    found = read_intents(intents, complaints)
    if errors := errors_of(complaints):
        raise ContentError(errors)
    cache = HeadCache(settings.cache)
    wanted = wanted_heads(intents, found.phrases)
    cache.fit_missing(wanted, _progress)
    heads = [head for head in map(cache.load, wanted) if head is not None]
    return Matcher(found.phrases, heads, None, found.urgent), found.urgent


def say_json(value: object) -> None:
    """Print a value that JSON can hold, in the letters of its language."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def _progress(done: int, total: int) -> None:
    """One line on the terminal that fills up; nothing when nobody watches."""
    if not total or not sys.stderr.isatty():
        return
    bar = "█" * (20 * done // total)
    end = "\n" if done == total else ""
    sys.stderr.write(f"\rlearning the phrases {bar:20} {done}/{total} languages{end}")
    sys.stderr.flush()
