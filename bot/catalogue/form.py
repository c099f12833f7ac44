"""``services.yaml`` of a city that begins, as a form: the needs are there, everything that has to be known is empty,
and comments say what to write. ``opas check`` names each line that is still empty."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Final

from bot.catalogue.additions import scalar
from bot.model import Catalogue, Locale, Need, Topic

EMERGENCY_SERVICE: Final = "emergency-number"
"""The one service to which all urgent needs of the form lead."""

_TOP: Final = """\
# What the guide of your city knows. Write behind the colons; what stands behind a # is for you, the program does not
# read it. Keep the blanks at the beginning of a line as they are. After every change run `opas check`: it names each
# line that is still empty or cannot be understood. All keys are explained in docs/editors.md.
# What you do not know, leave out; never guess.

city:
  id: {id}  # small letters, digits and -, for programs
  name:  # as the people of the city write it
  country:  # two letters: EE for Estonia, FI for Finland
  timezone:  # like Europe/Helsinki
  source_language: {source}  # the language of all texts in this file; one of the languages below

# Take the # of a line away and write what is true of your city, or leave the line as it is:
# person: {{name: …}}  # how to reach a human being at the authority; the same keys as a service
# team: {{hours: …}}  # when counsellors read messages, like "Mo-Fr 09:00-15:00; PH off"
# responsible: {{role: …, unit: …}}  # who answers for the advice
# privacy: {{controller: …, dpo: …, basis: …, supervisor: …}}
# accessibility: {{statement_date: …, contact: …, supervisor: …}}

# The languages to choose from, in this order.
languages: {{{languages}}}

# The menu, in this order. A topic may have an `example`, what people ask about there in a word or two, like "a doctor":
# the greeting names it.
topics:
"""
_NEEDS: Final = """
# What people want. `services` are the ids of those who help, in the order shown: they stand at the end of this file.
# A need may also have `advice` (what to do first) and `steps`, `bring`, `next`. Urgent ones may have `say`: the words
# to say on the phone, in the language of the country. Titles were copied from another city: read them.
needs:
"""
_SENSITIVE: Final = "    sensitive: yes  # such questions are never drawn for the weekly sample\n"
_ASK: Final = """
# Words that may mean several needs are asked about (ask-between.yaml of each language).
ask_between:
"""
_SERVICES: Final = """
# Who helps. One service may help with several needs: name it there, and delete the form that is too many.
# Below `name` and `summary` write what you know, each with the page where you read it and the day. It looks like this:
#
#   repair-cafe:
#     name: Repair Café
#     summary: You mend broken things here together with others.
#     address: {street: Example Street 1, city: Example City}
#     hours: "We 16:00-19:00; PH off"
#     web: {en: https://example.org/repair}
#     facts:
#       address: {source: https://example.org/repair, checked: 2026-11-21}
#       hours: {source: https://example.org/repair, checked: 2026-11-21}
#       web: {source: https://example.org/repair, checked: 2026-11-21}
services:
"""
_EMERGENCY: Final = f"""\
  {EMERGENCY_SERVICE}:
    name:  # whom one calls in danger
    summary:  # who comes and for what, in one or two short sentences
    phones:
      - number:  # as it is dialled, in quotes; this is the number that people in danger are told to call
    facts:
      phones:
        source:  # the web page where the number stands
        checked:  # the day on which you read it there, like 2026-11-21
"""
_SERVICE: Final = """\
  {id}:
    name:  # on the door; it is never translated
    summary:  # what it does for people, in one or two short sentences
"""


def form(
    shipped: Catalogue,
    needs: Collection[str],
    languages: Sequence[Locale],
    source: Locale,
    city_id: str,
    title_of: Callable[[Need | Topic], str],
) -> str:
    """The text of ``services.yaml`` for these ``needs`` of the ``shipped`` city, urgent ones among them.

    ``source``: the language of its texts, "" when nobody said; ``title_of``: a title in it, "" when it is not known.
    Nothing else of the shipped city is in it.
    """
    kept = [need for need in shipped.needs.values() if need.id in needs]
    topics = [topic for topic in shipped.topics.values() if any(need.topic == topic.id for need in kept)]
    codes = ", ".join(f"{code}: {{}}" for code in languages)
    parts = [_TOP.format(id=city_id, source=source, languages=codes)]
    for topic in topics:
        parts.append(f"  {topic.id}:\n{_filled('title', title_of(topic), 'the button, two or three words')}")
        parts += [_SENSITIVE] if topic.sensitive else []
    parts.append(_NEEDS)
    for need in kept:
        parts += _need(need, needs, title_of(need))
        parts += [_SENSITIVE] if need.sensitive and not shipped.topics[need.topic].sensitive else []
    pairs = [group for group in shipped.ask_between if group <= {need.id for need in kept}]
    if pairs:
        parts.append(_ASK)
        parts += [f"  - [{', '.join(need.id for need in kept if need.id in group)}]\n" for group in pairs]
    parts.append(_SERVICES)
    if any(need.is_urgent for need in kept):
        parts.append(_EMERGENCY)
    parts += [_SERVICE.format(id=need.id) for need in kept if not need.is_urgent]
    return "".join(parts)


def _need(need: Need, kept: Collection[str], title: str) -> Iterator[str]:
    yield f"  {need.id}:\n    topic: {need.topic}\n{_filled('title', title, 'the button, at most 40 characters')}"
    yield f"    services: [{EMERGENCY_SERVICE if need.is_urgent else need.id}]\n"
    if following := [other for other in need.next if other in kept]:
        yield f"    next: [{', '.join(following)}]\n"
    if need.media:
        yield f"    media: [{', '.join(need.media)}]\n"


def _filled(key: str, text: str, what: str) -> str:
    """A line for ``text``, or to be filled in."""
    return f"    {key}: {scalar(text)}\n" if text else f"    {key}:  # {what}\n"
