"""``opas match``."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from bot.cli.common import content_option, intents_option, settings_of
from bot.cli.matching import candidate_json, matcher_of, ready_guide, verdict_name
from bot.evaluation import shown_needs
from bot.matching.matcher import Matcher
from bot.model import Candidate, Found, Match, Named, Unsure


@click.command()
@intents_option
@content_option
@click.pass_context
def match(ctx: click.Context, intents: Path | None, content: Path | None) -> None:
    """Match questions: JSON lines {"text": …} in, one line out for each, in order."""
    matcher, answers = _matcher_and_answers(ctx, intents, content)
    for number, line in enumerate(sys.stdin.buffer, 1):
        if not line.strip():
            continue
        try:
            text = json.loads(line)["text"]
            if not isinstance(text, str):
                raise TypeError
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise click.UsageError(f'line {number} is not like {{"text": "…"}}') from error
        click.echo(json.dumps(_as_json(matcher.match(text, explain=True), answers), ensure_ascii=False))
        sys.stdout.flush()


def _matcher_and_answers(
    ctx: click.Context, intents: Path | None, content: Path | None
) -> tuple[Matcher, Callable[[str, str], bool]]:
    """The matcher, and whether a service answers a need (never, without a catalogue)."""
    settings = settings_of(ctx, content)
    if intents is not None:
        return matcher_of(intents, settings)[0], lambda *_: False
    guide = ready_guide(settings)
    return guide.matcher, lambda service, need: service in guide.catalogue.needs[need].services


def _as_json(found: Match, answers: Callable[[str, str], bool]) -> dict[str, Any]:
    result: dict[str, Any] = {
        "verdict": verdict_name(found),
        "urgent": found.urgent,
        "shown": len(shown_needs(found, answers)),
        "needs": [candidate_json(candidate) for candidate in _in_shown_order(found, answers)],
    }
    if isinstance(found.verdict, Named):
        result["service"] = found.verdict.service
    return result


def _in_shown_order(found: Match, answers: Callable[[str, str], bool]) -> list[Candidate]:
    """Up to five needs, those that are shown first, so that ``shown`` counts from the beginning of the list."""
    shown = shown_needs(found, answers)
    by_need = {candidate.need: candidate for candidate in found.ranked}
    if isinstance(found.verdict, Found | Unsure):
        by_need |= {candidate.need: candidate for candidate in found.verdict.needs}
    first = [by_need[need] for need in shown]
    return [*first, *(candidate for candidate in found.ranked if candidate.need not in shown)][:5]
