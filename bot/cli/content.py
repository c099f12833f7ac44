"""``opas content``."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

import click

from bot.catalogue.beginning import begin
from bot.catalogue.content import INTENTS_FOLDER, LOCALES_FOLDER, errors_of, find_content, own_content
from bot.catalogue.moving import move as move_group
from bot.catalogue.nodes import probably_meant
from bot.catalogue.services import SERVICES_FILE, read_services
from bot.cli.common import content_option, settings_of
from bot.errors import Complaint, ContentError, OpasError

_AUTHOR: Final = ("-c", "user.name=opas content init", "-c", "user.email=opas@localhost")
"""Of the first commit only, which nobody wrote: a service account has no git name of its own."""


def _listed(_: click.Context, option: click.Parameter, given: str | None) -> list[str]:
    listed = [part.strip() for part in (given or "").split(",") if part.strip()]
    if given is not None and not listed:
        raise click.BadParameter("name at least one", param=option)
    return listed


@click.group()
def content() -> None:
    """The content of a city: services.yaml, intents/ and locales/."""


@content.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--needs",
    metavar="ID,…",
    callback=_listed,
    help="For another city: keep the phrases of these needs (and of urgent ones).",
)
@click.option(
    "--languages",
    metavar="CODE,…",
    callback=_listed,
    help="Keep these languages only; with --needs, services.yaml is written in the first one.",
)
@click.pass_context
def init(ctx: click.Context, folder: Path, needs: Sequence[str], languages: Sequence[str]) -> None:
    """Copy the shipped content into FOLDER, as a git repository, to be edited there.

    An upgrade of the program never touches that folder. Run the bot on it with --content FOLDER or OPAS_CONTENT.
    With --needs it is the beginning of another city's content: services.yaml is a form to fill in, and how people ask
    for all other needs says what nobody answers there.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise OpasError(f"{folder} is there already and not empty. Give a folder that does not exist yet.")
    copy_content(find_content(None), folder, lambda copy: begin(copy, needs, languages, folder.name))
    click.echo(f"Your content is in {folder}: {SERVICES_FILE}, {INTENTS_FOLDER}/ and {LOCALES_FOLDER}/.")
    click.echo(_begin_history(folder, ctx.obj or {}))
    if needs:
        click.echo(f"{SERVICES_FILE} is a form: fill in what is empty there (docs/another-city.md).")
    elif languages:
        click.echo(f"{SERVICES_FILE} still has all languages: leave {', '.join(languages)} in `languages`.")
    click.echo(f"Check it with `opas check --content {folder}`, run it with OPAS_CONTENT={folder} in .env.")


@content.command()
@click.argument("group")
@click.argument("need_id", metavar="[NEED]", required=False)
@content_option
@click.pass_context
def move(ctx: click.Context, group: str, need_id: str | None, content: Path | None) -> None:
    """Move the phrases of GROUP from none.yaml to NEED, in every language: the city answers them from now on.

    NEED, which must stand in services.yaml, may be left out when its id is GROUP. No other line changes.
    """
    folder = own_content(settings_of(ctx, content).content, Path.cwd())
    complaints: list[Complaint] = []
    catalogue = read_services(folder, complaints)
    if catalogue is None:
        raise ContentError(errors_of(complaints))
    need_id = need_id or group
    need = catalogue.needs.get(need_id)
    if need is None:
        meant = probably_meant(need_id, catalogue.needs)
        raise OpasError(f"no need '{need_id}' in {SERVICES_FILE}: write it there first.{meant}")
    for moved in move_group(folder, group, need):
        click.echo(f"{moved.file}: {moved.count} phrases and words of '{group}' from none.yaml")


def copy_content(source: Path, folder: Path, change: Callable[[Path], None] = lambda _: None) -> None:
    """Copy a content folder whole or not at all, changed by ``change``.

    Raises OpasError when ``folder`` cannot be made, and what ``change`` raises.
    """
    beside = folder.absolute().with_name(f".{folder.absolute().name}.half")
    try:
        shutil.rmtree(beside, ignore_errors=True)
        beside.mkdir(parents=True)
        shutil.copyfile(source / SERVICES_FILE, beside / SERVICES_FILE)
        for part in (INTENTS_FOLDER, LOCALES_FOLDER):
            shutil.copytree(source / part, beside / part, copy_function=shutil.copyfile)
        change(beside)
        beside.rename(folder)
    except OSError as error:
        raise OpasError(f"{folder} cannot be made: {error.strerror or error}.") from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _begin_history(folder: Path, env: Mapping[str, str]) -> str:
    """Make a git repository of the folder; what to tell about it."""
    git = shutil.which("git", path=env.get("PATH"))
    if git is None:
        return f"git is not installed, so changes have no history. When it is: git -C {folder} init"
    # Only these: variables like GIT_DIR would lead git elsewhere, and the token is none of its business.
    environment = {name: env[name] for name in ("PATH", "HOME") if name in env}
    for words in (
        ("init", "-q"),
        ("add", "-A"),
        (*_AUTHOR, "commit", "-q", "-m", "From the content as it was shipped"),
    ):
        done = subprocess.run(  # noqa: S603  # git, with words of our own
            [git, "-C", str(folder), *words], env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            return f"git could not be used, so changes have no history: {done.stderr.strip()}"
    return "Changes have a history: it is a git repository with a first commit."
