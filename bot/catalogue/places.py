"""Which texts of services.yaml are translated, and under which name (msgctxt) each stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.model import Catalogue, Service


@dataclass(frozen=True, slots=True)
class Place:
    """One text of services.yaml that is translated."""

    name: str
    """``services.kompassi.summary``"""
    text: str
    """As written in the source language."""
    comment: str = ""
    """For the translator."""


def places(catalogue: Catalogue) -> Iterator[Place]:
    """Every translatable text, in the order of the file."""
    for topic in catalogue.topics.values():
        yield Place(f"topics.{topic.id}.title", topic.title, "Button of the menu: two or three words.")
        if topic.example:
            comment = "One of a list in the middle of a sentence: 'Ask me about life in …: a home, a doctor, money.'"
            yield Place(f"topics.{topic.id}.example", topic.example, comment)
    for need in catalogue.needs.values():
        name = f"needs.{need.id}"
        yield Place(f"{name}.title", need.title, "Button: short, at most 40 characters.")
        if need.advice:
            yield Place(f"{name}.advice", need.advice)
        for index, step in enumerate(need.steps):
            yield Place(f"{name}.steps.{index}", step)
        if need.bring:
            yield Place(f"{name}.bring", need.bring, "Stands after 'Take with you:'.")
        if need.say:
            sound = "The same words in the letters of your language, so that a person can read them aloud."
            yield Place(f"{name}.say.sound", need.say, f"{sound} Languages with Latin letters keep them as they are.")
            yield Place(f"{name}.say.meaning", need.say, "What these words mean.")
    if catalogue.privacy.basis:
        yield Place("privacy.basis", catalogue.privacy.basis, "Stands after 'Legal basis:'.")
    if catalogue.person:
        yield from _of_service("person", catalogue.person)
    for service in catalogue.services.values():
        yield from _of_service(f"services.{service.id}", service)


def _of_service(name: str, service: Service) -> Iterator[Place]:
    if service.summary:
        comment = f"{service.name}: what it does for you. Names of offices stay as they stand on the door."
        yield Place(f"{name}.summary", service.summary, comment)
    if service.for_whom:
        yield Place(f"{name}.for", service.for_whom, "Stands after 'For:'.")
    if service.notice:
        yield Place(f"{name}.notice.text", service.notice.text)
    for index, phone in enumerate(service.phones):
        if phone.label:
            yield Place(f"{name}.phones.{index}.label", phone.label, "Stands in brackets: Phone (…): 017 …")
        if phone.price:
            yield Place(f"{name}.phones.{index}.price", phone.price)
    if service.price:
        yield Place(f"{name}.price", service.price)
    if service.bring:
        yield Place(f"{name}.bring", service.bring, "Stands after 'Take with you:'.")
