"""What may be shown of a figure: nothing that tells of fewer than three people, not by difference either."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

FEWEST: Final = 3
"""People from whom on a figure is shown."""


def hidden(people: Mapping[str, int]) -> frozenset[str]:
    """Which figures of one column are hidden, by their keys. ``people``: by how many people each figure was made.

    A figure of fewer than three people is hidden. If the hidden ones together are fewer than three people, the next
    smallest one is hidden too: else somebody could work them out from a total seen elsewhere.
    """
    gone = {key for key, number in people.items() if 0 < number < FEWEST}
    rest = sorted((number, key) for key, number in people.items() if number >= FEWEST)
    while gone and rest and (len(gone) < 2 or sum(people[key] for key in gone) < FEWEST):
        gone.add(rest.pop(0)[1])
    return frozenset(gone)
