"""From a button to a turn."""

from __future__ import annotations

from dataclasses import replace

from bot.dialogue import handover, menus
from bot.dialogue.answers import closing_row, more_reply, next_reply, service_reply
from bot.dialogue.presses import read_press
from bot.dialogue.scene import Scene
from bot.dialogue.talk import Outcome, Turn
from bot.dialogue.wrongfacts import ask_words, kind_and_key, reported
from bot.model import ContactCard, Locale, Need, Paragraph, Reply, Service, VenueCard


def pressed(data: str, scene: Scene) -> Turn:
    """Answer a button; one of an older program or catalogue, or a forged one, leads to the menu."""
    speaker, catalogue, after = scene.speaker, scene.catalogue, scene.after
    press = read_press(data)
    if press is None:
        return _old_button(scene)
    what = press.what
    match press.verb:
        case "menu":
            return Turn((menus.menu_reply(speaker, catalogue),), after)
        case "topic":
            topic = catalogue.topics.get(what)
            if topic is None:
                return _old_button(scene)
            return Turn((menus.topic_reply(speaker, catalogue, topic),), after)
        case "wrong" if what.startswith("answer:"):
            return _not_helped(scene, ())
        case "need" | "more" | "next" | "helpful" | "wrong":
            return _need_button(press.verb, catalogue.need(what), scene)
        case "fact" if (wrong := kind_and_key(what)) is not None:
            return Turn((ask_words(speaker, wrong[0]),), after)
        case "service" | "call" | "map" | "fact":
            return _service_button(press.verb, catalogue.service(what), scene)
        case "language" | "locale":
            locale = scene.texts.nearest(what)
            if locale is None:
                return _old_button(scene)
            return language_set(locale, scene, is_pressed=True)
        case "person":
            reply = handover.person_reply(speaker, scene.facts, catalogue, scene.promise)
            return Turn((reply,), after, keeps="person", count="person")
        case "none":
            sorry = speaker.say("Then I did not understand. Say it in other words, or choose from the menu.")
            reply = handover.not_helped_reply(speaker, catalogue, scene.promise, scene.moment, sorry)
            return Turn((reply,), after, keeps="none-of-these", count="none-of-these")
        case "drop":
            text = speaker.say("I deleted your question.")
            gone = Reply(speaker.locale, (Paragraph(text),), (closing_row(speaker),), replaces=True)
            return Turn((gone,), after, toast=text, drops_question=what)
        case "wipe":
            return Turn((), after, toast=speaker.say("Removed."), wipes=True)
        case "write" | "silent" | "show" | "reply":
            # What these mean stands in the database; who looked there found nothing (any more).
            return Turn((handover.gone_reply(speaker),), after)


def language_set(locale: Locale, scene: Scene, *, is_pressed: bool = False, before: Locale | None = None) -> Turn:
    """The person has chosen a language, by its button or in words. ``before``: the one to which a button leads back,
    for words may mean something else."""
    back = before if before != locale else None
    reply = replace(menus.language_set_reply(scene.texts.speaker(locale), back), replaces=is_pressed)
    outcome: Outcome | None = None if is_pressed else "small-talk"
    return Turn((reply,), replace(scene.after, locale=locale, spoken=""), outcome)


def _need_button(verb: str, need: Need | None, scene: Scene) -> Turn:
    if need is None:
        return _old_button(scene)
    speaker = scene.speaker
    match verb:
        case "helpful":
            return Turn((), scene.after, needs=(need.id,), toast=speaker.say("Thank you."), count="helpful")
        case "wrong":
            return _not_helped(scene, (need.id,))
        case "more":
            services = scene.catalogue.services_of(need, scene.moment.date())
            after = (next_reply(speaker, scene.catalogue, need),) if need.next else ()
            return Turn((more_reply(speaker, need, services), *after), scene.after)
        case "next":
            return Turn((next_reply(speaker, scene.catalogue, need),), scene.after)
        case _:
            return Turn((scene.answer(need),), scene.after_answers([need]), needs=(need.id,), count="menu")


def _not_helped(scene: Scene, needs: tuple[str, ...]) -> Turn:
    sorry = scene.speaker.say("I am sorry. Say it in other words, or choose from the menu.")
    reply = handover.not_helped_reply(scene.speaker, scene.catalogue, scene.promise, scene.moment, sorry)
    return Turn((reply,), scene.after, needs=needs, keeps="wrong", count="wrong")


def _service_button(verb: str, service: Service | None, scene: Scene) -> Turn:
    if service is None or service.is_over(scene.moment.date()):
        return _old_button(scene)
    locale, address = scene.speaker.locale, service.address
    if verb == "fact":
        return reported(service, scene)
    if verb == "call" and service.phones:
        cards = (Reply(locale, contact=ContactCard(service.name, phone.number)) for phone in service.phones[:2])
        return Turn(tuple(cards), scene.after)
    if verb == "map" and address and address.lat is not None and address.lon is not None:
        place = ", ".join(filter(None, (address.street, address.city)))
        venue = VenueCard(service.name, place, address.lat, address.lon)
        return Turn((Reply(locale, venue=venue),), scene.after)
    return Turn((service_reply(scene.speaker, scene.facts, service),), scene.showing(service))


def _old_button(scene: Scene) -> Turn:
    text = scene.speaker.say("This button is old. Here is the menu.")
    menu = menus.menu_reply(scene.speaker, scene.catalogue)
    return Turn((replace(menu, paragraphs=(Paragraph(text), *menu.paragraphs), replaces=False),), scene.after)
