"""Who moves where when some questions are weighed against each other anew: from clusters to numbers of groups."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bot.grouping.clusters import Links, clusters, probability
from bot.grouping.reasons import NEW, Placement, Reason


@dataclass(frozen=True, slots=True)
class Voice:
    """A wording that is weighed."""

    question: int
    """One that says it."""
    group: int
    """Where it stands."""
    numbers: tuple[int, ...]
    """The questions that go where it goes: those of the same wording. Of those that stay together one voice may have
    all."""
    stays: bool
    """Whether it stays together with the others of its group of which this is said."""


@dataclass(frozen=True, slots=True)
class Move:
    """A question goes from one group into another one."""

    question: int
    group: int
    to: int
    reason: Reason
    score: float
    """0–1: the probability that the nearest question there asks the same."""
    nearest: int | None
    """That question; None when it is alone there."""


def moves(
    voices: Sequence[Voice],
    links: Links,
    reasons: Mapping[tuple[int, int], Reason],
    touched: Collection[int],
    new_group: Callable[[], int],
) -> tuple[Move, ...]:
    """``links`` and ``reasons``: of each two voices, by their places; of ``reasons`` the smaller place first.

    ``touched``: groups of which no two may become one. ``new_group``: the number of a group that is to be opened.
    """
    blocks = [voice.group if voice.stays else -1 - place for place, voice in enumerate(voices)]
    found = clusters(links, blocks, touched)
    group_of = _numbered(found, voices, touched, new_group)
    moving = []
    for place, (voice, cluster) in enumerate(zip(voices, found, strict=True)):
        to = group_of[cluster]
        if to == voice.group:
            continue
        others = [other for other, another in enumerate(found) if another == cluster and other != place]
        best = NEW
        if others:
            nearest = others[int(np.argmax(links[place, others]))]
            reason = reasons[min(place, nearest), max(place, nearest)]
            best = Placement(to, reason, probability(links[place, nearest]), voices[nearest].question)
        moving += [Move(number, voice.group, to, best.reason, best.score, best.nearest) for number in voice.numbers]
    return tuple(moving)


def _numbered(
    found: Sequence[int], voices: Sequence[Voice], touched: Collection[int], new_group: Callable[[], int]
) -> dict[int, int]:
    """The group that each cluster is from now on: the touched one in it, else the one from which most of it comes."""
    comes: Counter[tuple[int, int]] = Counter()
    for cluster, voice in zip(found, voices, strict=True):
        comes[cluster, voice.group] += len(voice.numbers)
    group_of: dict[int, int] = {}
    for (cluster, group), _ in sorted(comes.items(), key=lambda come: (come[0][1] not in touched, -come[1], come[0])):
        if cluster not in group_of and group not in group_of.values():
            group_of[cluster] = group
    return {cluster: group_of[cluster] if cluster in group_of else new_group() for cluster in dict.fromkeys(found)}
