"""The ``opas`` command: one verb a file, plain words, exit codes 0 (fine), 1 (something to mend), 2 (misused)."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import click

from bot.cli.ask import ask
from bot.cli.check import check
from bot.cli.content import content
from bot.cli.database import backup, migrate, restore_command
from bot.cli.evaluate import evaluate_command
from bot.cli.group import group
from bot.cli.learn import learn
from bot.cli.match import match
from bot.cli.persons import export, forget
from bot.cli.review import review, review_link
from bot.cli.run import run
from bot.cli.translate import translate
from bot.cli.warm import warm
from bot.errors import OpasError
from bot.settings import read_env_file


class _Opas(click.Group):
    """Runs ``run`` when no verb is given; says what can be mended without a trace."""

    def invoke(self, ctx: click.Context) -> Any:  # click's own signature
        try:
            return super().invoke(ctx)
        except OpasError as error:
            click.echo(str(error), err=True)
            ctx.exit(1)
        except BrokenPipeError:
            # The reader of our output went away (| head): no reason for a trace.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(1)


@click.group(cls=_Opas, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="kuopio-opas")
@click.pass_context
def opas(ctx: click.Context) -> None:
    """Opas: a guide to a city's services, in the languages of newcomers.

    Without a verb it runs: on Telegram when TELEGRAM_BOT_TOKEN is set, else as a phone in your browser.
    """
    ctx.obj = {**read_env_file(Path(".env")), **os.environ}
    if ctx.invoked_subcommand is None:
        ctx.invoke(run)


for command in (
    run, ask, match, group, evaluate_command, check, translate, warm, content, backup, restore_command, migrate, forget,
    export, review, review_link, learn,
):  # fmt: skip
    opas.add_command(command)
