"""Finding one's way by buttons: greeting, topics, needs, languages, help, about."""

from __future__ import annotations

from bot.dialogue.answers import closing_row, need_title
from bot.dialogue.facts import Facts, shown_number
from bot.dialogue.offers import command_words, offer_line, save_row
from bot.dialogue.presses import press_data
from bot.model import URGENT_TOPIC, Accessibility, Button, Catalogue, Locale, Open, Paragraph, Press, Reply, Topic
from bot.texts import Speaker, Texts, own_name


def start_reply(speaker: Speaker, texts: Texts, catalogue: Catalogue) -> Reply:
    """The greeting: who speaks, what it is for, the emergency number, the languages."""
    paragraphs = [
        speaker.say("Hello! I am Opas, a guide to services in {city}.", city=speaker.latin(catalogue.city.name)),
        speaker.say(
            "I am a machine. Ask me in your own words. I look for the right place: what it does, where it is, "
            "when it is open and how to call."
        ),
        speaker.say("Do not write names, identity codes or other personal data here. I do not need them."),
    ]
    paragraphs += emergency_lines(speaker, catalogue)
    paragraphs.append(offer_line(speaker))
    paragraphs.append(speaker.say("Choose your language, or write your question."))
    rows = (*language_rows(texts), (Press(speaker.say("Menu"), press_data("menu")),))
    return Reply(speaker.locale, tuple(Paragraph(text) for text in paragraphs), rows)


def emergency_number(catalogue: Catalogue) -> str:
    """The number that the first urgent need leads to, or "" when the catalogue has none."""
    for need in catalogue.needs_of(URGENT_TOPIC):
        for service_id in need.services:
            phones = catalogue.services[service_id].phones
            if phones:
                return shown_number(phones[0].number, catalogue.city.country)
    return ""


def emergency_lines(speaker: Speaker, catalogue: Catalogue) -> list[str]:
    """The number for an emergency, in a sentence; nothing when the catalogue has none."""
    number = emergency_number(catalogue)
    return [speaker.say("In an emergency call {number}.", number=speaker.latin(number))] if number else []


def menu_reply(speaker: Speaker, catalogue: Catalogue) -> Reply:
    """The topics, two in a row; the urgent one first, in a row of its own."""
    urgent = [topic for topic in catalogue.topics.values() if topic.id == URGENT_TOPIC]
    rows: list[tuple[Button, ...]] = [(_topic_button(speaker, topic),) for topic in urgent]
    buttons = [_topic_button(speaker, topic) for topic in ordinary_topics(catalogue)]
    rows += [tuple(buttons[index : index + 2]) for index in range(0, len(buttons), 2)]
    paragraph = Paragraph(speaker.say("What is it about? Choose, or write your question in your own words."))
    return Reply(speaker.locale, (paragraph,), tuple(rows), replaces=True)


def ordinary_topics(catalogue: Catalogue) -> list[Topic]:
    """All topics but the urgent one, in the order of the file."""
    return [topic for topic in catalogue.topics.values() if topic.id != URGENT_TOPIC]


def topic_reply(speaker: Speaker, catalogue: Catalogue, topic: Topic) -> Reply:
    """The needs of a topic, a row each, and the way back."""
    rows: list[tuple[Button, ...]] = [
        (Press(need_title(speaker, need), press_data("need", need.id)),) for need in catalogue.needs_of(topic.id)
    ]
    rows.append((Press(speaker.say("Back"), press_data("menu")),))
    return Reply(speaker.locale, (Paragraph(topic_title(speaker, topic), "title"),), tuple(rows), replaces=True)


def language_reply(speaker: Speaker, texts: Texts) -> Reply:
    return Reply(speaker.locale, (Paragraph(speaker.say("Choose your language:")),), language_rows(texts))


def language_set_reply(speaker: Speaker, before: Locale | None = None) -> Reply:
    """Said in the language just chosen. ``before``: the one to which a button leads back."""
    chosen = speaker.say("I answer in {language} now.", language=own_name(speaker.locale))
    ask = speaker.say("Write your question in your own words, or choose from the menu.")
    menu = Press(speaker.say("Menu"), press_data("menu"))
    row = (Press(own_name(before), press_data("language", before)), menu) if before else (menu,)
    return Reply(speaker.locale, (Paragraph(chosen), Paragraph(ask)), (row,), replaces=True)


def language_rows(texts: Texts) -> tuple[tuple[Button, ...], ...]:
    buttons = [Press(own_name(locale), press_data("language", locale)) for locale in texts.locales]
    return tuple(tuple(buttons[index : index + 2]) for index in range(0, len(buttons), 2))


def help_reply(speaker: Speaker, facts: Facts, texts: Texts, catalogue: Catalogue) -> Reply:
    """What one can write here, and how to reach a person."""
    languages = speaker.names(texts.locales)
    paragraphs = [
        Paragraph(speaker.say("Write your question in your own words, short or long. Mistakes do not matter.")),
        Paragraph(speaker.say("You can write in these languages: {languages}", languages=languages)),
        Paragraph(
            speaker.say(
                "{menu} all topics\n{language} another language\n{about} what I am and what I keep",
                menu=speaker.latin("/menu"), language=speaker.latin("/language"), about=speaker.latin("/about"),
            )
        ),
        Paragraph(
            "\n".join(f"{speaker.latin(f'/{name}')} {words}" for name, words in command_words(speaker).items())
        ),
        *person_paragraphs(speaker, facts, catalogue),
    ]  # fmt: skip
    rows = (*person_row(facts, catalogue), save_row(speaker), closing_row(speaker)[1:])
    return Reply(speaker.locale, tuple(paragraphs), rows)


def about_reply(speaker: Speaker, facts: Facts, catalogue: Catalogue) -> Reply:
    """What the bot is, who is responsible, what Telegram sees."""
    city = speaker.latin(catalogue.city.name)
    texts = [
        speaker.say("I am Opas, a machine. I know the services of {city} and tell you where to go.", city=city),
        speaker.say("I give general advice. I do not decide anything and I do not know your own case."),
        speaker.say("Every phone number, address and opening hour has a source and the day on which it was checked."),
        speaker.say(
            "I keep your language and the place I showed you last. A question that I cannot answer is kept without "
            "your name. Numbers and e-mail addresses are deleted from it first."
        ),
        speaker.say("Telegram carries our messages. It is a company outside the European Union."),
        offer_line(speaker),
        f"{speaker.latin('/accessibility')} {speaker.say('How everybody can use me')}",
    ]
    if speaker.is_draft:
        texts.append(speaker.say("My texts in this language are a draft: a native speaker has not checked them yet."))
    if catalogue.responsible:
        unit = catalogue.responsible.unit
        role = f"{catalogue.responsible.role}, {unit}" if unit else catalogue.responsible.role
        texts.append(speaker.say("Responsible for my advice: {role}", role=role))
    if catalogue.privacy.controller:
        texts.append(speaker.say("Data controller: {name}", name=catalogue.privacy.controller))
    paragraphs = [*(Paragraph(text) for text in texts), *person_paragraphs(speaker, facts, catalogue)]
    return Reply(speaker.locale, tuple(paragraphs), (*person_row(facts, catalogue), closing_row(speaker)[1:]))


def accessibility_reply(speaker: Speaker, facts: Facts, catalogue: Catalogue) -> Reply:
    """The accessibility statement: what works, what does not, another way, whom to tell, where to complain."""
    stated = catalogue.accessibility or Accessibility()
    contact = speaker.latin(stated.contact)
    supervisor = speaker.latin(stated.supervisor)
    texts = [
        speaker.say(
            "You can use everything here by writing and by buttons with words, also with a screen reader. "
            "No picture and no colour tells anything by itself."
        ),
        speaker.say(
            "What does not work: I do not understand voice messages and pictures. Maps and web pages belong to "
            "others, and I do not know whether everybody can use them."
        ),
        speaker.say("Something does not work for you? A person tells you the same:"),
        *(paragraph.text for paragraph in person_paragraphs(speaker, facts, catalogue)),
        speaker.say("Tell us what does not work for you: {contact}", contact=contact)
        if contact
        else speaker.say("This guide does not say yet to whom you can write about accessibility."),
        speaker.say("If their answer does not help, you can complain here: {name}", name=supervisor)
        if supervisor
        else speaker.say("This guide does not say yet where you can complain about accessibility."),
    ]
    if stated.statement_date:
        texts.append(speaker.say("Written on {day}.", day=speaker.latin(stated.statement_date)))
    title = Paragraph(speaker.say("How everybody can use me"), "title")
    rows = (*person_row(facts, catalogue), closing_row(speaker)[1:])
    return Reply(speaker.locale, (title, *map(Paragraph, texts)), rows)


def person_paragraphs(speaker: Speaker, facts: Facts, catalogue: Catalogue) -> list[Paragraph]:
    """How to reach a human being; nothing when the catalogue does not say."""
    person = catalogue.person
    if person is None:
        return []
    lines = [speaker.say("You reach a person here: {name}", name=speaker.latin(person.name)), *facts.lines(person)]
    return [Paragraph("\n".join(lines))]


def person_row(facts: Facts, catalogue: Catalogue) -> tuple[tuple[Button, ...], ...]:
    """The row of buttons that open pages of the human being; no row without any."""
    row = facts.ways_in(catalogue.person) if catalogue.person else ()
    pages = tuple(button for button in row if isinstance(button, Open))
    return (pages,) if pages else ()


def _topic_button(speaker: Speaker, topic: Topic) -> Press:
    return Press(topic_title(speaker, topic), press_data("topic", topic.id))


def topic_title(speaker: Speaker, topic: Topic) -> str:
    return speaker.tell(f"topics.{topic.id}.title", topic.title)


def topic_example(speaker: Speaker, topic: Topic) -> str:
    """What the greeting names of a topic that has an example."""
    return speaker.tell(f"topics.{topic.id}.example", topic.example)
