"""Many questions put together as the bot does it with those that come in one after the other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import count

from bot.grouping.grouper import Grouper
from bot.grouping.reasons import Placement
from bot.guide import Guide


def grouped(guide: Guide, asked: Iterable[tuple[str, str]]) -> list[Placement]:
    """Where each question stands when all have come. ``asked``: text and language ("" if not known) of each.

    Groups are numbered 1, 2, 3 … as they appear; ``nearest`` is the place of a question, from 0 on.
    """
    grouper = Grouper(lambda: guide)
    new_group = count(1).__next__
    placements: list[Placement] = []
    for number, (text, language) in enumerate(asked):
        placement = grouper.place(text, language)
        placements.append(replace(placement, group_id=placement.group_id or new_group()))
        grouper.add(number, placements[number].group_id or 0, text, language)
        for move in grouper.sort(number, (), new_group):
            grouper.move(move.question, move.to)
            placements[move.question] = Placement(move.to, move.reason, move.score, move.nearest)
    numbers: dict[int | None, int] = {}
    return [
        replace(placement, group_id=numbers.setdefault(placement.group_id, len(numbers) + 1))
        for placement in placements
    ]
