"""How an answer that the staff gave becomes a need: its words are the advice, its wordings the ways of asking."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from bot.dialogue.phrasebook import sentences
from bot.guide import Guide
from bot.model import URGENT_TOPIC, Locale, Need
from bot.store.answers import AnswerRow
from bot.store.phrases import PhraseRow
from bot.texts import Speaker

MOST_STEPS: Final = 3
LONGEST_TITLE: Final = 40
"""Characters of a button on a phone."""
WORDS_OF_ID: Final = 6


@dataclass(frozen=True, slots=True)
class Becoming:
    """An answer as a need."""

    answer_id: int
    need: Need
    words: Mapping[Locale, Mapping[str, str]] = field(default_factory=dict)
    """Language → place (``needs.ID.advice``) → the words; a language in which they are not approved lacks them."""
    in_english: Mapping[Locale, Collection[str]] = field(default_factory=dict)
    """Language → places whose words are English, all or in part: ``opas.po`` lacks a sentence that the answer has."""
    title_language: Locale = ""
    """Of the title, if not the source language; then somebody has to rewrite it."""


@dataclass(frozen=True, slots=True)
class Left:
    """Why an answer cannot become a need yet, and what to do; for whoever exports."""

    answer_id: int
    reason: str


def need_of(
    answer: AnswerRow, phrases: Sequence[PhraseRow], guide: Guide, *, near: str = "", topic: str = "",
    taken: Collection[str] = (),
) -> Becoming | Left:  # fmt: skip
    """``answer`` as a need of the content. ``phrases``: its wordings. ``near``: the need that was nearest to its
    question. ``topic``: for an answer that points to none. ``taken``: ids that are not free any more."""
    source = guide.catalogue.city.source_language
    if not phrases:
        return Left(answer.id, "it has no way of asking that may be learnt.")
    if answer.texts and not (source in answer.approved and source in answer.texts):
        return Left(answer.id, f"it has no words in {source} yet, the language of services.yaml. Translate it first.")
    topic = _topic(answer, guide, near) or topic
    if topic not in guide.catalogue.topics:
        return Left(answer.id, f"nothing says to which topic it belongs. Give one: --topic {_topics(guide)}.")
    by_language = {phrase.language: phrase.text for phrase in reversed(phrases)}
    title_language = next((code for code in (source, "en") if code in by_language), phrases[0].language)
    name = _free(name_of(by_language.get("en") or by_language.get(source, "")) or f"answer-{answer.id}", guide, taken)
    said = _said(answer, guide, source)
    assert said is not None  # it is approved in the source language
    services = tuple(dict.fromkeys(_services(answer, guide)))
    need = Need(name, topic, title_of(by_language[title_language]), services, said.advice, said.steps, said.bring)
    words: dict[Locale, dict[str, str]] = {}
    in_english: dict[Locale, Collection[str]] = {}
    for code in guide.texts.locales:
        own = {f"needs.{name}.title": title_of(by_language[code])} if code in by_language else {}
        if (translated := _said(answer, guide, code)) is not None:
            places = translated.places(name)
            own |= places
            if english := [place for place, text in places.items() if translated.is_english(text)]:
                in_english[code] = english
        words[code] = own
    return Becoming(answer.id, need, words, in_english, "" if title_language == source else title_language)


@dataclass(frozen=True, slots=True)
class _Said:
    """What the answer says in one language."""

    advice: str
    steps: tuple[str, ...]
    bring: str
    english: Collection[str]
    """The sentences that are not translated."""

    def is_english(self, text: str) -> bool:
        """Whether one of these texts is such a sentence, or has one as a line."""
        return any(line in self.english for line in text.split("\n"))

    def places(self, need: str) -> dict[str, str]:
        found = {f"needs.{need}.advice": self.advice, f"needs.{need}.bring": self.bring}
        found |= {f"needs.{need}.steps.{index}": step for index, step in enumerate(self.steps)}
        return {place: text for place, text in found.items() if text}


def _said(answer: AnswerRow, guide: Guide, language: Locale) -> _Said | None:
    """None when its words, or what it is made of, do not exist in this language."""
    if answer.texts and not (language in answer.approved and language in answer.texts):
        return None
    speaker = guide.texts.speaker(language)
    advice, steps, bring = [answer.texts[language].strip()] if answer.texts else [], list[str](), ""
    for kind, _, what in (piece.partition(":") for piece in answer.pieces):
        if kind == "sentence" and (sentence := sentences(speaker).get(what)):
            steps.append(sentence)
        elif kind == "need" and (need := guide.catalogue.need(what)) is not None:
            advice += [speaker.tell(f"needs.{need.id}.advice", need.advice)] if need.advice else []
            steps += _steps(speaker, need)
            bring = bring or (speaker.tell(f"needs.{need.id}.bring", need.bring) if need.bring else "")
    if speaker.fell_back:
        return None
    if len(steps) > MOST_STEPS:
        advice, steps = [*advice, *steps], []
    return _Said("\n".join(advice), tuple(steps), bring, speaker.in_english)


def _steps(speaker: Speaker, need: Need) -> list[str]:
    return [speaker.tell(f"needs.{need.id}.steps.{index}", step) for index, step in enumerate(need.steps)]


def _services(answer: AnswerRow, guide: Guide) -> list[str]:
    found: list[str] = []
    for kind, _, what in (piece.partition(":") for piece in answer.pieces):
        if kind == "service" and (service := guide.catalogue.service(what)) is not None:
            found.append(service.id)
        elif kind == "need" and (need := guide.catalogue.need(what)) is not None:
            found += need.services
    return found


def _topic(answer: AnswerRow, guide: Guide, near: str) -> str:
    """Where the needs of its pieces belong, or those that lead to its services, or the need that was nearest."""
    pieces = [piece.partition(":")[::2] for piece in answer.pieces]
    needs = [guide.catalogue.need(what) for kind, what in pieces if kind == "need"]
    for kind, what in pieces:
        if kind == "service":
            needs += [need for need in guide.catalogue.needs.values() if what in need.services]
    needs.append(guide.catalogue.need(near))
    return next((need.topic for need in needs if need is not None and need.topic != URGENT_TOPIC), "")


def _topics(guide: Guide) -> str:
    return "|".join(topic for topic in guide.catalogue.topics if topic != URGENT_TOPIC)


def title_of(wording: str) -> str:
    """A way of asking as a button: its beginning, at whole words."""
    text = wording.strip().rstrip("?؟？.!").rstrip()
    if len(text) > LONGEST_TITLE:
        text = text[: LONGEST_TITLE - 1].rsplit(" ", 1)[0] + "…"
    return text[:1].upper() + text[1:]


def name_of(wording: str) -> str:
    """A way of asking as an id; "" when it has no Latin letters."""
    plain = unicodedata.normalize("NFKD", wording).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall(r"[a-z0-9]+", plain)[:WORDS_OF_ID])[:40].strip("-")


def _free(name: str, guide: Guide, taken: Collection[str]) -> str:
    used = {*guide.catalogue.needs, *guide.catalogue.services, *taken}
    return next(one for one in (name, *(f"{name}-{number}" for number in range(2, 1000))) if one not in used)
