"""What stands beside an answer: a machine wrote it, it is a draft, what was deleted, in which language to go on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.dialogue import menus
from bot.dialogue.offers import offer_line
from bot.dialogue.presses import press_data
from bot.dialogue.scene import Scene
from bot.dialogue.talk import Turn
from bot.dialogue.unread import removed_line
from bot.model import Button, Paragraph, Press, Reply
from bot.texts import Speaker, own_name


def labelled(turn: Turn, scene: Scene) -> Turn:
    """What is said once a session under the last reply: that a machine answers, and that the texts are a draft."""
    speaker = scene.speaker
    lines = []
    if speaker.fell_back:
        lines.append(speaker.say("Some of this is not in your language yet."))
    if scene.talk.is_new_session(scene.moment):
        offer = offer_line(speaker)
        is_said = any(offer in reply.text for reply in turn.replies)
        lines.append(notice(speaker) if is_said else f"{notice(speaker)} {offer}")
    if turn.outcome not in ("small-talk", "unreadable") and (draft := draft_label(scene)):
        lines.append(draft)
        turn = replace(turn, talk=turn.talk.told_of_draft(speaker.locale))
    return replace(turn, replies=with_paragraph(turn.replies, "\n".join(lines)))


def with_elsewhere(turn: Turn, scene: Scene) -> Turn:
    """First of all, that only the one city is known here: the question names another place."""
    if not turn.replies:
        return turn
    first, *others = turn.replies
    city = scene.speaker.latin(scene.catalogue.city.name)
    line = scene.speaker.say("I know only one city: {city}. What I write is about that city.", city=city)
    return replace(turn, replies=(replace(first, paragraphs=(Paragraph(line), *first.paragraphs)), *others))


def with_emergency(turn: Turn, scene: Scene) -> Turn:
    """Below all, the number for an emergency; not where it stands already."""
    number = menus.emergency_number(scene.catalogue)
    if not turn.replies or any(number in reply.text for reply in turn.replies):
        return turn
    *before, last = turn.replies
    lines = (Paragraph(line) for line in menus.emergency_lines(scene.speaker, scene.catalogue))
    return replace(turn, replies=(*before, replace(last, paragraphs=(*last.paragraphs, *lines))))


def with_removed(turn: Turn, speaker: Speaker, removed: frozenset[str]) -> Turn:
    """Which kinds of personal data were deleted from the text."""
    line = removed_line(speaker, removed) if removed else ""
    return replace(turn, replies=with_paragraph(turn.replies, line))


def with_keep_locale(turn: Turn, speaker: Speaker) -> Turn:
    """The button that keeps the language in which this was answered."""
    label = speaker.say("Always answer in {language}", language=own_name(speaker.locale))
    row: tuple[Button, ...] = (Press(label, press_data("locale", speaker.locale)),)
    if not turn.replies:
        return turn
    *before, last = turn.replies
    return replace(turn, replies=(*before, replace(last, buttons=(*last.buttons, row))))


def with_paragraph(replies: Sequence[Reply], small: str) -> tuple[Reply, ...]:
    """The replies with small print under the last one; "" adds nothing."""
    if not replies or not small:
        return tuple(replies)
    *before, last = replies
    return (*before, replace(last, paragraphs=(*last.paragraphs, Paragraph(small, "small"))))


def notice(speaker: Speaker) -> str:
    """Said once a session: that a machine answers."""
    return speaker.say("I am a machine, not a person. Do not write personal data here.")


def draft_label(scene: Scene) -> str:
    """That no native speaker has checked the texts, or "": said once a session, and again in another language.
    ``/about`` says it at any time."""
    speaker = scene.speaker
    is_told = scene.talk.draft == speaker.locale and not scene.talk.is_new_session(scene.moment)
    if not speaker.is_draft or is_told:
        return ""
    return speaker.say("Draft: a native speaker has not checked these texts yet.")
