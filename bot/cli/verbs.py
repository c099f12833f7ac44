"""What ``opas`` can be told to do. Each verb is loaded when it is used: all of them together take a second."""

from __future__ import annotations

import gc
from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass
from importlib import import_module
from typing import Final

import click


@dataclass(frozen=True, slots=True)
class Verb:
    module: str
    command: str
    """Its name in the module."""
    says: str
    """The first sentence of its help."""


VERBS: Final = {
    "run": Verb("run", "run", "Run the bot: on Telegram with a token, else as a phone in your browser."),
    "ask": Verb("ask", "ask", "Print the answer to QUESTION."),
    "match": Verb("match", "match", 'Match questions: JSON lines {"text": …} in, one line out for each, in order.'),
    "group": Verb(
        "group", "group",
        'Group questions: JSON lines {"text": …, "lang"?, "id"?} in, one line with its group out for each, in order.',
    ),
    "eval": Verb("evaluate", "evaluate_command", "Judge the matcher on questions with known needs (JSON lines)."),
    "check": Verb(
        "check", "check",
        "Check all content: every fault with file, line and the word probably meant; then what is old or missing.",
    ),
    "translate": Verb("translate", "translate", "Files for translators (locales/<lang>/LC_MESSAGES/*.po)."),
    "new-language": Verb("language", "new_language", "Begin another language: CODE is its two letters, like pl."),
    "warm": Verb(
        "warm", "warm",
        "Learn all phrases now, so that the bot answers everything from its first second (before an upgrade).",
    ),
    "content": Verb("content", "content", "The content of a city: services.yaml, intents/ and locales/."),
    "backup": Verb("database", "backup", "Write a copy of the database to FILE, also while the bot runs."),
    "restore": Verb(
        "database", "restore_command",
        "Put the copy FILE in the place of the database; the bot must not run.",
    ),
    "migrate": Verb(
        "database", "migrate",
        "Bring the database to the form that this program needs; the bot must not run.",
    ),
    "forget": Verb(
        "persons", "forget",
        "Erase everything that is stored of the chat CHAT_ID, to the last byte; also while the bot runs.",
    ),
    "export": Verb("persons", "export", "Data for those who have to account for it."),
    "review": Verb("review", "review", "What the bot could not answer, beside a bot that runs or without one."),
    "review-link": Verb("review", "review_link", "Print a link that opens the review page once."),
    "learn": Verb("learn", "learn", "What the staff taught the bot."),
}  # fmt: skip


class Commands(MutableMapping[str, click.Command]):
    """The verbs as click takes them."""

    def __init__(self) -> None:
        self._loaded: dict[str, click.Command] = {}

    def __getitem__(self, name: str) -> click.Command:
        if name not in self._loaded:
            self._loaded[name] = _loaded(VERBS[name])
        return self._loaded[name]

    def __setitem__(self, name: str, command: click.Command) -> None:
        self._loaded[name] = command

    def __delitem__(self, name: str) -> None:
        del self._loaded[name]

    def __contains__(self, name: object) -> bool:
        return name in VERBS or name in self._loaded

    def __iter__(self) -> Iterator[str]:
        return iter({**VERBS, **self._loaded})

    def __len__(self) -> int:
        return len({**VERBS, **self._loaded})


def _loaded(verb: Verb) -> click.Command:
    # What a module makes stays; to look through it for rubbish all the while takes a tenth of the time.
    was_on = gc.isenabled()
    gc.disable()
    try:
        found = getattr(import_module(f"bot.cli.{verb.module}"), verb.command)
    finally:
        if was_on:
            gc.enable()
    assert isinstance(found, click.Command)
    return found
