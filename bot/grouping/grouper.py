"""Open questions by what they ask: where a new one belongs, and which groups a person may want to merge.

Groups never merge by themselves. What a counsellor splits or merges is remembered, because the questions moved
(``move``), and by ``apart``: groups that a person took apart.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final, TypeVar

from bot.grouping.leanings import EQUAL, Leaning, leaning_of, likeness
from bot.grouping.pairs import Pair, compare_with_each, reason_of
from bot.grouping.probability import SAME, probabilities
from bot.grouping.reasons import NEW, Placement, Reason
from bot.grouping.tokens import STEM, Tokeniser, Tokens, tokeniser
from bot.guide import Guide

CANDIDATES: Final = 60
"""Questions that share most with a new one and are laid beside it in full."""
TELLING: Final = 0.2
"""Words of less weight do not make a question a candidate."""
WITNESSES: Final = 4
"""How many of a group's nearest questions have a say in whether a new one belongs there."""
AGREE: Final = 0.82
"""The mean of the witnesses must reach this share of the best one: a single near question must not decide. With
0.9 three of 100 pairs fewer meet within a language; with 0.8 one in 100 fewer of those put together asks the same
(cross-validated by topics on the halves that may be looked at, 22 Nov 2026)."""
WORTH_READING: Final = 0.4
"""The leanings of two questions are compared only when, were they the same, the probability would be this high."""
VETO: Final = 0.2
"""When the group's questions in the new one's own language stay below this probability …"""
VETOED: Final = 0.7
"""… the probability by questions in other languages counts only this much: words say more than things."""


_Key = TypeVar("_Key", int, str)


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
        self._groups: dict[int, set[int]] = defaultdict(set)
        self._by_key: dict[str, set[int]] = defaultdict(set)
        self._by_text: dict[str, set[int]] = defaultdict(set)
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
        self._groups[group_id].add(question_id)
        self._by_text[tokens.folded].add(question_id)
        for key in keys_of(tokens):
            self._by_key[key].add(question_id)

    def move(self, question_id: int, group_id: int) -> None:
        """A person put a question into another group. Raises KeyError when there is no such question."""
        question = self._questions[question_id]
        self._leave(question)
        question.group = group_id
        self._groups[group_id].add(question_id)

    def remove(self, question_id: int) -> None:
        """The question is answered, dropped or forgotten; one that is not there is no fault."""
        question = self._questions.pop(question_id, None)
        if question is None:
            return
        self._leave(question)
        # Nothing of it stays, not even as a key: it may be somebody's who asked to be forgotten.
        _discard(self._by_text, question.tokens.folded, question_id)
        for key in keys_of(question.tokens):
            _discard(self._by_key, key, question_id)

    def _leave(self, question: _Question) -> None:
        _discard(self._groups, question.group, question.id)

    # -- where things belong -------------------------------------------------------------------------------------

    def place(self, text: str, language: str, apart: Collection[int] = ()) -> Placement:
        """Where a new question belongs; never into one of the groups ``apart``."""
        tokens = self._tokeniser().tokens(text, language)
        same = [q for q in self._by_text.get(tokens.folded, ()) if self._questions[q].group not in apart]
        if same and tokens.folded:
            first = min(same)
            return Placement(self._questions[first].group, Reason("same-words"), 1.0, first)
        found = self._near(text, tokens, lambda question: question.group not in apart, least=SAME)
        return found[0] if found and found[0].score >= SAME else NEW

    def near(self, group_id: int, limit: int, apart: Collection[int] = ()) -> tuple[Placement, ...]:
        """Other groups that may ask the same, most likely first, for a person to merge; not those ``apart``."""
        best: dict[int, Placement] = {}
        for member in sorted(self._groups.get(group_id, ()))[:WITNESSES]:
            question = self._questions[member]
            others = self._near(question.text, question.tokens, lambda q: q.group != group_id and q.group not in apart)
            for placement in others:
                group = placement.group_id
                if group is not None and (group not in best or placement.score > best[group].score):
                    best[group] = placement
        return tuple(sorted(best.values(), key=lambda p: -p.score)[:limit])

    def _near(
        self, text: str, tokens: Tokens, allowed: Callable[[_Question], bool], least: float = 0.0
    ) -> list[Placement]:
        """The nearest groups, best first; with ``least``, of those that are at least so near only the best."""
        others = [question for question in self._candidates(tokens) if allowed(question)]
        beside = list(zip(others, compare_with_each(tokens, [q.tokens for q in others]), strict=True))
        most = probabilities([(pair, EQUAL) for _, pair in beside])
        by_group: dict[int, list[tuple[_Question, Pair, float]]] = defaultdict(list)
        for (question, pair), bound in zip(beside, most, strict=True):
            by_group[question.group].append((question, pair, bound))
        # Most of the time goes into reading leanings: never for a group that would be too far even with the same ones.
        bounds = {group: self._agreed(group, [most for _, _, most in pairs]) for group, pairs in by_group.items()}
        found: list[Placement] = []
        for group in sorted(bounds, key=lambda group: (-bounds[group], group)):
            if least and bounds[group] < least:
                break
            found.append(self._with_witnesses(tokens.language, group, self._scored(text, tokens, by_group[group])))
            least = max(least, found[-1].score) if least else 0.0
        return sorted(found, key=lambda p: (-p.score, p.group_id or 0))

    def _scored(
        self, text: str, tokens: Tokens, members: list[tuple[_Question, Pair, float]]
    ) -> list[tuple[float, _Question, Pair]]:
        """``members``: each with the probability if the leanings were the same."""
        likely = [(question, pair) for question, pair, most in members if most >= WORTH_READING]
        own = self._leaning_of(text, tokens) if likely else None
        alike = [(pair, likeness(own, self._leaning_of_question(question))) for question, pair in likely if own]
        scores = dict(zip((question.id for question, _ in likely), probabilities(alike), strict=True))
        # The others are so far that it does not matter to what they lean.
        return [(scores.get(question.id, most), question, pair) for question, pair, most in members]

    def _agreed(self, group: int, scores: list[float]) -> float:
        """The best score, less when the group's other witnesses do not agree. Members that are no candidates share
        nothing with the question: they speak against it."""
        asked = min(WITNESSES, len(self._groups[group]))
        return min(max(scores), sum(sorted(scores, reverse=True)[:asked]) / asked / AGREE)

    def _with_witnesses(self, language: str, group: int, scored: list[tuple[float, _Question, Pair]]) -> Placement:
        scored.sort(key=lambda entry: (-entry[0], entry[1].id))
        _, nearest, pair = scored[0]
        score = self._agreed(group, [entry[0] for entry in scored])
        if not pair.same_language:
            # Whoever writes the same language is the better witness: words say more than things.
            own = [number for number in self._groups[group] if self._questions[number].tokens.language == language]
            best = max((entry[0] for entry in scored if entry[2].same_language), default=0.0)
            if own and best < VETO:
                score *= VETOED
        return Placement(group, reason_of(pair), score, nearest.id)

    def _candidates(self, tokens: Tokens) -> list[_Question]:
        shared: dict[int, float] = defaultdict(float)
        sought = {**{f"t:{thing}": TELLING for thing in tokens.kin}, **keys_of(tokens)}
        for key, weight in sought.items():
            for question in self._by_key.get(key, ()):
                shared[question] += weight
        most = heapq.nlargest(CANDIDATES, shared, key=lambda question: shared[question])
        return [self._questions[question] for question in most]

    # -- leanings ------------------------------------------------------------------------------------------------

    def _leaning_of(self, text: str, tokens: Tokens) -> Leaning:
        """To what a text leans."""
        if tokens.folded not in self._leanings:
            if len(self._leanings) > 20_000:
                self._leanings.clear()
            self._leanings[tokens.folded] = leaning_of(self._guide().matcher.reading(text, repaired=False))
        return self._leanings[tokens.folded]

    def _leaning_of_question(self, question: _Question) -> Leaning:
        if question.leaning is None:
            question.leaning = self._leaning_of(question.text, question.tokens)
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


def _discard(index: dict[_Key, set[int]], key: _Key, member: int) -> None:
    """Take a member out of an index, and the key when it was the last one."""
    index[key].discard(member)
    if not index[key]:
        del index[key]


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
