"""``opas eval``."""

from __future__ import annotations

from pathlib import Path

import click

from bot.catalogue.content import find_content, load_content, load_intents
from bot.catalogue.phrases import Intents
from bot.cli.common import content_option, intents_option, say_json, settings_of
from bot.cli.matching import matcher_of, ready_guide
from bot.evaluation import Report, evaluate, lines, question_of, read_questions, report_on
from bot.evaluation import as_json as report_json
from bot.settings import Settings


@click.command("eval")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--json", "as_json", is_flag=True, help="Machine-readable.")
@click.option("--show", type=click.Choice(["wrong"]), help="List the questions that went wrong.")
@click.option(
    "--leave-one-out",
    is_flag=True,
    help="Without FILES: ask the phrases themselves, each of a matcher that was fitted without it (a fifth of them "
    "is left out at a time, each language by itself; some 30 seconds a language).",
)
@click.option("--lang", "languages", multiple=True, help="With --leave-one-out: only this language; may be repeated.")
@intents_option
@content_option
@click.pass_context
def evaluate_command(
    ctx: click.Context,
    files: tuple[Path, ...],
    as_json: bool,
    show: str | None,
    leave_one_out: bool,
    languages: tuple[str, ...],
    intents: Path | None,
    content: Path | None,
) -> None:
    """Judge the matcher on questions with known needs (JSON lines)."""
    settings = settings_of(ctx, content)
    if leave_one_out == bool(files):
        raise click.UsageError("name files with questions, or write --leave-one-out, not both")
    report = _left_out(settings, intents, languages) if leave_one_out else _asked(settings, intents, files)
    if as_json:
        say_json(report_json(report))
    else:
        for line in lines(report, show_wrong=show == "wrong"):
            click.echo(line)


def _asked(settings: Settings, intents: Path | None, files: tuple[Path, ...]) -> Report:
    """The questions of ``files``."""
    questions = read_questions(files)
    if intents is not None:
        matcher, urgent = matcher_of(intents, settings)
        return evaluate(questions, matcher.match, lambda *_: False, urgent)
    guide = ready_guide(settings)
    needs = guide.catalogue.needs
    return evaluate(
        questions,
        guide.matcher.match,
        lambda service, need: service in needs[need].services,
        guide.content.intents.urgent,
    )


def _left_out(settings: Settings, intents: Path | None, languages: tuple[str, ...]) -> Report:
    """The phrases themselves, held out of the fits."""
    from bot.matching.heldout import held_out

    found = _phrases(settings, intents)
    if unknown := set(languages) - set(found.phrases):
        raise click.UsageError(f"no phrases in '{min(unknown)}'; there are {', '.join(found.phrases)}")
    wanted = {code: phrases for code, phrases in found.phrases.items() if not languages or code in languages}
    matched = []
    for language, fold in held_out(wanted, found.urgent):
        click.echo(f"{language}: {len(fold)} phrases asked", err=True)
        matched += [(question_of(phrase), match) for phrase, match in fold]
    return report_on(matched, lambda *_: False, found.urgent)


def _phrases(settings: Settings, intents: Path | None) -> Intents:
    """All phrases. Raises ContentError."""
    if intents is None:
        return load_content(find_content(settings.content, Path.cwd())).intents
    return load_intents(intents)
