"""A question into a verdict with a confidence 0–1."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final
from unicodedata import normalize

import numpy as np

from bot.matching import thresholds as t
from bot.matching.alone import WordsAlone
from bot.matching.confidences import Confidences, candidate
from bot.matching.elsewhere import Elsewhere
from bot.matching.exact import NO_WORDS, Exact, Exacts
from bot.matching.features import Floats
from bot.matching.head import Head
from bot.matching.hearing import Hearing
from bot.matching.labels import PRESS, is_need, is_none, is_talk, needs_asked_between, talk_verdict
from bot.matching.languages import SAMPLE, foreign_language, shared_languages, written_language
from bot.matching.leftout import LeftOut
from bot.matching.names import NameFound, Names
from bot.matching.naming import Naming
from bot.matching.nearest import Nearest
from bot.matching.parts import is_clause, parts_of
from bot.matching.repair import Repairers
from bot.matching.scoring import Scorer, Scores
from bot.matching.scripts import main_script
from bot.matching.several import Wishes, akin
from bot.matching.urgent import UrgentDetector
from bot.model import (
    Candidate,
    Catalogue,
    Found,
    Match,
    Named,
    NotFound,
    OwnWords,
    Phrase,
    Phrases,
    Unsure,
    Verdict,
)
from bot.text import fold


@dataclass(frozen=True, slots=True)
class Reading:
    """What the heads make of a text before anything is decided."""

    folded: str
    labels: tuple[str, ...]
    scores: Scores
    """Margins in the order of ``labels``."""
    confidences: Floats
    """0–1 in the order of ``labels``; 0 for labels that are no needs."""
    exact: Exact | None
    """What is known of the text because it is one of the phrases."""

    def margin(self, label: str) -> float:
        return float(self.scores.margins[self.labels.index(label)])


LONGEST: Final = 4096
"""Characters of a message that are read; Telegram sends no longer ones."""
REMEMBERED: Final = 4096
"""Texts whose match is kept in memory: each is asked for when it comes in (is it urgent?) and when it is answered."""
KEPT_READINGS: Final = 64
DRAWN_OUT: Final = re.compile(r"([^\W\d_])\1\1.*([^\W\d_])\2\2")
"""Letters that stand three times in a row, twice: once they may be struck keys."""


class Matcher:
    """Phrases, heads and names of one content folder. Pure: the same text gives the same match."""

    def __init__(
        self,
        phrases: Mapping[str, Sequence[Phrase]],
        heads: Iterable[Head],
        catalogue: Catalogue | None = None,
        urgent: frozenset[str] = frozenset(),
        repairers: Repairers | None = None,
        own: OwnWords = NO_WORDS,
    ) -> None:
        """``repairers``: those of the very phrases, if they are made already; ``own``: what the bot itself shows."""
        columns = {code: Phrases.of(code, some) for code, some in phrases.items()}
        heads = tuple(heads)
        labels = _labels_of(columns.values(), heads, own, catalogue)
        self._catalogue = catalogue
        self._phrases = columns
        self._spoken = frozenset(phrases)
        self._pairs = catalogue.ask_between if catalogue else ()
        self.urgent = urgent
        """The needs that people in danger have."""
        self._of_danger = _services_of(urgent, catalogue)
        # What looks at words alone …
        self._exact = Exacts(columns.values(), own)
        self._nearest = Nearest(columns)
        self._names = Names(catalogue.services.values() if catalogue else ())
        self._elsewhere = Elsewhere(catalogue)
        self.alone = WordsAlone(columns, urgent)
        self.left_out = LeftOut(columns)
        self.repairers = repairers or Repairers(columns)
        # … and what goes by the margins of the heads.
        self.scorer = Scorer(heads, _scripts_of(columns), labels)
        self._labels = self.scorer.labels
        self._confidences = Confidences(self.scorer, knows_none=any(map(is_none, labels)))
        self._detector = UrgentDetector(self.scorer, urgent, self._pairs)
        self._naming = Naming(self._names, self._exact, self.scorer)
        self._hearing = Hearing(self.scorer, self.repairers)
        detected = frozenset(self._detector.labels)
        self._wishes = Wishes(self.scorer, self._confidences, self._exact, self._hearing, detected, catalogue)
        self._matches: dict[str, Match] = {}
        self._readings: dict[str, Reading] = {}

    # -- what others build on ------------------------------------------------------------------------------------

    @property
    def home(self) -> str:
        """The language of the place, whose words people mix into any other; "" without a catalogue."""
        return self._catalogue.city.source_language if self._catalogue else ""

    def reading(self, text: str, *, repaired: bool = True) -> Reading:
        """What the heads make of ``text``, below every threshold: for grouping and explaining, not for answering.

        Without ``repaired`` slips are not put right, which takes half the time.
        """
        folded = fold(_cut(text))[:LONGEST]
        if not repaired:
            return self._reading(folded, self.scorer.score(folded), self._exact.get(folded))
        found = self._readings.get(folded)
        return found or self._kept(self._reading(folded, self._hearing.message(folded).scores, self._exact.get(folded)))

    def _reading(self, folded: str, scores: Scores, exact: Exact | None) -> Reading:
        return Reading(folded, self._labels, scores, self._confidences.of(scores), exact)

    def _kept(self, reading: Reading) -> Reading:
        """What was just matched is read next, to find out what becomes of it."""
        if len(self._readings) >= KEPT_READINGS:
            self._readings.clear()  # not one of them alone: another thread, which gets things ready, may take it too
        self._readings[reading.folded] = reading
        return reading

    def names_in(self, folded: str) -> list[NameFound]:
        """The services that a folded text names, from left to right."""
        return self._names.find(folded)

    def nearest_phrase(self, folded: str, need: str, language: str) -> Phrase | None:
        """The phrase of ``need`` in ``language`` (else in any) that shares most with ``folded``."""
        return self._nearest.phrase(folded, need, language)

    def phrases_of(self, need: str, language: str) -> tuple[Phrase, ...]:
        """How people ask for ``need`` in ``language``, whole phrases only."""
        phrases = self._phrases.get(language)
        found = [phrases[place] for place in phrases.places(need)] if phrases else []
        return tuple(phrase for phrase in found if not phrase.is_word)

    # -- the whole of a message --------------------------------------------------------------------------------

    def match(self, text: str, *, explain: bool = False) -> Match:
        """The verdict on ``text``; any text at all. With ``explain`` every candidate names its nearest phrase."""
        text = _cut(text)
        if explain:
            return self._explained(self._matched(text, explain=True), fold(text))
        match = self._matches.get(text)
        if match is None:
            if len(self._matches) >= REMEMBERED:
                self._matches.clear()
            match = self._matches[text] = self._matched(text)
        return match

    def _matched(self, text: str, *, explain: bool = False) -> Match:
        folded = fold(text)[:LONGEST]
        exact = self._exact.get(folded)
        # Some characters stand for whole sentences once they are folded.
        parts = [own for part in parts_of(text) if (own := fold(part)[: 2 * len(part)])]
        clauses = [] if exact else self._wishes.clauses(text)
        joined = clauses if any(clause.is_joined for clause in clauses) else []  # others are mostly not asked for
        message = self._hearing.message(folded, parts, [clause.folded for clause in joined])
        scores = message.scores
        part_scores = [own for own, part in zip(message.parts, parts, strict=True) if is_clause(part)]
        pair_scores = self._hearing.neighbours(message) if len(parts) > 2 else []  # two parts together are the whole
        reading = self._kept(self._reading(folded, scores, exact))
        confidences = self._confidences.with_exact(reading.confidences, exact)
        between = self._confidences.between(scores, exact)
        if between:
            confidences = self._confidences.shared(confidences, between)
        ranked = self._confidences.ranked(confidences, scores, exact)
        is_drawn_out = DRAWN_OUT.search(text) is not None
        urgent = self._detector.needs(scores, (*part_scores, *pair_scores), exact, is_drawn_out=is_drawn_out)
        may_be_urgent = not urgent and self._detector.may_be_urgent(scores, exact)
        example = None if exact else self._exact.example(folded)
        if (urgent or may_be_urgent) and not exact and (example or self._is_calm(folded)):
            urgent, may_be_urgent = [], False
        if urgent and not exact and self.alone.are_calm(folded, scores.evidence):
            urgent, may_be_urgent = [], True
        if urgent:
            foreign = self._language_left_out(text, folded, scores, exact)
            verdict: Verdict = self._urgent_verdict(urgent, ranked, scores)
        else:
            foreign = foreign_language(text, scores.evidence, self._spoken)
            foreign = foreign or self._language_left_out(text, folded, scores, exact)
            verdict = NotFound() if foreign else self._decide(folded, ranked, scores, part_scores, exact, between)
            if not foreign:
                verdict = self._wishes.found(clauses, ranked, message) or verdict
            if example and isinstance(verdict, NotFound | Unsure):
                verdict = talk_verdict(example.label)
        elsewhere = self._elsewhere.is_meant(folded)
        if elsewhere and not urgent and isinstance(verdict, Found):
            # Another city's day care has another number: who means this city says so by a press.
            verdict = Unsure((*verdict.needs, *verdict.asks)[: t.OFFERED])
        why = self._why(scores) if explain else ""
        return Match(
            verdict,
            ranked,
            bool(urgent),
            may_be_urgent,
            written_language(scores.evidence),
            shared_languages(scores.evidence),
            foreign,
            elsewhere,
            why,
        )

    def _language_left_out(self, text: str, folded: str, scores: Scores, exact: Exact | None) -> str | None:
        """The language of a text that is in one which this content leaves out. Phrases and names are of no other."""
        if exact or not self.left_out.languages or self._naming.service(folded):
            return None
        return self.left_out.language_of(text, max(scores.evidence.values(), default=t.LEFT_OUT_UNLEARNT))

    def _is_calm(self, folded: str) -> bool:
        """Whether a folded text asks for nothing but a place, and not for one that urgent needs lead to: who asks where
        the police station is may want a passport."""
        service = self._naming.service_alone(folded)
        return service is not None and service not in self._of_danger

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
        if exact and exact.label.startswith(PRESS):
            return talk_verdict(exact.label)
        if not (exact and exact.is_phrase_of_need) and (named := self._naming.service(folded)):
            return Named(named)
        if not folded or (scores.known < t.KNOWN and not exact):
            return NotFound()
        if exact and not is_need(exact.label):
            return talk_verdict(exact.label)
        if ranked and ranked[0].confidence >= t.ANSWER:
            tied = self._tied(ranked)
            return Unsure(tied) if len(tied) > 1 else Found((ranked[0], *self._further(ranked, part_scores)))
        best = int(np.argmax(scores.margins))
        if is_talk(self._labels[best]) and scores.margins[best] >= t.TALK and len(folded.split()) <= t.LONGEST_TALK:
            return self._naming.about(talk_verdict(self._labels[best]), folded)
        if sum(candidate.confidence for candidate in ranked[: t.OFFERED]) >= t.ASK:
            return Unsure(tuple(c for c in ranked[: t.OFFERED] if c.confidence >= t.WORTH_OFFERING))
        named = self._naming.service_asked_about(folded)
        return Named(named) if named else NotFound()

    # -- which needs ---------------------------------------------------------------------------------------------

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
        plausible = {
            c.need
            for c in ranked[1 : t.OFFERED]
            if c.confidence >= t.PART_PLAUSIBLE
            and c.need not in self._detector.labels
            and not akin(c.need, first.need, self._catalogue)
        }
        if not plausible:
            return ()
        found: dict[str, Candidate] = {}
        for scores in part_scores[: t.MOST_PARTS]:
            label, sure = self._confidences.best(self._confidences.of(scores))
            if label in plausible and sure >= t.PART_ANSWER:
                found.setdefault(label, candidate(label, sure, scores, "part"))
        return tuple(found.values())[:2]

    def _urgent_verdict(self, urgent: list[tuple[str, float]], ranked: tuple[Candidate, ...], scores: Scores) -> Found:
        """The urgent needs first; after them the ordinary one that the message is sure about, for a false alarm must
        not cost the answer."""
        needs = [candidate(label, probability, scores, "urgent") for label, probability in urgent]
        sure = [c for c in ranked[:1] if c.confidence >= t.BESIDE_URGENT and c.need not in self._detector.labels]
        return Found((*needs, *sure))

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
        if isinstance(verdict, Found):
            verdict = replace(verdict, asks=tuple(self._with_phrase(c, folded) for c in verdict.asks))
        return replace(match, ranked=ranked, verdict=verdict)

    def _with_phrase(self, candidate: Candidate, folded: str) -> Candidate:
        phrase = self._nearest.phrase(folded, candidate.need, candidate.language)
        return replace(candidate, phrase=phrase.text, language=phrase.language) if phrase else candidate


def _scripts_of(columns: Mapping[str, Phrases]) -> dict[str, str]:
    """In which script each language is written, by a sample of its phrases."""
    samples = {code: " ".join(some.folded[:: 1 + len(some) // SAMPLE]) for code, some in columns.items()}
    return {code: main_script([sample]) for code, sample in samples.items()}


def _labels_of(
    columns: Iterable[Phrases], heads: Iterable[Head], own: OwnWords, catalogue: Catalogue | None
) -> set[str]:
    """All that a text may be taken for."""
    labels = {label for some in columns for label in some.labels}
    # A head may be older than the content: what nobody answers any more must not win.
    labels |= {label for head in heads for label in head.labels if _is_answered(label, catalogue)}
    # Nobody may have written a phrase for what stands on a button.
    return labels | {title.label for title in own.titles if is_need(title.label)}


def _services_of(needs: Collection[str], catalogue: Catalogue | None) -> frozenset[str]:
    """To whom these needs lead."""
    known = [need for need in catalogue.needs.values() if need.id in needs] if catalogue else []
    return frozenset(service for need in known for service in need.services)


def _is_answered(label: str, catalogue: Catalogue | None) -> bool:
    """Whether all needs that a label stands for are in the catalogue, under whatever name."""
    needs = (label,) if is_need(label) else needs_asked_between(label)
    return catalogue is None or all(catalogue.need(need) for need in needs)


def _cut(text: str) -> str:
    """So much of a text as is read. A single character may stand for a whole sentence (U+FDFA has eighteen letters)."""
    text = text[:LONGEST]
    if not text.isascii() and len(plain := normalize("NFKC", text)) > 2 * LONGEST:
        return plain[:LONGEST]
    return text
