"""A message as the heads hear it: the whole of it, slips put right, its parts and its clauses. Each search in the heads
costs as much as several texts in one, so they are heard together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.matching import thresholds as t
from bot.matching.repair import Repairers
from bot.matching.said import said
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
    clauses: tuple[str, ...]
    clause_scores: list[Scores]
    is_mended: bool
    """Whether ``clause_scores`` are together with those of the clauses' repaired readings."""


class Hearing:
    """Bound to the heads, and to the words by which slips are put right."""

    def __init__(self, scorer: Scorer, repairers: Repairers) -> None:
        self._scorer = scorer
        self._repairers = repairers

    def message(
        self, folded: str, parts: Sequence[str] = (), clauses: Sequence[str] = (), *, mend: bool = False
    ) -> Message:
        """What is heard in a folded text, in its folded ``parts`` and in its ``clauses``. ``mend``: the slips of the
        clauses are put right too, as they are anyhow where that costs little; else ``mended`` does so."""
        is_one = list(parts) == [folded]  # most messages: it need not be read again as a part of itself
        pieces = [] if is_one else list(parts)
        places = {piece: place for place, piece in enumerate(pieces, 1)}
        for clause in clauses:  # a clause is mostly a part as well
            if clause not in places:
                pieces.append(clause)
                places[clause] = len(pieces)
        heard = self._scorer.hear(said(folded, *pieces), t.PART_LANGUAGES)
        every = self._scorer.added(heard)
        scores = every[0]
        readings = self._repaired(folded, scores)
        is_mended = mend or bool(readings)
        mended = self._mended(clauses, scores) if is_mended else {}
        again = self._again([*readings, *mended.values()], scores)
        clause_scores = self._blended([every[places[clause]] for clause in clauses], mended, again[len(readings) :])
        own = slice(0, 1) if is_one else slice(1, 1 + len(parts))
        scores = self._scorer.blended(scores, again[: len(readings)])
        return Message(scores, every[own], heard.of(own), tuple(clauses), clause_scores, is_mended)

    def neighbours(self, message: Message) -> list[Scores]:
        """The scores of each part of a message with the next one."""
        return self._scorer.added(message.heard.neighbours())

    def mended(self, message: Message) -> list[Scores]:
        """The scores of each clause of a message, together with those of its repaired reading where slips were put
        right."""
        if message.is_mended:
            return message.clause_scores
        mended = self._mended(message.clauses, message.scores)
        return self._blended(message.clause_scores, mended, self._again(list(mended.values()), message.scores))

    def _repaired(self, folded: str, scores: Scores) -> list[str]:
        """The text with its slips put right, by each of the languages that it may be written in."""
        if len(folded) > LONGEST_REPAIRED or scores.known >= t.WELL_KNOWN:
            return []
        likely = scores.likely(t.REPAIR_LANGUAGES)
        close = [code for code in likely if scores.evidence[code] >= scores.known - t.REPAIR_CLOSE]
        return sorted({self._repairers.of(code).text(folded) for code in close} - {folded})

    def _mended(self, clauses: Sequence[str], scores: Scores) -> dict[int, str]:
        """By their places, the clauses of a text in which slips were put right."""
        if not clauses or not scores.evidence:
            return {}
        repairer = self._repairers.of(scores.likely(1)[0])
        return {place: own for place, clause in enumerate(clauses) if (own := repairer.text(clause)) != clause}

    def _again(self, repaired: list[str], scores: Scores) -> list[Scores]:
        """The scores of repaired readings of a text, or of clauses of it."""
        return self._scorer.added(self._scorer.read(said(*repaired), scores.likely(t.PART_LANGUAGES)))

    def _blended(self, clauses: list[Scores], mended: dict[int, str], others: list[Scores]) -> list[Scores]:
        blended = clauses[:]
        for place, other in zip(mended, others, strict=True):
            blended[place] = self._scorer.blended(clauses[place], [other])
        return blended
