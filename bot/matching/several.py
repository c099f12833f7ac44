"""Several wishes in one message: which of its clauses are answered together."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from bot.matching import thresholds as t
from bot.matching.confidences import Confidences, candidate
from bot.matching.exact import Exacts
from bot.matching.hearing import Hearing, Message
from bot.matching.labels import is_talk
from bot.matching.parts import Clause, clauses_of, words_in
from bot.matching.scoring import Scorer, Scores
from bot.matching.scripts import is_dense
from bot.model import Candidate, Catalogue, Found


@dataclass(frozen=True, slots=True)
class Wish:
    """What one clause of a message asks for."""

    needs: tuple[str, ...]
    """The need; several when the clause may mean them alike (ask-between.yaml); none when it asks for no need."""
    confidence: float
    """0–1, by the clause alone."""
    words: float
    """How long the clause is; 0 for small talk, which counts for nothing."""
    is_joined: bool
    """"And" or "also" stands beside it."""
    is_plausible: bool
    """The whole message gives its need a chance too."""


LONGEST: Final = 240
"""Characters of a text whose clauses are looked at one by one; a longer one is a story."""
BRIEF: Final = 2
"""Words of a clause that may leave out what its neighbour says."""


class Wishes:
    """Reads the clauses of a message one by one."""

    def __init__(
        self,
        scorer: Scorer,
        confidences: Confidences,
        exact: Exacts,
        hearing: Hearing,
        urgent: frozenset[str],
        catalogue: Catalogue | None,
    ) -> None:
        """``urgent``: labels that no clause asks for, for they have a detector of their own."""
        self._scorer = scorer
        self._confidences = confidences
        self._exact = exact
        self._hearing = hearing
        self._urgent = urgent
        self._catalogue = catalogue

    def clauses(self, text: str) -> list[Clause]:
        """The clauses of a message that may ask for several things at once; none of any other."""
        clauses = clauses_of(text) if len(text) <= LONGEST else []
        return clauses if 1 < len(clauses) <= t.MOST_PARTS else []

    def found(self, clauses: Sequence[Clause], ranked: Sequence[Candidate], message: Message) -> Found | None:
        """The answers to a message that asks for several things at once; None when it does not.

        ``ranked``: the needs of the whole; ``message``: what is heard in it, and in each clause.
        """
        plausible = {candidate.need for candidate in ranked if candidate.confidence >= t.PART_PLAUSIBLE}
        # What nothing joins to another wish has to be plausible as the whole message goes.
        if not clauses or (len(plausible) < 2 and not any(clause.is_joined for clause in clauses)):
            return None
        heard = self._heard(clauses, plausible, message)
        if not heard:
            return None
        wishes = [self._wish(clause, own, plausible) for clause, own in zip(clauses, heard, strict=True)]
        for place, text in _completed(clauses, wishes).items():
            [scores] = self._hearing.clauses([text], message.scores)
            wish = self._wish(replace(clauses[place], folded=text), scores, plausible)
            if wish.confidence > wishes[place].confidence and self._gives_a_chance(heard[place], wish.needs):
                wishes[place] = replace(wish, words=heard[place].words)
                heard = [*heard[:place], scores, *heard[place + 1 :]]
        chosen = wishes_together(wishes, ranked[0] if ranked else None, self._catalogue)
        if not chosen:
            return None

        def of(wish: Wish, need: str) -> Candidate:
            return candidate(need, wish.confidence / len(wish.needs), heard[wishes.index(wish)], "part")

        sure = tuple(of(wish, wish.needs[0]) for wish in chosen if len(wish.needs) == 1)
        tied = next((wish for wish in chosen if len(wish.needs) > 1), None)
        return Found(sure, tuple(of(tied, need) for need in tied.needs) if tied else ())

    def _heard(self, clauses: Sequence[Clause], plausible: Collection[str], message: Message) -> Sequence[Scores]:
        """The scores of each clause, slips put right; none when it is clear without that that no two are wishes."""
        folded = [clause.folded for clause in clauses]
        if not message.clauses:
            return self._hearing.clauses(folded, message.scores)
        slips = {} if message.is_mended else self._hearing.slips(folded, message.scores)
        if not slips:
            return message.clauses
        others = [place for place in range(len(clauses)) if place not in slips]
        known = [self._wish(clauses[place], message.clauses[place], plausible) for place in others]
        if not may_be_several(known, [message.clauses[place].words for place in slips]):
            return ()  # mostly so: to read them once more takes a third of the time of all
        return self._hearing.mended(message.clauses, slips, message.scores)

    def _gives_a_chance(self, scores: Scores, needs: Sequence[str]) -> bool:
        """Whether what a clause says by itself may ask for one of these: else they are its neighbour's."""
        sure = self._confidences.of(scores)
        return scores.known >= t.WISH_KNOWN and any(sure[self._scorer.place(need)] >= t.WISH_CHANCE for need in needs)

    def _wish(self, clause: Clause, scores: Scores, plausible: Collection[str]) -> Wish:
        """What one clause asks for, by itself."""
        exact = self._exact.get(clause.folded)
        label = exact.label if exact else self._scorer.labels[int(np.argmax(scores.margins))]
        if is_talk(label):
            return Wish((), 0.0, 0.0, clause.is_joined, False)
        words = scores.words
        if between := self._confidences.between(scores, exact, t.WISH_BETWEEN_MARGIN):
            return Wish(between, t.WISH_BETWEEN, words, clause.is_joined, any(n in plausible for n in between))
        need, sure = self._confidences.best(self._confidences.with_exact(self._confidences.of(scores), exact))
        if need in self._urgent or scores.known < t.WISH_KNOWN or (words < 2 and not exact):
            return Wish((), 0.0, words, clause.is_joined, False)
        return Wish((need,), sure, words, clause.is_joined, need in plausible)


def _completed(clauses: Sequence[Clause], wishes: Sequence[Wish]) -> dict[int, str]:
    """By its place, each brief clause that is no clear wish, with what its neighbour says before or after it: in "I
    need a doctor and also a job" the second one means "I need a job"."""
    found = {}
    for place, (clause, wish) in enumerate(zip(clauses, wishes, strict=True)):
        if not clause.is_joined or words_in(clause.folded) > BRIEF or (wish.needs and wish.confidence >= t.WISH_FIRST):
            continue
        own = _pieces(clause.folded)
        before = _pieces(clauses[place - 1].folded) if place else []
        after = _pieces(clauses[place + 1].folded) if place + 1 < len(clauses) else []
        if len(before) > len(own):
            own = before[: -len(own)] + own
        elif len(after) > len(own):
            own += after[len(own) :]
        else:
            continue
        found[place] = ("" if is_dense(clause.folded[0]) else " ").join(own)
    return found


def _pieces(folded: str) -> list[str]:
    """The words of a clause; in a script without spaces its characters."""
    return list(folded.replace(" ", "")) if is_dense(folded[0]) else folded.split()


def wishes_together(wishes: Sequence[Wish], meant: Candidate | None, catalogue: Catalogue | None) -> list[Wish]:
    """Two or three wishes that a message holds, in its order; none when it holds one, or is a story.

    ``meant``: the need that the whole message most likely speaks of. When that is surer than every wish and far from
    all of them, the clauses are misread; otherwise it is what they are together: "a doctor and a job" is nearly a job
    at the hospital.

    Stories mention much that nobody asks about, so the wishes must be most of what is said. Of two needs that are akin
    one is mostly the reason for the other ("I have a degree and want to have it recognised").
    """
    said = sum(wish.words for wish in wishes)
    sure = [wish for wish in wishes if wish.needs and wish.confidence >= _threshold(wish)]
    if sum(wish.words for wish in sure) < t.WISHES_SHARE * said:
        sure = [wish for wish in sure if wish.confidence >= t.WISH_BETWEEN]
        if sum(wish.words for wish in sure) < t.WISHES_LEAST * said:
            return []
    chosen: list[Wish] = []
    for wish in sorted(sure, key=lambda wish: -wish.confidence):
        others = [need for other in chosen for need in other.needs]
        if set(wish.needs) & set(others):
            continue
        if any(akin(a, b, catalogue) for a in wish.needs for b in others) and not (
            wish.is_joined and wish.confidence >= t.WISH_AKIN
        ):
            continue
        if chosen and not (wish.is_joined or wish.is_plausible):
            continue
        chosen.append(wish)
    chosen = chosen[: t.OFFERED]
    if len(chosen) < 2 or chosen[0].confidence < t.WISH_FIRST or all(len(wish.needs) > 1 for wish in chosen):
        return []
    if meant and meant.confidence > chosen[0].confidence:
        needs = [need for wish in chosen for need in wish.needs]
        if not any(meant.need == need or akin(meant.need, need, catalogue) for need in needs):
            return []
    return [wish for wish in wishes if wish in chosen]


def may_be_several(known: Sequence[Wish], others: Sequence[float]) -> bool:
    """Whether ``wishes_together`` may find any, whatever is wished in the ``others``, whose words alone are known."""
    sure = [wish for wish in known if wish.needs and wish.confidence >= _threshold(wish)]
    words, said = (sum(wish.words for wish in some) + sum(others) for some in (sure, known))
    return len(sure) + len(others) > 1 and words >= t.WISHES_LEAST * said


def _threshold(wish: Wish) -> float:
    if not wish.is_joined:
        return t.WISH_FIRST
    return t.WISH_PLAUSIBLE if wish.is_plausible else t.WISH_JOINED


def akin(one: str, other: str, catalogue: Catalogue | None) -> bool:
    """Whether two needs are of one topic, or one is named as the next step of the other."""
    if catalogue is None:
        return False
    a, b = catalogue.need(one), catalogue.need(other)
    return a is not None and b is not None and (a.topic == b.topic or b.id in a.next or a.id in b.next)
