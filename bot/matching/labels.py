"""What the labels of the heads mean: needs, small talk, follow-ups, groups of ``none``, needs to ask between."""

from __future__ import annotations

from typing import Final

from bot.model import Chosen, FollowUp, NotFound, SmallTalk, Verdict

NONE: Final = "none"
"""The label into which all groups of none.yaml flow."""
ASK: Final = "ask:"
PRESS: Final = "press:"
"""Of what stands on a button: behind it, what the button sends."""


def is_need(label: str) -> bool:
    return ":" not in label and label != NONE


def is_none(label: str) -> bool:
    """Whether a label is a group of none.yaml (``none:insults``)."""
    return label.startswith(f"{NONE}:")


def is_talk(label: str) -> bool:
    """Whether a label is small talk or a follow-up."""
    return label.startswith(("small-talk:", "follow-up:"))


def needs_asked_between(label: str) -> tuple[str, ...]:
    """The needs of a label of ask-between.yaml; none of any other label."""
    return tuple(label.removeprefix(ASK).split("+")) if label.startswith(ASK) else ()


def talk_verdict(label: str) -> Verdict:
    """The verdict of a label that is not a need."""
    kind, _, name = label.partition(":")
    if kind == "small-talk":
        return SmallTalk(name)
    if label.startswith(PRESS):
        return Chosen(name)
    return FollowUp(name) if kind == "follow-up" else NotFound()
