"""Open questions by what they ask: where a new one belongs, what goes elsewhere once it is there, and which groups a
person may want to merge.

What a person has touched stays: ``sort`` takes nothing out of such a group and never makes one of two. What a
counsellor splits or merges is remembered, because the questions moved (``move``), and by ``apart``: groups that a
person took apart.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from bot.grouping.clusters import TOGETHER, link_to_all, log_odds, probability
from bot.grouping.leanings import EQUAL, Leaning, leaning_of, likeness
from bot.grouping.members import Members
from bot.grouping.pairs import Pair, compare_with_each, reason_of
from bot.grouping.probability import SAME, probabilities
from bot.grouping.reasons import NEW, Placement, Reason
from bot.grouping.sorting import Move, Voice, moves
from bot.grouping.tokens import STEM, Tokeniser, Tokens, tokeniser
from bot.guide import Guide

CANDIDATES: Final = 60
"""Questions that share most with a new one and are laid beside it in full."""
TELLING: Final = 0.2
"""Words of less weight do not make a question a candidate."""
MOST_ASKED: Final = 4
"""Questions of a group by which others are looked for that may ask the same …"""
WORTH_MERGING: Final = 0.1
"""… and how likely they have to."""
MOST_LEANINGS: Final = 20_000
"""Texts whose leanings are remembered; beyond that all are forgotten at once."""
MOST_SORTED: Final = 40
"""Questions that are weighed against each other at once: nearly 800 pairs, some 30 ms."""
MOST_OF_GROUP: Final = 12
"""Different wordings of one group that speak for it; one with more stays together."""


_NEW: Final = 0
"""Number and group of a question that is only looked at."""


@dataclass(slots=True)
class _Question:
    id: int
    group: int
    text: str
    tokens: Tokens
    leaning: Leaning | None = None
    """Worked out when first asked for, because five thousand take their time."""


class Grouper:
    """The open questions of one bot. Not for several threads."""

    def __init__(self, guide: Callable[[], Guide]) -> None:
        """``guide``: the one in use; when it changed, leanings are worked out anew and new questions weighed by its
        words (those that are there keep their weights)."""
        self._guide = guide
        self._used: Guide | None = None
        self._questions: dict[int, _Question] = {}
        self._groups: Members[int] = Members()
        self._by_key: Members[str] = Members()
        self._by_text: Members[str] = Members()
        self._leanings: dict[str, Leaning] = {}

    def __len__(self) -> int:
        return len(self._questions)

    # -- what is there -------------------------------------------------------------------------------------------

    def add(self, question_id: int, group_id: int, text: str, language: str) -> None:
        """An open question and its group; one that is there already is replaced."""
        self.remove(question_id)
        tokens = self._tokeniser().tokens(text, language)
        question = _Question(question_id, group_id, text, tokens, self._leanings.get(tokens.folded))
        self._questions[question_id] = question
        self._groups.add(group_id, question_id)
        self._by_text.add(tokens.folded, question_id)
        for key in keys_of(tokens):
            self._by_key.add(key, question_id)

    def move(self, question_id: int, group_id: int) -> None:
        """The question goes into another group. Raises KeyError when there is no such question."""
        question = self._questions[question_id]
        self._leave(question)
        question.group = group_id
        self._groups.add(group_id, question_id)

    def remove(self, question_id: int) -> None:
        """The question is answered, dropped or forgotten; one that is not there is no fault."""
        question = self._questions.pop(question_id, None)
        if question is None:
            return
        self._leave(question)
        # Nothing of it stays, not even as a key: it may be somebody's who asked to be forgotten.
        self._by_text.remove(question.tokens.folded, question_id)
        for key in keys_of(question.tokens):
            self._by_key.remove(key, question_id)

    def _leave(self, question: _Question) -> None:
        self._groups.remove(question.group, question.id)

    # -- where things belong -------------------------------------------------------------------------------------

    def place(self, text: str, language: str) -> Placement:
        """Where a new question belongs."""
        question = _Question(_NEW, _NEW, text, self._tokeniser().tokens(text, language))
        same = self._by_text.of(question.tokens.folded)
        if same and question.tokens.folded:
            first = min(same)
            return Placement(self._questions[first].group, Reason("same-words"), 1.0, first)
        likely = {other.id: bound for bound, other, _ in self._perhaps_near(question, SAME)}
        groups = [(self._most(question, heard), group, heard) for group, heard in self._heard(likely)]
        best = NEW
        # Reading to what questions lean takes most of the time: never for a group that would be too far all the same.
        for most, group, heard in sorted(groups, key=lambda found: (-found[0], found[1])):
            if most < max(best.score, SAME):
                break
            best = max(best, self._placed(question, group, heard), key=lambda placement: placement.score)
        return best if best.score >= SAME else NEW

    def sort(self, question_id: int, touched: Collection[int], new_group: Callable[[], int]) -> tuple[Move, ...]:
        """What goes where now that a question has come: its group and those with a question near it, each question
        weighed against all the others. Nothing is moved yet (``move``).

        ``touched``: groups that a person has worked on; all their questions stay. ``new_group``: the number of a group
        that is to be opened. A question that is not there (any more) moves nothing.
        """
        question = self._questions.get(question_id)
        if question is None:
            return ()
        voices: list[Voice] = []
        asked: list[_Question] = []
        near = {other.id: score for score, other, _ in self._near(question, TOGETHER)}
        for group, heard in self._heard(near | {question_id: 1.0}):
            if len(voices) + len(heard) > MOST_SORTED:
                break
            rest = set(self._groups.of(group))
            for one in heard:
                stays = group in touched or (len(heard) == MOST_OF_GROUP and one is not question)
                numbers = rest.intersection(self._by_text.of(one.tokens.folded)) if not stays else rest
                voices.append(Voice(one.id, group, tuple(sorted(numbers)), stays))
                asked.append(one)
                rest = rest - numbers
        links = np.zeros((len(voices), len(voices)))
        reasons: dict[tuple[int, int], Reason] = {}
        for place, one in enumerate(asked):
            for other, (pair, score) in enumerate(self._weighed(one, asked[place + 1 :]), place + 1):
                links[place, other] = links[other, place] = log_odds(score)
                reasons[place, other] = reason_of(pair)
        return moves(voices, links, reasons, touched, new_group)

    def near(self, group_id: int, limit: int, apart: Collection[int] = ()) -> tuple[Placement, ...]:
        """Other groups that may ask the same, most likely first, for a person to merge; not those ``apart``."""
        best: dict[int, Placement] = {}
        for member in sorted(self._groups.of(group_id))[:MOST_ASKED]:
            for score, other, pair in self._near(self._questions[member], WORTH_MERGING):
                if other.group not in {group_id, *apart} and score > best.get(other.group, NEW).score:
                    best[other.group] = Placement(other.group, reason_of(pair), score, other.id)
        return tuple(sorted(best.values(), key=lambda p: -p.score)[:limit])

    def _heard(self, near: Mapping[int, float]) -> Iterator[tuple[int, list[_Question]]]:
        """The groups of the questions that are ``near``, the nearest first: of each the different wordings, the nearest
        first, at most ``MOST_OF_GROUP``."""
        nearest: dict[int, float] = defaultdict(float)
        for number, score in near.items():
            group = self._questions[number].group
            nearest[group] = max(nearest[group], score)
        for group in sorted(nearest, key=lambda group: (-nearest[group], group)):
            wordings: dict[str, _Question] = {}
            for number in sorted(self._groups.of(group), key=lambda number: (-near.get(number, 0.0), number)):
                wordings.setdefault(self._questions[number].tokens.folded, self._questions[number])
            yield group, list(wordings.values())[:MOST_OF_GROUP]

    def _most(self, question: _Question, heard: Sequence[_Question]) -> float:
        """How likely the question belongs to a group if all of it leans to the same."""
        return probability(link_to_all([log_odds(bound) for bound, _, _ in self._bounds(question, heard)]))

    def _placed(self, question: _Question, group: int, heard: Sequence[_Question]) -> Placement:
        """How likely the question belongs to a group."""
        weighed = self._weighed(question, heard)
        best = max(range(len(heard)), key=lambda place: weighed[place][1])
        link = link_to_all([log_odds(score) for _, score in weighed])
        return Placement(group, reason_of(weighed[best][0]), probability(link), heard[best].id)

    def _near(self, question: _Question, least: float) -> list[tuple[float, _Question, Pair]]:
        """The questions that ask the same with a probability of more than ``least``."""
        likely = [other for _, other, _ in self._perhaps_near(question, least)]
        weighed = zip(likely, self._weighed(question, likely), strict=True)
        return [(score, other, pair) for other, (pair, score) in weighed if score > least]

    def _perhaps_near(self, question: _Question, least: float) -> list[tuple[float, _Question, Pair]]:
        """The questions that would be so near if they leaned to the same."""
        self._tokeniser()  # what was read by another guide cannot be compared
        others = [other for other in self._candidates(question.tokens) if other is not question]
        return [found for found in self._bounds(question, others) if found[0] > least]

    def _bounds(self, question: _Question, others: Sequence[_Question]) -> list[tuple[float, _Question, Pair]]:
        """The probability that each of the others asks the same if it leans to the same."""
        pairs = compare_with_each(question.tokens, [other.tokens for other in others])
        return list(zip(probabilities([(pair, EQUAL) for pair in pairs]), others, pairs, strict=True))

    def _weighed(self, question: _Question, others: Sequence[_Question]) -> list[tuple[Pair, float]]:
        """The probability that each of the others asks the same."""
        if not others:
            return []
        own = self._leaning_of(question)
        compared = compare_with_each(question.tokens, [other.tokens for other in others])
        alike = [likeness(own, self._leaning_of(other)) for other in others]
        pairs = list(zip(compared, alike, strict=True))
        return [(pair, score) for (pair, _), score in zip(pairs, probabilities(pairs), strict=True)]

    def _candidates(self, tokens: Tokens) -> list[_Question]:
        shared: dict[int, float] = defaultdict(float)
        sought = {**{f"t:{thing}": TELLING for thing in tokens.kin}, **keys_of(tokens)}
        for key, weight in sought.items():
            for question in self._by_key.of(key):
                shared[question] += weight
        most = heapq.nlargest(CANDIDATES, shared, key=lambda question: shared[question])
        return [self._questions[question] for question in most]

    # -- leanings ------------------------------------------------------------------------------------------------

    def _leaning_of(self, question: _Question) -> Leaning:
        """To what a question leans."""
        if question.leaning is None:
            folded = question.tokens.folded
            if folded not in self._leanings:
                if len(self._leanings) > MOST_LEANINGS:
                    self._leanings.clear()
                self._leanings[folded] = leaning_of(self._guide().matcher.reading(question.text, repaired=False))
            question.leaning = self._leanings[folded]
        return question.leaning

    def _tokeniser(self) -> Tokeniser:
        guide = self._guide()
        if guide is not self._used:
            self._used = guide
            self._tokens = tokeniser(guide.matcher)
            self._leanings.clear()
            for question in self._questions.values():
                question.leaning = None
        return self._tokens


def keys_of(tokens: Tokens) -> dict[str, float]:
    """By what a question is found, with the weight of each."""
    keys: dict[str, float] = {}
    for token in tokens.tokens:
        if token.weight < TELLING:
            continue
        if token.name:
            keys[f"n:{token.name}"] = token.weight
        for thing in token.things:
            keys[f"t:{thing}"] = token.weight
        if not token.things and not token.name:
            keys[f"w:{token.word}"] = token.weight
            if len(token.word) > STEM:
                keys[f"s:{token.word[:STEM]}"] = token.weight / 2
    return keys
