"""A question into a verdict with a confidence 0–1."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from bot.matching import thresholds as t
from bot.matching.features import Floats, word_hash
from bot.matching.head import Head
from bot.matching.languages import foreign_language, written_language
from bot.matching.names import Names
from bot.matching.nearest import Nearest
from bot.matching.parts import parts_of
from bot.matching.repair import Repairer
from bot.matching.scoring import Scorer, Scores
from bot.matching.scripts import main_script
from bot.model import (
    Candidate,
    Catalogue,
    FollowUp,
    Found,
    Match,
    Named,
    NotFound,
    Phrase,
    SmallTalk,
    Unsure,
    Verdict,
)
from bot.text import fold

LONGEST: Final = 4096
"""Characters of a message that are read; Telegram sends no longer ones."""
LONGEST_REPAIRED: Final = 400
"""Characters of a text that is repaired; a longer one has words enough that are known."""
RANKED: Final = 5
LONGEST_NAMED: Final = 7
"""Words of a message that may be nothing but a service's name."""


@dataclass(frozen=True, slots=True)
class Exact:
    """What is known of a text because it is one of the phrases."""

    label: str
    language: str
    phrase: str
    is_word: bool


class Matcher:
    """Phrases, heads and names of one content folder. Pure: the same text gives the same match."""

    def __init__(
        self,
        phrases: Mapping[str, Sequence[Phrase]],
        heads: Iterable[Head],
        catalogue: Catalogue | None = None,
        urgent: frozenset[str] = frozenset(),
    ) -> None:
        scripts = {code: main_script(p.folded or fold(p.text) for p in some[::40]) for code, some in phrases.items()}
        self.scorer = Scorer(tuple(heads), scripts)
        self._catalogue = catalogue
        self._spoken = frozenset(phrases)
        self._names = Names(catalogue.services.values() if catalogue else ())
        self._nearest = Nearest(phrases)
        self._phrases = phrases
        self._repairers: dict[str, Repairer] = {}
        self._exact = _exact_index(phrases)
        self._labels = self.scorer.labels
        self._talk_rows = np.array([i for i, label in enumerate(self._labels) if not _is_need(label)], dtype=np.intp)
        self._need_rows = np.array([i for i, label in enumerate(self._labels) if _is_need(label)], dtype=np.intp)
        self._urgent = tuple(label for label in self._labels if label in urgent)
        self._urgent_rows = np.array([self.scorer.place(label) for label in self._urgent], dtype=np.intp)
        others = [i for i in range(len(self._labels)) if i not in set(self._urgent_rows.tolist())]
        self._other_rows = np.array(others, dtype=np.intp)
        self._pairs = catalogue.ask_between if catalogue else ()

    # -- the whole of a message --------------------------------------------------------------------------------

    def match(self, text: str, *, explain: bool = False) -> Match:
        """The verdict on ``text``; any text at all. With ``explain`` every candidate names its nearest phrase."""
        text = text[:LONGEST]
        folded = fold(text)
        scores = self._scores(folded)
        among = self._likely(scores, t.PART_LANGUAGES)
        parts = [fold(part) for part in parts_of(text)]
        part_scores = [self.scorer.score(part, among) for part in parts if _is_clause(part)]
        confidences = self._confidences(scores)
        exact = self._exact.get(folded)
        if exact and _is_need(exact.label):
            confidences = self._with_exact(confidences, exact)
        between = self._between(scores, exact)
        if between:
            confidences = self._with_between(confidences, between)
        ranked = self._ranked(confidences, scores, exact)
        language = written_language(scores.evidence)
        urgent = self._urgent_needs(scores, part_scores, exact)
        foreign = None
        if urgent:
            verdict: Verdict = self._urgent_verdict(urgent, ranked, scores)
        else:
            foreign = foreign_language(text, scores.evidence, self._spoken)
            verdict = NotFound() if foreign else self._decide(folded, ranked, scores, part_scores, exact, between)
        match = Match(verdict, ranked, bool(urgent), language, foreign, self._why(scores))
        return self._explained(match, folded) if explain else match

    def _scores(self, folded: str) -> Scores:
        """The scores of a text together with those of its repaired readings in the likeliest languages."""
        scores = self.scorer.score(folded)
        if len(folded) > LONGEST_REPAIRED or scores.known >= t.WELL_KNOWN:
            return scores
        likely = self._likely(scores, t.REPAIR_LANGUAGES)
        close = [code for code in likely if scores.evidence[code] >= scores.known - t.REPAIR_CLOSE]
        readings = {self._repairer(code).text(folded) for code in close} - {folded}
        among = self._likely(scores, t.PART_LANGUAGES)
        return self.scorer.blended(scores, [self.scorer.score(reading, among) for reading in sorted(readings)])

    def _likely(self, scores: Scores, number: int) -> list[str]:
        """The languages that know most of a text, best first."""
        return sorted(scores.evidence, key=lambda code: -scores.evidence[code])[:number]

    def _repairer(self, language: str) -> Repairer:
        if language not in self._repairers:
            phrases = self._phrases.get(language, ())
            self._repairers[language] = Repairer(phrase.folded or fold(phrase.text) for phrase in phrases)
        return self._repairers[language]

    def _decide(
        self,
        folded: str,
        ranked: tuple[Candidate, ...],
        scores: Scores,
        part_scores: Sequence[Scores],
        exact: Exact | None,
        between: tuple[str, ...],
    ) -> Verdict:
        if between:
            by_need = {candidate.need: candidate for candidate in ranked}
            return Unsure(tuple(replace(by_need[need], rule="ask-between") for need in between))
        is_phrase = exact is not None and _is_need(exact.label) and not exact.is_word
        if not is_phrase and (named := self._named(folded)):
            return Named(named)
        if not folded or (scores.known < t.KNOWN and not exact):
            return NotFound()
        if exact and not _is_need(exact.label):
            return _talk_verdict(exact.label)
        if ranked and ranked[0].confidence >= t.ANSWER:
            tied = self._tied(ranked)
            return Unsure(tied) if len(tied) > 1 else Found((ranked[0], *self._further(ranked, part_scores)))
        best = int(np.argmax(scores.margins))
        if _is_talk(self._labels[best]) and scores.margins[best] >= t.TALK:
            return _talk_verdict(self._labels[best])
        if sum(candidate.confidence for candidate in ranked[: t.OFFERED]) >= t.ASK:
            offered = [c for c in ranked[: t.OFFERED] if c.confidence >= t.WORTH_OFFERING]
            if len(offered) < 2:
                offered = list(ranked[:2])
            return Unsure(tuple(offered)) if len(offered) > 1 else Found(tuple(offered))
        return NotFound()

    # -- confidences -----------------------------------------------------------------------------------------

    def _confidences(self, scores: Scores) -> Floats:
        """The confidence of every label that is a need; 0 for the others."""
        margins = scores.margins
        result = np.zeros(len(margins), dtype=np.float32)
        needs = margins[self._need_rows]
        if not len(needs):
            return result
        best = int(np.argmax(needs))
        second = float(np.partition(needs, -2)[-2]) if len(needs) > 1 else t.NO_RIVAL
        rivals = np.full(len(needs), needs[best], dtype=np.float32)
        rivals[best] = second
        outside = float(margins[self._talk_rows].max(initial=t.NO_RIVAL))
        score = t.OWN * needs + t.LEAD * (needs - rivals) + t.OVER_NONE * (needs - outside) + t.INTERCEPT
        result[self._need_rows] = 1 / (1 + np.exp(-np.clip(score, -30, 30)))
        return result

    def _with_exact(self, confidences: Floats, exact: Exact) -> Floats:
        """Raise the need whose phrase the text is; the others keep what is left of theirs."""
        raised = confidences.copy()
        wanted = np.float32(t.EXACT_WORD if exact.is_word else t.EXACT_PHRASE)
        place = self.scorer.place(exact.label)
        if raised[place] < wanted:
            raised *= 1 - wanted
            raised[place] = wanted
        return raised

    def _between(self, scores: Scores, exact: Exact | None) -> tuple[str, ...]:
        """The needs of ask-between.yaml that the text may mean alike, or none."""
        label = exact.label if exact else ""
        if not exact and scores.known >= t.KNOWN:
            best = int(np.argmax(scores.margins))
            label = self._labels[best] if scores.margins[best] >= t.BETWEEN else ""
        return tuple(label.removeprefix("ask:").split("+")) if label.startswith("ask:") else ()

    def _with_between(self, confidences: Floats, needs: tuple[str, ...]) -> Floats:
        """Share the certainty evenly between the needs; what is left goes to the others."""
        shared = confidences * np.float32(1 - t.EXACT_PHRASE)
        for need in needs:
            shared[self.scorer.place(need)] = t.EXACT_PHRASE / len(needs)
        return shared

    def _ranked(self, confidences: Floats, scores: Scores, exact: Exact | None) -> tuple[Candidate, ...]:
        order = self._need_rows[np.argsort(-confidences[self._need_rows], kind="stable")][:RANKED]
        return tuple(
            self._candidate(
                self._labels[row],
                float(confidences[row]),
                scores,
                "exact" if exact and exact.label == self._labels[row] else "scored",
            )
            for row in order
        )

    def _candidate(self, label: str, confidence: float, scores: Scores, rule: str) -> Candidate:
        language = max(scores.evidence, key=lambda code: scores.evidence[code], default="")
        return Candidate(label, confidence, "", language, rule)

    def _tied(self, ranked: tuple[Candidate, ...]) -> tuple[Candidate, ...]:
        """The needs of an ask-between group that the text may mean alike: the best one and its close partners."""
        best = ranked[0]
        for group in self._pairs:
            if best.need in group:
                close = [c for c in ranked if c.need in group and c.confidence >= t.TIE * best.confidence]
                if len(close) > 1 and sum(c.confidence for c in close) >= t.ASK:
                    return tuple(close[: t.OFFERED])
        return (best,)

    def _further(self, ranked: tuple[Candidate, ...], part_scores: Sequence[Scores]) -> tuple[Candidate, ...]:
        """Other needs that single parts of the message are sure of, and that the whole message may mean too."""
        first = ranked[0]
        plausible = {c.need for c in ranked[: t.OFFERED] if c.confidence >= t.PART_PLAUSIBLE}
        found: dict[str, Candidate] = {}
        for scores in part_scores[: t.MOST_PARTS]:
            confidences = self._confidences(scores)
            row = int(np.argmax(confidences))
            label = self._labels[row]
            if label != first.need and label in plausible and confidences[row] >= t.PART_ANSWER:
                found.setdefault(label, self._candidate(label, float(confidences[row]), scores, "part"))
        return tuple(found.values())[:2]

    # -- urgent ------------------------------------------------------------------------------------------------

    def _urgent_needs(
        self, scores: Scores, part_scores: Sequence[Scores], exact: Exact | None
    ) -> list[tuple[str, float]]:
        """The urgent needs that the message or one of its parts speaks of, surest first; empty when none."""
        if not len(self._urgent_rows):
            return []
        if exact and _is_need(exact.label) and not exact.is_word and exact.label not in self._urgent:
            return []
        sure: dict[str, float] = {}
        if exact and exact.label in self._urgent:
            sure[exact.label] = t.EXACT_PHRASE
        self._add_urgent(sure, scores, t.URGENT)
        for part in part_scores:
            self._add_urgent(sure, part, t.URGENT_PART)
        return sorted(sure.items(), key=lambda item: -item[1])[:2]

    def _urgent_verdict(self, urgent: list[tuple[str, float]], ranked: tuple[Candidate, ...], scores: Scores) -> Found:
        """The urgent needs first; after them the ordinary one that the message is sure about, for a false alarm must
        not cost the answer."""
        needs = [self._candidate(label, probability, scores, "urgent") for label, probability in urgent]
        labels = {label for label, _ in urgent}
        sure = [
            c for c in ranked[:1] if c.confidence >= t.ANSWER and c.need not in labels and c.need not in self._urgent
        ]
        return Found((*needs, *sure))

    def _add_urgent(self, sure: dict[str, float], scores: Scores, threshold: float) -> None:
        """Put the urgent needs that ``scores`` speak of into ``sure``, with the detector's probability."""
        if scores.known < t.KNOWN:
            return
        margins = scores.margins[self._urgent_rows]
        best = int(np.argmax(margins))
        lead = float(margins[best]) - float(scores.margins[self._other_rows].max(initial=t.NO_RIVAL))
        score = t.URGENT_OWN * float(margins[best]) + t.URGENT_LEAD * lead + t.URGENT_INTERCEPT
        probability = 1 / (1 + float(np.exp(-score)))
        if probability < threshold:
            return
        for place, label in enumerate(self._urgent):
            close = margins[place] >= margins[best] - t.URGENT_PAIR and self._are_paired(label, self._urgent[best])
            if place == best or close:
                sure[label] = max(sure.get(label, 0.0), probability)

    def _are_paired(self, one: str, other: str) -> bool:
        """Whether two urgent needs stand in one ask-between group: then both are shown."""
        return any(one in group and other in group for group in self._pairs)

    # -- names -------------------------------------------------------------------------------------------------

    def _named(self, folded: str) -> str | None:
        """The service, when (nearly) the whole message is its name: nothing else but common or follow-up words."""
        words = folded.split()
        if len(words) > LONGEST_NAMED:
            return None
        found = self._names.find(folded)
        services = {name.service for name in found}
        if len(services) != 1:
            return None
        covered: set[int] = set()
        for name in found:
            covered |= set(range(name.start, name.end))
        rest = [word for index, word in enumerate(words) if index not in covered]
        return next(iter(services)) if self._says_nothing(rest) else None

    def _says_nothing(self, rest: list[str]) -> bool:
        """Whether the words beside a name ask for nothing but the service itself."""
        exact = self._exact.get(" ".join(rest))
        return bool(exact and exact.label.startswith("follow-up:")) or all(map(self._is_common, rest))

    def _is_common(self, word: str) -> bool:
        """Whether a word is so frequent among the phrases that it says nothing of a need."""
        hashed = word_hash(word)
        vocabularies = [head.vocabulary for head in self.scorer.heads]
        shares = [(vocabulary.share_of(hashed), vocabulary.documents) for vocabulary in vocabularies]
        return any(share > t.COMMON_WORD and share * documents > t.COMMON_COUNT for share, documents in shares)

    # -- explaining --------------------------------------------------------------------------------------------

    def _why(self, scores: Scores) -> str:
        languages = sorted(scores.evidence.items(), key=lambda item: -item[1])[:3]
        known = ", ".join(f"{code} {share:.2f}" for code, share in languages)
        best = np.argsort(-scores.margins)[:3]
        margins = ", ".join(f"{self._labels[row]} {scores.margins[row]:+.2f}" for row in best)
        return f"known by language: {known}; margins: {margins}"

    def _explained(self, match: Match, folded: str) -> Match:
        ranked = tuple(self._with_phrase(candidate, folded) for candidate in match.ranked)
        verdict = match.verdict
        if isinstance(verdict, Found | Unsure):
            verdict = replace(verdict, needs=tuple(self._with_phrase(c, folded) for c in verdict.needs))
        return replace(match, ranked=ranked, verdict=verdict)

    def _with_phrase(self, candidate: Candidate, folded: str) -> Candidate:
        phrase = self._nearest.phrase(folded, candidate.need, candidate.language)
        return replace(candidate, phrase=phrase.text, language=phrase.language) if phrase else candidate


def _is_clause(part: str) -> bool:
    """Whether a part says something by itself: three words, or as much in a script without spaces."""
    return len(part.split()) >= 3 or (len(part) >= 4 and not part.isascii() and " " not in part)


def _is_need(label: str) -> bool:
    return ":" not in label and label != "none"


def _is_talk(label: str) -> bool:
    return label.startswith(("small-talk:", "follow-up:"))


def _talk_verdict(label: str) -> Verdict:
    """The verdict of a label that is not a need."""
    kind, _, name = label.partition(":")
    if kind == "small-talk":
        return SmallTalk(name)
    return FollowUp(name) if kind == "follow-up" else NotFound()


def _exact_index(phrases: Mapping[str, Sequence[Phrase]]) -> dict[str, Exact]:
    """Folded phrase → its label. A text that means different things in two languages is not exact."""
    index: dict[str, Exact | None] = {}
    for language, entries in phrases.items():
        for phrase in entries:
            folded = phrase.folded or fold(phrase.text)
            new = Exact(phrase.label, language, phrase.text, phrase.is_word)
            old = index.setdefault(folded, new)
            if old is not None and old.label != new.label:
                index[folded] = None
            elif old is not None and old.is_word and not new.is_word:
                index[folded] = new
    return {folded: exact for folded, exact in index.items() if exact is not None}


__all__ = ["Matcher"]
