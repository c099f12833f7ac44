"""``opas review list``, ``opas review answer`` and ``opas review-link``: the counsellors' loop without a browser."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click

from bot.catalogue.content import find_content
from bot.cli.common import content_option, number_type, say_json, settings_of
from bot.clock import clock_of
from bot.errors import OpasError
from bot.guide import load_guide
from bot.handlers.rendering import messages_of
from bot.matching.cache import HeadCache
from bot.review import Done, GroupSummary, NewAnswer, Refused, Result, Review, Staff, TakenBy
from bot.review.proposals import Proposal
from bot.review.staff import LINK_LASTS, LINK_PATH
from bot.settings import Settings
from bot.store import Store
from bot.store.opening import check_there

as_option = click.option(
    "--as", "staff_id", type=number_type, help="Your number among the staff (default: the only admin)."
)


@click.group("review")
def review() -> None:
    """What the bot could not answer, beside a bot that runs or without one."""


@review.command("list")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable.")
@click.option("--aside", is_flag=True, help="The second drawer: questions whose askers chose none of what was offered.")
@content_option
@click.pass_context
def list_(ctx: click.Context, as_json: bool, aside: bool, content: Path | None) -> None:
    """List the open groups of questions, most pressing first."""
    settings = settings_of(ctx, content)

    async def work() -> tuple[GroupSummary, ...]:
        async with _review(settings) as rules:
            return await rules.queue.groups(_anybody(rules), drawer="aside" if aside else "queue")

    groups = asyncio.run(work())
    if as_json:
        say_json([_as_json(group) for group in groups])
        return
    for group in groups:
        languages = ", ".join(group.languages)
        people, days = _count(group.people, "person", "people"), _count(round(group.days), "day", "days")
        click.echo(f"{group.id}  {people}, {languages}, {days}{_wish(group)}: {group.text or group.service}")
    if not groups:
        click.echo("No open questions.")


@review.command("drafts")
@content_option
@click.pass_context
def drafts(ctx: click.Context, content: Path | None) -> None:
    """Print what counsellors propose for the guide, to copy into services.yaml and intents/."""
    settings = settings_of(ctx, content)

    async def work() -> tuple[Proposal, ...]:
        async with _review(settings) as rules:
            return await rules.proposals.open()

    found = asyncio.run(work())
    for proposal in found:
        click.echo(f"# {proposal.title} (group {proposal.group_id})\n{proposal.yaml}")
    if not found:
        click.echo("Nothing is proposed.")


@review.command("answer")
@click.argument("group", type=number_type)
@click.option(
    "--lang",
    "languages",
    multiple=True,
    help="Language of the --text at the same place; without --text, of the --wording.",
)
@click.option("--text", "texts", multiple=True, help="Your words. Give --lang and --text once for each language.")
@click.option("--need", "needs", multiple=True, help="A need whose answer belongs to it; alone: this is what is meant.")
@click.option("--service", "services", multiple=True, help="A service whose facts belong to it.")
@click.option("--sentence", "sentences", multiple=True, help="A sentence of the phrase book, by its id.")
@click.option("--wording", help="How it may be asked, without anybody's life in it; learnt in the first --lang.")
@as_option
@content_option
@click.pass_context
def answer(
    ctx: click.Context,
    group: int,
    languages: tuple[str, ...],
    texts: tuple[str, ...],
    needs: tuple[str, ...],
    services: tuple[str, ...],
    sentences: tuple[str, ...],
    wording: str | None,
    staff_id: int | None,
    content: Path | None,
) -> None:
    """Answer everybody who asked what GROUP asks; a bot that runs beside knows it within a second."""
    if len(languages) != len(texts) and not (wording and not texts and len(languages) == 1):
        raise click.UsageError("Give as many --lang as --text.")
    if wording and not languages:
        raise click.UsageError("--wording needs a --lang.")
    settings = settings_of(ctx, content)
    pieces = [f"{kind}:{what}" for kind, ids in (("need", needs), ("service", services)) for what in ids]
    pieces += [f"sentence:{sentence}" for sentence in sentences]
    new = NewAnswer(
        tuple(pieces), dict(zip(languages, texts, strict=False)), frozenset(languages[: len(texts)]),
        {languages[0]: wording} if wording else {},
    )  # fmt: skip

    async def work() -> tuple[Result, int, int]:
        async with _review(settings) as rules:
            by = _staff(rules, staff_id)
            preview = await rules.answering.preview(by, group, new)
            people, waiting = (preview.people, preview.waiting) if preview else (0, 0)
            return await rules.answering.answer(by, group, new), people, waiting

    result, people, waiting = asyncio.run(work())
    match result:
        case Done(answer_id=number):
            minutes = settings.undo_s / 60
            click.echo(f"Group {group} is answered (answer {number}): {_count(people, 'person', 'people')} asked.")
            get = _count(waiting, "of them gets", "of them get")
            click.echo(f"{get} a message in {minutes:.0f} minutes. Whoever asks now gets it at once.")
        case TakenBy(staff=by, what=what) as taken:
            name, said = by.name if by else "Somebody", " · ".join(taken.texts.values() or taken.pieces)
            raise OpasError(f"{name} was first ({what}). Nothing was changed. {taken.choice or said}".rstrip())
        case Refused(reason=reason):
            raise OpasError(reason)
        case _:
            raise OpasError(f"There is no open group {group}. See `opas review list`.")


@click.command("review-link")
@as_option
@content_option
@click.pass_context
def review_link(ctx: click.Context, staff_id: int | None, content: Path | None) -> None:
    """Print a link that opens the review page once."""
    settings = settings_of(ctx, content)

    async def work() -> str:
        async with _review(settings) as rules:
            return await rules.staff.make_link(_staff(rules, staff_id))

    base = settings.web_url or f"http://{settings.bind}:{settings.web_port}"
    click.echo(base + LINK_PATH.format(token=asyncio.run(work())))
    click.echo(f"It works once, for {LINK_LASTS // timedelta(minutes=1)} minutes.", err=True)


@asynccontextmanager
async def _review(settings: Settings) -> AsyncIterator[Review]:
    """The rules beside a running bot; the database has to be there."""
    check_there(settings.database)
    guide = load_guide(find_content(settings.content, Path.cwd()), HeadCache(settings.cache), settings.drafts)
    now = clock_of(settings)
    async with await Store.open(settings.database, now=now, beside=True, asker_key=settings.asker_key()) as store:
        rules = Review(store, lambda: guide, timedelta(seconds=settings.undo_s), messages_of, is_beside=True)
        await rules.start(settings.staff)
        yield rules


def _staff(rules: Review, staff_id: int | None) -> Staff:
    """The one who acts. Raises OpasError that names who there is."""
    everybody = rules.staff.everybody
    admins = [staff for staff in everybody if staff.is_admin]
    found = rules.staff.working(staff_id) if staff_id is not None else (admins[0] if len(admins) == 1 else None)
    if found is not None:
        return found
    if not everybody:
        raise OpasError("Nobody works here yet. Set OPAS_STAFF, for example 12345:admin, and start again.")
    names = "\n".join(f"  {staff.id}  {staff.name} ({staff.role})" for staff in everybody)
    raise OpasError(f"Say who you are with --as NUMBER:\n{names}")


def _anybody(rules: Review) -> Staff:
    return next(iter(rules.staff.everybody), Staff(0, "", "counsellor"))


def _as_json(group: GroupSummary) -> dict[str, Any]:
    """A group as the command line shows it; nothing in it leads to a person."""
    shown = {field.name: getattr(group, field.name) for field in dataclasses.fields(group)}
    for name in ("claimed_by", "handed_to"):
        shown[name] = shown[name].name if shown[name] else None
    shown["outcomes"] = sorted(group.outcomes)
    shown["days"] = round(group.days, 2)
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in shown.items()}


def _wish(group: GroupSummary) -> str:
    """What a line says of the people behind it."""
    asks = ", asks for a person" if group.asks_for_person else ""
    return asks + (", nobody can be written to" if asks and group.reaches_nobody else "")


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
