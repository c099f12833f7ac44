"""Sentences that a counsellor can put into an answer: they exist in every language, so nobody has to translate them.

Plain, short, one thing each, and true for anybody: no sentence decides anything or names a place.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.texts import Speaker


def sentences(speaker: Speaker) -> Mapping[str, str]:
    """Id → sentence in the speaker's language, in the order of the phrase book: what to do, what to bring, when, how it
    goes on, questions back, where to turn. Ids are stored in answers: never rename one."""
    return {
        # what to do
        "call-first": speaker.say("Call first."),
        "book-time": speaker.say("Book a time first."),
        "no-time-needed": speaker.say("You do not need to book a time."),
        "go-there": speaker.say("Go there yourself."),
        "fill-form": speaker.say("Fill in the form and send it."),
        "ask-help-form": speaker.say("You can ask for help with the form."),
        "write-email": speaker.say("Write an e-mail to them."),
        "ask-interpreter": speaker.say("Ask for an interpreter."),
        "say-language": speaker.say("Say which language you speak."),
        "ask-written": speaker.say("Ask for the decision in writing."),
        "read-letter": speaker.say("Read the letter to the end."),
        "keep-papers": speaker.say("Keep all letters and receipts."),
        "keep-copy": speaker.say("Keep a copy for yourself."),
        "tell-changes": speaker.say("Tell them at once when something changes."),
        "do-not-pay-yet": speaker.say("Do not pay before you have asked."),
        "do-not-sign-yet": speaker.say("Do not sign before you understand the paper."),
        # what to bring
        "take-letter": speaker.say("Take the letter with you."),
        "take-passport": speaker.say("Take your passport or identity card with you."),
        "take-permit": speaker.say("Take your residence permit with you."),
        "take-contract": speaker.say("Take the contract with you."),
        "take-form": speaker.say("Take the filled-in form with you."),
        "take-companion": speaker.say("You can take somebody with you."),
        # when
        "today": speaker.say("Do it today."),
        "before-date": speaker.say("Do it before the day that is written in the letter."),
        "takes-weeks": speaker.say("It can take several weeks."),
        "wait-for-letter": speaker.say("Wait for a letter. You do not need to do anything now."),
        "holidays": speaker.say("On public holidays they are closed."),
        # how it is
        "free": speaker.say("It costs nothing."),
        "costs": speaker.say("It costs money. Ask for the price first."),
        "not-here": speaker.say("This service is not in this city."),
        "depends": speaker.say("It depends on your situation. Ask the office that decides."),
        "only-they-know": speaker.say("Only the office that decides can see your case."),
        "several-ways": speaker.say("There are several ways. Choose the one that is easiest for you."),
        # questions back
        "which-city": speaker.say("Which city do you live in?"),
        "which-language": speaker.say("In which language can you talk?"),
        "which-letter": speaker.say("Who sent you the letter?"),
        "which-permit": speaker.say("What kind of residence permit do you have?"),
        "for-whom": speaker.say("Is it for you or for somebody else?"),
        "how-old": speaker.say("Is it for a child or for an adult?"),
        "since-when": speaker.say("When did it begin?"),
        "tell-more": speaker.say("Please say it in other words. I do not understand it yet."),
        # where to turn
        "ask-person": speaker.say("It is best to talk about this with a person."),
        "come-to-us": speaker.say("Come and see us. We look at it together."),
    }
