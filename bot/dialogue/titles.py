"""What stands on buttons, in every language: who writes it means the button."""

from __future__ import annotations

from bot.dialogue.answers import need_title
from bot.dialogue.menus import ordinary_topics, topic_title
from bot.dialogue.presses import press_data
from bot.matching.labels import PRESS
from bot.model import Catalogue, Phrase
from bot.text import fold
from bot.texts import Speaker, Texts


def titles(catalogue: Catalogue, texts: Texts) -> tuple[Phrase, ...]:
    """Each title with what it stands for: a need, a kind of small talk or follow-up, or a press.

    Not the title of the urgent topic: who writes that may be in danger, and the matcher hears it.
    """
    found: list[Phrase] = []
    for locale in texts.locales:
        speaker = texts.speaker(locale)
        own = [(need_title(speaker, need), need.id) for need in catalogue.needs.values()]
        topics = ordinary_topics(catalogue)
        own += [(topic_title(speaker, topic), PRESS + press_data("topic", topic.id)) for topic in topics]
        own += _words_on_buttons(speaker)
        # What stands on two buttons means the first of them: one need may be all that a topic has.
        first = {fold(title): Phrase(title, label, locale, folded=fold(title)) for title, label in reversed(own)}
        found += first.values()
    return tuple(found)


def _words_on_buttons(speaker: Speaker) -> list[tuple[str, str]]:
    """What stands under answers, with what it stands for when it is written. Consent is only given by pressing: who
    writes "Yes, write to me" is led to the button once more."""
    menu = PRESS + press_data("menu")
    return [
        (speaker.say("Menu"), menu),
        (speaker.say("Back"), menu),
        (speaker.say("None of these"), menu),
        (speaker.say("Ask a person"), "small-talk:person"),
        (speaker.say("Yes, write to me"), "small-talk:person"),
        (speaker.say("Do not write to me"), "small-talk:ok"),
        (speaker.say("This helped"), "small-talk:thanks"),
        (speaker.say("What I keep of you"), "small-talk:privacy"),
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
