"""``opas group``."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from bot.cli.common import content_option, settings_of
from bot.cli.matching import ready_guide
from bot.grouping import grouped


@click.command()
@content_option
@click.pass_context
def group(ctx: click.Context, content: Path | None) -> None:
    """Group questions: JSON lines {"text": …, "lang"?, "id"?} in, one line with its group out for each, in order.

    They are put together as the bot does it, one after the other; what comes may bring others together, so nothing is
    said before the last one has come. Groups are numbered 1, 2, 3 … as they appear.
    """
    lines = [(number, line) for number, line in enumerate(sys.stdin.buffer, 1) if line.strip()]
    questions = [(number, _question(line, number)) for number, line in lines]
    guide = ready_guide(settings_of(ctx, content))
    found = grouped(guide, [(question["text"], question.get("lang") or "") for _, question in questions])
    for (number, question), placement in zip(questions, found, strict=True):
        reason = {"rule": placement.reason.rule, "marks": placement.reason.marks}
        result = {
            "id": question.get("id", number),
            "group": placement.group_id,
            "reason": reason,
            "score": placement.score,
        }
        click.echo(json.dumps(result, ensure_ascii=False))


def _question(line: bytes, number: int) -> dict[str, Any]:
    """Raises UsageError that names the line."""
    try:
        question = json.loads(line)
        if not isinstance(question["text"], str) or not isinstance(question.get("lang") or "", str):
            raise TypeError
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise click.UsageError(f'line {number} is not like {{"text": "…", "lang": "en"}}') from error
    return dict(question)
