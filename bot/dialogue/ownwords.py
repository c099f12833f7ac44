"""The bot's own words, in every language: who writes what stands on a button means the button."""

from __future__ import annotations

from typing import Final

from bot.dialogue.answers import need_title
from bot.dialogue.menus import ordinary_topics, topic_example, topic_title
from bot.dialogue.presses import press_data
from bot.matching.labels import PRESS
from bot.model import Catalogue, Locale, OwnWords, Phrase
from bot.text import fold
from bot.texts import Speaker, Texts

_MENU: Final = PRESS + press_data("menu")


def own_words(catalogue: Catalogue, texts: Texts) -> OwnWords:
    """Each text with what it stands for: a need, a kind of small talk or follow-up, or a press.

    Not the title of the urgent topic: who writes that may be in danger, and the matcher hears it.
    """
    titles: list[Phrase] = []
    buttons: list[Phrase] = []
    examples: list[Phrase] = []
    topics = {PRESS + press_data("topic", topic.id): topic for topic in ordinary_topics(catalogue)}
    for locale in texts.locales:
        speaker = texts.speaker(locale)
        shown = [(need_title(speaker, need), need.id) for need in catalogue.needs.values()]
        shown += [(topic_title(speaker, topic), press) for press, topic in topics.items()]
        shown.append((speaker.say("Menu"), _MENU))
        titles += _phrases(locale, shown)
        buttons += _phrases(locale, _words_on_buttons(speaker))
        shown = [(topic_example(speaker, topic), press) for press, topic in topics.items() if topic.example]
        examples += _phrases(locale, shown)
    return OwnWords(tuple(titles), tuple(buttons), tuple(examples))


def _phrases(locale: Locale, shown: list[tuple[str, str]]) -> list[Phrase]:
    """What is shown in one language. What stands for two things means the first: one need may be all of a topic."""
    first = {fold(text): (text, label) for text, label in reversed(shown)}
    return [Phrase(text, label, locale, folded=folded) for folded, (text, label) in first.items()]


def _words_on_buttons(speaker: Speaker) -> list[tuple[str, str]]:
    """What stands under answers, with what it stands for when it is written. Consent is only given by pressing: who
    writes "Yes, write to me" is led to the button once more."""
    return [
        (speaker.say("Back"), _MENU),
        (speaker.say("None of these"), _MENU),
        (speaker.say("Ask a person"), "small-talk:person"),
        (speaker.say("Yes, write to me"), "small-talk:person"),
        (speaker.say("Do not write to me"), "small-talk:ok"),
        (speaker.say("This helped"), "small-talk:thanks"),
        (speaker.say("What I keep about you"), "small-talk:privacy"),
        (speaker.say("Show what is stored"), "small-talk:privacy"),
        (speaker.say("Save our talk"), "small-talk:privacy"),
        (speaker.say("Forget this chat"), "small-talk:privacy"),
        (speaker.say("Remove this talk from my screen"), "small-talk:privacy"),
        (speaker.say("Not this"), "follow-up:other"),
        (speaker.say("More"), "follow-up:other"),
        (speaker.say("What next?"), "follow-up:other"),
        (speaker.say("Map"), "follow-up:where"),
        (speaker.say("Call"), "follow-up:phone"),
        (speaker.say("A fact is wrong"), "follow-up:wrong"),
    ]
