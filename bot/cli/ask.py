"""``opas ask``."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from bot.cli.common import content_option, say_json, settings_of
from bot.cli.matching import candidate_json, ready_guide, verdict_name
from bot.clock import clock_of
from bot.dialogue import Asked, Promise, Talk, Turn
from bot.guide import Guide
from bot.model import Match, Named, Open, Reply
from bot.redaction import redact


@click.command()
@click.argument("question")
@click.option("--why", is_flag=True, help="Also say which phrase led there, how sure that is, and the runner-up.")
@click.option("--lang", help="Language of the phone (fi, ar …).")
@click.option("--at", "moment", help="Moment to answer for, like 2026-12-24T10:00 (the city's time).")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable.")
@content_option
@click.pass_context
def ask(
    ctx: click.Context,
    question: str,
    why: bool,
    lang: str | None,
    moment: str | None,
    as_json: bool,
    content: Path | None,
) -> None:
    """Print the answer to QUESTION."""
    settings = settings_of(ctx, content)
    try:
        when = datetime.fromisoformat(moment) if moment else clock_of(settings)()
    except ValueError as error:
        raise click.UsageError(f"--at: '{moment}' is not a moment; write it like 2026-12-24T10:00") from error
    guide = ready_guide(settings)
    if lang and guide.texts.nearest(lang) is None:
        raise click.UsageError(f"--lang: '{lang}' is not spoken here; choose one of {', '.join(guide.texts.locales)}")
    redacted = redact(question, guide.own_numbers)
    match = guide.matcher.match(redacted.text, explain=True)
    local = guide.local(when)
    asked = Asked(redacted.text, match, lang, redacted.kinds, Promise(key="ask"))
    turn = guide.dialogue.asked(asked, Talk(locale=guide.texts.nearest(lang), seen_at=local), local)
    if as_json:
        say_json(_as_json(guide, match, turn, local))
        return
    click.echo("\n\n———\n\n".join(_as_text(reply) for reply in turn.replies))
    if why:
        click.echo("\n" + "\n".join(_why(match)))


def _as_text(reply: Reply) -> str:
    lines = [reply.text]
    lines += [
        "  ".join(f"[{b.label}]" + (f" {b.url}" if isinstance(b, Open) else "") for b in row) for row in reply.buttons
    ]
    if reply.contact:
        lines.append(f"☎ {reply.contact.name}: {reply.contact.number}")
    return "\n\n".join(line for line in lines if line)


def _why(match: Match) -> list[str]:
    danger = " (urgent)" if match.urgent else " (may be urgent)" if match.may_be_urgent else ""
    lines = [f"verdict: {type(match.verdict).__name__}{danger}"]
    lines += [f"  {c.need}  {c.confidence:.3f}  «{c.phrase}» ({c.language}, {c.rule})" for c in match.ranked[:3]]
    language = match.language or "uncertain"
    return [*lines, f"language: {language}; {match.why}"]


def _as_json(guide: Guide, match: Match, turn: Turn, moment: datetime) -> dict[str, Any]:
    services: list[str] = []
    for need_id in turn.needs:
        need = guide.catalogue.need(need_id)
        if need is None:
            continue
        ordered = guide.catalogue.services_of(need, moment.date())
        ids = need.services if need.is_urgent else [service.id for service in ordered]
        services += [service for service in ids if service not in services]
    if isinstance(match.verdict, Named):
        services = [match.verdict.service]
    return {
        "verdict": verdict_name(match),
        "urgent": match.urgent,
        "language": turn.replies[0].locale if turn.replies else None,
        "needs": [candidate_json(candidate) for candidate in match.ranked],
        "shown": list(turn.needs),
        "services": services,
        "ids": {service: dict(known.ids) for service in services if (known := guide.catalogue.services[service]).ids},
        "text": [reply.text for reply in turn.replies],
        "buttons": [[[button.label for button in row] for row in reply.buttons] for reply in turn.replies],
        "contact": [reply.contact.number for reply in turn.replies if reply.contact],
    }
