"""``opas group``."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from bot.cli.common import content_option, settings_of
from bot.cli.matching import ready_guide
from bot.grouping import Grouper


@click.command()
@content_option
@click.pass_context
def group(ctx: click.Context, content: Path | None) -> None:
    """Group questions: JSON lines {"text": …, "lang"?, "id"?} in, one line with its group out for each, in order.

    Groups are numbered 1, 2, 3 … as they appear; a question joins one or opens the next.
    """
    guide = ready_guide(settings_of(ctx, content))
    grouper = Grouper(lambda: guide)
    groups = 0
    for number, line in enumerate(sys.stdin.buffer, 1):
        if not line.strip():
            continue
        question = _question(line, number)
        text, language = question["text"], question.get("lang") or ""
        placement = grouper.place(text, language)
        if placement.group_id is None:
            groups += 1
        found = placement.group_id or groups
        grouper.add(number, found, text, language)
        reason = {"rule": placement.reason.rule, "marks": placement.reason.marks}
        result = {"id": question.get("id", number), "group": found, "reason": reason, "score": placement.score}
        click.echo(json.dumps(result, ensure_ascii=False))
        sys.stdout.flush()


def _question(line: bytes, number: int) -> dict[str, Any]:
    """Raises UsageError that names the line."""
    try:
        question = json.loads(line)
        if not isinstance(question["text"], str) or not isinstance(question.get("lang") or "", str):
            raise TypeError
    except (ValueError, KeyError, TypeError) as error:
        raise click.UsageError(f'line {number} is not like {{"text": "…", "lang": "en"}}') from error
    return dict(question)
