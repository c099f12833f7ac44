"""A question into a verdict with a confidence 0–1."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final
from unicodedata import normalize

import numpy as np

from bot.matching import thresholds as t
from bot.matching.elsewhere import Elsewhere
from bot.matching.exact import Exact, exact_index
from bot.matching.features import Floats, word_hash
from bot.matching.head import Head
from bot.matching.labels import is_need, is_talk, needs_asked_between, talk_verdict
from bot.matching.languages import foreign_language, written_language
from bot.matching.names import NameFound, Names
from bot.matching.nearest import Nearest
from bot.matching.parts import JOINTS, Clause, clauses_of, is_clause, parts_of
from bot.matching.repair import Repairer
from bot.matching.scoring import Heard, Scorer, Scores
from bot.matching.scripts import main_script
from bot.matching.several import Wish, akin, wishes_together
from bot.matching.urgent import UrgentDetector
from bot.model import (
    Candidate,
    Catalogue,
    FollowUp,
    Found,
    Match,
    Named,
    NotFound,
    Phrase,
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
LONGEST_REPAIRED: Final = 400
"""Characters of a text that is repaired; a longer one has words enough that are known."""
LONGEST_SEVERAL: Final = 240
"""Characters of a text whose clauses are looked at one by one; a longer one is a story."""
RANKED: Final = 5
REMEMBERED: Final = 4096
"""Texts whose match is kept in memory: each is asked for when it comes in (is it urgent?) and when it is answered."""
KEPT_READINGS: Final = 64
LONGEST_NAMED: Final = 12
"""Words of a message that may be nothing but a service's name."""


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
        labels = {phrase.label for entries in phrases.values() for phrase in entries}
        self.scorer = Scorer(tuple(heads), scripts, labels)
        self._catalogue = catalogue
        self._spoken = frozenset(phrases)
        self._names = Names(catalogue.services.values() if catalogue else ())
        self._elsewhere = Elsewhere(catalogue)
        self._nearest = Nearest(phrases)
        self._phrases = phrases
        self._repairers: dict[str, Repairer] = {}
        self._matches: dict[str, Match] = {}
        self._readings: dict[str, Reading] = {}
        self._exact = exact_index(phrases)
        follow_ups = [folded for folded, exact in self._exact.items() if exact.label.startswith("follow-up:")]
        self._follow_up_words = JOINTS.union(word for folded in follow_ups for word in folded.split())
        self._labels = self.scorer.labels
        outside = [i for i, label in enumerate(self._labels) if not (is_need(label) or needs_asked_between(label))]
        self._outside_rows = np.array(outside, dtype=np.intp)
        self._need_rows = np.array([i for i, label in enumerate(self._labels) if is_need(label)], dtype=np.intp)
        self._knows_none = any(label.startswith("none:") for label in labels)
        self._pairs = catalogue.ask_between if catalogue else ()
        self._detector = UrgentDetector(self.scorer, urgent, self._pairs)

    # -- what others build on ------------------------------------------------------------------------------------

    def reading(self, text: str, *, repaired: bool = True) -> Reading:
        """What the heads make of ``text``, below every threshold: for grouping and explaining, not for answering.

        Without ``repaired`` slips are not put right, which takes half the time.
        """
        folded = fold(_cut(text))[:LONGEST]
        if not repaired:
            return self._reading(folded, self.scorer.score(folded))
        return self._readings.get(folded) or self._kept(self._reading(folded, self._scores(folded)[0]))

    def _reading(self, folded: str, scores: Scores) -> Reading:
        return Reading(folded, self._labels, scores, self._confidences(scores), self._exact.get(folded))

    def _kept(self, reading: Reading) -> Reading:
        """What was just matched is read next, to find out what becomes of it."""
        if len(self._readings) >= KEPT_READINGS:
            self._readings.pop(next(iter(self._readings)))
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
        return tuple(p for p in self._phrases.get(language, ()) if p.label == need and not p.is_word)

    # -- the whole of a message --------------------------------------------------------------------------------

    def match(self, text: str, *, explain: bool = False) -> Match:
        """The verdict on ``text``; any text at all. With ``explain`` every candidate names its nearest phrase."""
        text = _cut(text)
        if explain:
            return self._explained(self._matched(text), fold(text))
        match = self._matches.get(text)
        if match is None:
            if len(self._matches) >= REMEMBERED:
                self._matches.clear()
            match = self._matches[text] = self._matched(text)
        return match

    def _matched(self, text: str) -> Match:
        folded = fold(text)[:LONGEST]
        # Some characters stand for whole sentences once they are folded.
        parts = [own for part in parts_of(text) if (own := fold(part)[: 2 * len(part)])]
        scores, heard = self._scores(folded, parts)
        every = self.scorer.added(heard)
        part_scores = [own for own, part in zip(every, parts, strict=True) if is_clause(part)]
        pair_scores = self._neighbours(heard) if len(parts) > 2 else []  # two parts together are the whole
        reading = self._kept(self._reading(folded, scores))
        confidences, exact = reading.confidences, reading.exact
        if exact and is_need(exact.label):
            confidences = self._with_exact(confidences, exact)
        between = self._between(scores, exact)
        if between:
            confidences = self._with_between(confidences, between)
        ranked = self._ranked(confidences, scores, exact)
        language = written_language(scores.evidence)
        urgent = self._detector.needs(scores, (*part_scores, *pair_scores), exact)
        foreign = None
        if urgent:
            verdict: Verdict = self._urgent_verdict(urgent, ranked, scores)
        else:
            foreign = foreign_language(text, scores.evidence, self._spoken)
            verdict = NotFound() if foreign else self._decide(folded, ranked, scores, part_scores, exact, between)
            if not foreign and not exact and len(text) <= LONGEST_SEVERAL:
                verdict = self._several(text, ranked, scores) or verdict
        elsewhere = self._elsewhere.is_meant(folded)
        return Match(verdict, ranked, bool(urgent), language, foreign, elsewhere, self._why(scores))

    def _neighbours(self, heard: Heard) -> list[Scores]:
        """The scores of each part of a message with the next one."""
        return self.scorer.added(heard.neighbours())

    def _scores(self, folded: str, parts: Sequence[str] = ()) -> tuple[Scores, Heard]:
        """The scores of a text together with those of its repaired readings in the likeliest languages; and what is
        heard in its folded ``parts``."""
        scores = self.scorer.score(folded)
        readings = self._repaired(folded, scores)
        heard = self.scorer.read([*readings, *parts], self._likely(scores, t.PART_LANGUAGES))
        scores = self.scorer.blended(scores, self.scorer.added(heard.of(slice(0, len(readings)))))
        return scores, heard.of(slice(len(readings), None))

    def _repaired(self, folded: str, scores: Scores) -> list[str]:
        """The text with its slips put right, by each of the languages that it may be written in."""
        if len(folded) > LONGEST_REPAIRED or scores.known >= t.WELL_KNOWN:
            return []
        likely = self._likely(scores, t.REPAIR_LANGUAGES)
        close = [code for code in likely if scores.evidence[code] >= scores.known - t.REPAIR_CLOSE]
        return sorted({self._repairer(code).text(folded) for code in close} - {folded})

    def _likely(self, scores: Scores, number: int) -> list[str]:
        """The languages that know most of a text, best first."""
        return sorted(scores.evidence, key=lambda code: -scores.evidence[code])[:number]

    def learn_words(self) -> None:
        """Get ready to put slips right in every language, which a first text with one would else wait for: a tenth of a
        second a language. May run beside ``match``, in another thread."""
        for language in self._phrases:
            self._repairer(language)

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
        if not (exact and exact.is_phrase_of_need) and (named := self._named(folded)):
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
            return self._about_named(talk_verdict(self._labels[best]), folded)
        if sum(candidate.confidence for candidate in ranked[: t.OFFERED]) >= t.ASK:
            offered = [c for c in ranked[: t.OFFERED] if c.confidence >= t.WORTH_OFFERING]
            if len(offered) < 2:
                offered = list(ranked[:2])
            return Unsure(tuple(offered)) if len(offered) > 1 else Found(tuple(offered))
        named = self._named(folded, also=self._follow_up_words)
        return Named(named) if named else NotFound()

    # -- several wishes ------------------------------------------------------------------------------------------

    def _several(self, text: str, ranked: tuple[Candidate, ...], scores: Scores) -> Found | None:
        """The answers to a message that asks for several things at once; None when it does not."""
        clauses = clauses_of(text)
        if not 1 < len(clauses) <= t.MOST_PARTS:
            return None
        likely = self._likely(scores, t.PART_LANGUAGES)
        if not likely:  # nothing is learnt yet
            return None
        read = [clause.folded for clause in clauses]
        mended = [self._repairer(likely[0]).text(folded) for folded in read]
        every = self.scorer.added(self.scorer.read([*read, *mended], likely))
        plausible = {candidate.need for candidate in ranked if candidate.confidence >= t.PART_PLAUSIBLE}
        wishes, heard = [], []
        for clause, own, other in zip(clauses, every, every[len(read) :], strict=False):
            heard.append(self.scorer.blended(own, [other]))
            wishes.append(self._wish(clause, heard[-1], plausible))
        meant = ranked[0].need if ranked and ranked[0].confidence >= t.WISH_MEANT else ""
        chosen = wishes_together(wishes, meant, self._catalogue)
        if not chosen:
            return None

        def candidate(wish: Wish, need: str) -> Candidate:
            return self._candidate(need, wish.confidence / len(wish.needs), heard[wishes.index(wish)], "part")

        sure = tuple(candidate(wish, wish.needs[0]) for wish in chosen if len(wish.needs) == 1)
        tied = next((wish for wish in chosen if len(wish.needs) > 1), None)
        return Found(sure, tuple(candidate(tied, need) for need in tied.needs) if tied else ())

    def _wish(self, clause: Clause, scores: Scores, plausible: Collection[str]) -> Wish:
        """What one clause asks for, by itself."""
        exact = self._exact.get(clause.folded)
        label = exact.label if exact else self._labels[int(np.argmax(scores.margins))]
        if is_talk(label):
            return Wish((), 0.0, 0.0, clause.is_joined, False)
        words = scores.words
        if between := self._between(scores, exact, t.WISH_BETWEEN_MARGIN):
            return Wish(between, t.WISH_BETWEEN, words, clause.is_joined, any(n in plausible for n in between))
        confidences = self._confidences(scores)
        if exact and is_need(exact.label):
            confidences = self._with_exact(confidences, exact)
        row = int(np.argmax(confidences))
        need, sure = self._labels[row], float(confidences[row])
        if need in self._detector.labels or scores.known < t.WISH_KNOWN or (words < 2 and not exact):
            return Wish((), 0.0, words, clause.is_joined, False)
        return Wish((need,), sure, words, clause.is_joined, need in plausible)

    # -- confidences -----------------------------------------------------------------------------------------

    def _confidences(self, scores: Scores) -> Floats:
        """The confidence of every label that is a need; 0 for the others."""
        margins = scores.margins
        result = np.zeros(len(margins), dtype=np.float32)
        needs = margins[self._need_rows]
        if not len(needs):
            return result
        best = float(needs.max())
        outside = float(margins[self._outside_rows].max(initial=t.NO_RIVAL))
        if not self._knows_none:  # what nobody wrote a phrase about is all that can stand against the needs
            outside = max(outside, -scores.known)
        length = t.LENGTH * math.log(min(max(scores.words, t.FEWEST_WORDS), t.MOST_WORDS) / t.COMMON_WORDS)
        asked = 1 / (1 + math.exp(-(t.OWN * best + t.OVER_NONE * (best - outside) + length + t.INTERCEPT)))
        shares = np.exp(np.float32(t.SHARPNESS) * (needs - np.float32(best)))
        result[self._need_rows] = asked * shares / np.sort(shares)[-t.RIVALS :].sum()
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

    def _between(self, scores: Scores, exact: Exact | None, least: float = t.BETWEEN) -> tuple[str, ...]:
        """The needs of ask-between.yaml that the text may mean alike, or none; ``least``: from which margin on."""
        label = exact.label if exact else ""
        if not exact and scores.known >= t.KNOWN:
            best = int(np.argmax(scores.margins))
            label = self._labels[best] if scores.margins[best] >= least else ""
        return needs_asked_between(label)

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
            confidences = self._confidences(scores)
            row = int(np.argmax(confidences))
            label = self._labels[row]
            if label in plausible and confidences[row] >= t.PART_ANSWER:
                found.setdefault(label, self._candidate(label, float(confidences[row]), scores, "part"))
        return tuple(found.values())[:2]

    def _urgent_verdict(self, urgent: list[tuple[str, float]], ranked: tuple[Candidate, ...], scores: Scores) -> Found:
        """The urgent needs first; after them the ordinary one that the message is sure about, for a false alarm must
        not cost the answer."""
        needs = [self._candidate(label, probability, scores, "urgent") for label, probability in urgent]
        sure = [c for c in ranked[:1] if c.confidence >= t.BESIDE_URGENT and c.need not in self._detector.labels]
        return Found((*needs, *sure))

    # -- names -------------------------------------------------------------------------------------------------

    def _named(self, folded: str, also: Collection[str] = ()) -> str | None:
        """The service, when (nearly) the whole message is its name: beside it stand only common words, a phrase that
        follows up, or words of ``also`` ("where is Kela and is it open")."""
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
        return next(iter(services)) if self._says_nothing([w for w in rest if w not in also]) else None

    def _about_named(self, verdict: Verdict, folded: str) -> Verdict:
        """A short question that names its service ("is Kela open tomorrow") is about that one, not about the last."""
        if not isinstance(verdict, FollowUp):
            return verdict
        services = {name.service for name in self._names.find(folded)}
        return Named(next(iter(services)), verdict.kind) if len(services) == 1 else verdict

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
        if isinstance(verdict, Found):
            verdict = replace(verdict, asks=tuple(self._with_phrase(c, folded) for c in verdict.asks))
        return replace(match, ranked=ranked, verdict=verdict)

    def _with_phrase(self, candidate: Candidate, folded: str) -> Candidate:
        phrase = self._nearest.phrase(folded, candidate.need, candidate.language)
        return replace(candidate, phrase=phrase.text, language=phrase.language) if phrase else candidate


def _cut(text: str) -> str:
    """So much of a text as is read. A single character may stand for a whole sentence (U+FDFA has eighteen letters)."""
    text = text[:LONGEST]
    if not text.isascii() and len(plain := normalize("NFKC", text)) > 2 * LONGEST:
        return plain[:LONGEST]
    return text


__all__ = ["Matcher"]
