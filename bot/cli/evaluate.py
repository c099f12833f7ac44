"""``opas eval``."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli.common import content_option, intents_option, matcher_of, ready_guide, say_json, settings_of
from bot.evaluation import as_json as report_json
from bot.evaluation import evaluate, lines, read_questions


@click.command("eval")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--json", "as_json", is_flag=True, help="Machine-readable.")
@click.option("--show", type=click.Choice(["wrong"]), help="List the questions that went wrong.")
@intents_option
@content_option
@click.pass_context
def evaluate_command(
    ctx: click.Context,
    files: tuple[Path, ...],
    as_json: bool,
    show: str | None,
    intents: Path | None,
    content: Path | None,
) -> None:
    """Judge the matcher on questions with known needs (JSON lines)."""
    questions = read_questions(files)
    settings = settings_of(ctx, content)
    if intents is not None:
        matcher, urgent = matcher_of(intents, settings)
        report = evaluate(questions, matcher.match, lambda *_: False, urgent)
    else:
        guide = ready_guide(settings)
        needs = guide.catalogue.needs
        report = evaluate(
            questions,
            guide.matcher.match,
            lambda service, need: service in needs[need].services,
            guide.content.intents.urgent,
        )
    if as_json:
        say_json(report_json(report))
    else:
        for line in lines(report, show_wrong=show == "wrong"):
            click.echo(line)
