"""A message as the heads hear it: the whole of it, slips put right, its parts and its clauses. Each search in the heads
costs as much as several texts in one, so they are heard together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bot.matching import thresholds as t
from bot.matching.foldedtexts import folded_texts
from bot.matching.repair import Repairers
from bot.matching.scoring import Heard, Scorer, Scores

LONGEST_REPAIRED: Final = 400
"""Characters of a text that is repaired; a longer one has words enough that are known."""


@dataclass(frozen=True, slots=True)
class Message:
    """What is heard in a message."""

    scores: Scores
    """Of the whole, together with those of its repaired readings."""
    parts: list[Scores]
    heard: Heard
    """Of the parts."""
    clauses: list[Scores]
    """Of those that were asked for."""
    is_mended: bool
    """Whether they are together with those of the clauses' repaired readings."""


class Hearing:
    """Bound to the heads, and to the words by which slips are put right."""

    def __init__(self, scorer: Scorer, repairers: Repairers) -> None:
        self._scorer = scorer
        self._repairers = repairers

    def message(self, folded: str, parts: Sequence[str] = (), clauses: Sequence[str] = ()) -> Message:
        """What is heard in a folded text, in its folded ``parts`` and in its ``clauses``; their slips are put right
        where that costs little, else by ``mended``."""
        is_one = list(parts) == [folded]  # most messages: it need not be read again as a part of itself
        pieces = [] if is_one else list(parts)
        places = {piece: place for place, piece in enumerate(pieces, 1)}
        for clause in clauses:  # a clause may be a part as well
            if clause not in places:
                pieces.append(clause)
                places[clause] = len(pieces)
        heard = self._scorer.hear(folded_texts(folded, *pieces), t.PART_LANGUAGES)
        every = self._scorer.added(heard)
        scores = every[0]
        own = slice(0, 1) if is_one else slice(1, 1 + len(parts))
        of_clauses = [every[places[clause]] for clause in clauses]
        readings = self._repaired(folded, scores)
        if readings:
            slips = self.slips(clauses, scores)
            again = self._read([*readings, *slips.values()], scores)
            scores = self._scorer.blended(scores, again[: len(readings)])
            of_clauses = self._blended(of_clauses, slips, again[len(readings) :])
        return Message(scores, every[own], heard.of(own), of_clauses, bool(readings))

    def neighbours(self, message: Message) -> list[Scores]:
        """The scores of each part of a message with the next one."""
        return self._scorer.added(message.heard.neighbours())

    def slips(self, clauses: Sequence[str], whole: Scores) -> dict[int, str]:
        """By its place, each clause of a text in which slips can be put right, and how it reads then."""
        if not clauses or not whole.evidence:
            return {}
        repairer = self._repairers.of(whole.likely(1)[0])
        return {place: own for place, clause in enumerate(clauses) if (own := repairer.text(clause)) != clause}

    def mended(self, heard: Sequence[Scores], slips: Mapping[int, str], whole: Scores) -> list[Scores]:
        """The scores of the clauses of a text, ``heard`` as they stand, together with those without their ``slips``."""
        return self._blended(heard, slips, self._read(list(slips.values()), whole))

    def clauses(self, clauses: Sequence[str], whole: Scores) -> list[Scores]:
        """The scores of the clauses of a text, together with those of their repaired readings."""
        slips = self.slips(clauses, whole)
        every = self._read([*clauses, *slips.values()], whole)
        return self._blended(every[: len(clauses)], slips, every[len(clauses) :])

    def _repaired(self, folded: str, scores: Scores) -> list[str]:
        """The text with its slips put right, by each of the languages that it may be written in: in each way that is as
        likely, of which the best known one counts most."""
        if len(folded) > LONGEST_REPAIRED or scores.known >= t.WELL_KNOWN:
            return []
        likely = scores.likely(t.REPAIR_LANGUAGES)
        close = [code for code in likely if scores.evidence[code] >= scores.known - t.REPAIR_CLOSE]
        is_strange = scores.known < t.STRANGE
        texts = {text for code in close for text in self._repairers.of(code).texts(folded, is_strange=is_strange)}
        return sorted(texts - {folded})

    def _read(self, folded: list[str], whole: Scores) -> list[Scores]:
        """The scores of pieces of a text, or of repaired readings."""
        return self._scorer.added(self._scorer.read(folded_texts(*folded), whole.likely(t.PART_LANGUAGES)))

    def _blended(self, heard: Sequence[Scores], slips: Mapping[int, str], others: Sequence[Scores]) -> list[Scores]:
        blended = list(heard)
        for place, other in zip(slips, others, strict=True):
            blended[place] = self._scorer.blended(heard[place], [other])
        return blended
