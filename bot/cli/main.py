"""The ``opas`` command: one verb a file, plain words, exit codes 0 (fine), 1 (something to mend), 2 (misused)."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from textwrap import shorten
from typing import Any

import click

from bot.cli.verbs import VERBS, Commands
from bot.errors import OpasError
from bot.settings import read_env_file


class _Opas(click.Group):
    """Runs ``run`` when no verb is given; says what can be mended without a trace."""

    def format_commands(self, _: click.Context, formatter: click.HelpFormatter) -> None:
        """As click does it, without loading every verb."""
        width = formatter.width - 6 - max(map(len, VERBS))
        with formatter.section("Commands"):
            formatter.write_dl(
                [(name, shorten(verb.says, width, placeholder="…")) for name, verb in sorted(VERBS.items())]
            )

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


@click.group(
    cls=_Opas,
    commands=Commands(),
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(package_name="kuopio-opas")
@click.pass_context
def opas(ctx: click.Context) -> None:
    """Opas: a guide to a city's services, in the languages of newcomers.

    Without a verb it runs: on Telegram when TELEGRAM_BOT_TOKEN is set, else as a phone in your browser.
    """
    ctx.obj = {**read_env_file(Path(".env")), **os.environ}
    if ctx.invoked_subcommand is None:
        ctx.invoke(opas.commands["run"])
