"""``opas learn export``."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import click

from bot.catalogue.content import own_content
from bot.cli.common import content_option, settings_of
from bot.clock import clock_of
from bot.guide import Guide, load_guide
from bot.matching.cache import HeadCache
from bot.review.becoming import Becoming, Left, need_of
from bot.review.export import Exported, export
from bot.review.learning import general_answer
from bot.settings import Settings
from bot.store import Store, group_rows
from bot.store import answers as answer_rows
from bot.store import phrases as phrase_rows
from bot.store.opening import check_there
from bot.store.phrases import PhraseRow
from bot.store.records import QUESTIONS


@click.group()
def learn() -> None:
    """What the staff taught the bot."""


@learn.command("export")
@click.option("--topic", default="", help="Where an answer goes of which nothing says to which topic it belongs.")
@content_option
@click.pass_context
def export_(ctx: click.Context, topic: str, content: Path | None) -> None:
    """Write learnt phrases and answers into the content files, ready for git; never what a person wrote.

    An answer becomes a need of services.yaml, with its words in the languages in which they are approved.
    """
    settings = settings_of(ctx, content)
    folder = own_content(settings.content, Path.cwd())
    done, becoming, left = asyncio.run(_export(settings, folder, topic))
    for file in done.files:
        click.echo(f"changed: {file}")
    click.echo(f"{len(done.written)} phrases are in the content now.")
    for each in becoming:
        click.echo(
            f"new need: {each.need.id} «{each.need.title}» (answer {each.answer_id}). Read it before you commit."
        )
        if each.title_language:
            click.echo(f"  Its title is in the language {each.title_language}: rewrite it in services.yaml.")
        for language, names in each.in_english.items():
            where = "services.yaml" if language == done.source else f"the catalogue.po of {language}, where it is fuzzy"
            click.echo(f"  {', '.join(names)}: in English, for opas.po lacks it in {language}. Rewrite it in {where}.")
    for one in left:
        click.echo(f"left: answer {one.answer_id}: {one.reason}")
    for phrase in done.left:
        if phrase.need:  # of the others the answer that they mean was named
            is_spoken = phrase.language in done.languages
            why = f"services.yaml has no need '{phrase.need}'" if is_spoken else "this language is not spoken here"
            click.echo(f"left: «{phrase.text}» ({phrase.language}): {why}.")


async def _export(settings: Settings, folder: Path, topic: str) -> tuple[Exported, list[Becoming], list[Left]]:
    check_there(settings.database)
    guide = load_guide(folder, HeadCache(settings.cache), settings.drafts)
    async with await Store.open(settings.database, now=clock_of(settings), beside=True) as store:
        phrases, becoming, left = await _learnt(store, guide, topic)
        done = export(folder, guide.catalogue, phrases, becoming)
        unit = store.unit()
        phrase_rows.note_exported(unit, done.written)
        unit.bump(QUESTIONS)
        await store.commit(unit)
    return done, becoming, left


async def _learnt(store: Store, guide: Guide, topic: str) -> tuple[list[PhraseRow], list[Becoming], list[Left]]:
    """What may be written: phrases, and answers as needs; and the answers that stay what they are. Nothing that can
    still be taken back unnoticed."""
    answers = [answer for answer in await answer_rows.answers(store, only_used=True) if answer.state == "live"]
    left = [Left(each.id, "it can still be taken back.") for each in answers if each.send_at > store.now()]
    fresh = {each.group_id for each in answers if each.send_at > store.now()}
    means = {each.id: general_answer(each).need for each in answers}
    phrases = [
        replace(phrase, need=phrase.need or means.get(phrase.answer_id or 0, ""))
        for phrase in await phrase_rows.phrases(store)
        if phrase.state == "live" and phrase.group_id not in fresh
    ]
    found: list[Becoming] = []
    for answer in answers:
        if answer.group_id in fresh or means[answer.id]:
            continue
        wordings = [phrase for phrase in phrases if phrase.answer_id == answer.id]
        group = await group_rows.standing(store, answer.group_id)
        taken = [each.need.id for each in found]
        result = need_of(answer, wordings, guide, near=group.need if group else "", topic=topic, taken=taken)
        if isinstance(result, Becoming):
            found.append(result)
        else:
            left.append(result)
    return phrases, found, left
