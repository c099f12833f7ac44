"""Greetings, thanks, and what a person asks about the bot itself."""

from __future__ import annotations

from bot.dialogue import menus
from bot.dialogue.answers import closing_row
from bot.dialogue.offers import carrier_line, offer_line, who_sees_line
from bot.model import Catalogue, Paragraph, Reply
from bot.texts import Speaker, Texts


def small_talk_reply(speaker: Speaker, texts: Texts, catalogue: Catalogue, kind: str) -> Reply:
    """A short answer and the way on; an unknown ``kind`` is answered like "what can you do"."""
    city = speaker.latin(catalogue.city.name)
    match kind:
        case "language":
            return menus.language_reply(speaker, texts)
        case "hello" | "how-are-you":
            lines = [speaker.say("Hello! I am Opas, a machine. What do you need?"), _able(speaker, catalogue)]
        case "thanks" | "praise":
            lines = [speaker.say("You are welcome. Write again when you need something.")]
        case "bye":
            lines = [speaker.say("Goodbye! You can write again, day and night.")]
        case "ok":
            lines = [speaker.say("Good. Write again when you need something.")]
        case "sorry":
            lines = [speaker.say("No need to be sorry. What do you need?")]
        case "insult":
            lines = [speaker.say("I am a machine and I make mistakes. Say it in other words, or ask a person.")]
        case "privacy":
            lines = [
                speaker.say("I send nothing to the police, to the immigration office or to any other office."),
                who_sees_line(speaker),
                carrier_line(speaker),
                offer_line(speaker),
            ]
        case "who-are-you":
            languages = speaker.names(texts.locales)
            lines = [
                speaker.say("I am Opas, a machine. I am not a person. I know the services of {city}.", city=city),
                speaker.say("You can write in these languages: {languages}", languages=languages),
            ]
        case _:
            # "Help" alone comes from people who are lost, and from some who are in danger.
            lines = [*menus.emergency_lines(speaker, catalogue), _able(speaker, catalogue)]
    return Reply(speaker.locale, tuple(Paragraph(line) for line in lines), (closing_row(speaker),))


def _able(speaker: Speaker, catalogue: Catalogue) -> str:
    """What one can ask about: what the topics of this city give as examples, else their titles."""
    topics = menus.ordinary_topics(catalogue) or list(catalogue.topics.values())
    things = [menus.topic_example(speaker, topic) for topic in topics if topic.example]
    return speaker.say(
        "Ask me about life in {city}: {things}.",
        city=speaker.latin(catalogue.city.name),
        things=speaker.joined(things or [menus.topic_title(speaker, topic) for topic in topics]),
    )
