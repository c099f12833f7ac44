"""What the codes of the rules are called by the doors: why a question came, who did what, why something was dropped."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Final

from bot.dialogue.phrasebook import sentences
from bot.grouping.reasons import Reason
from bot.grouping.titles import title
from bot.guide import Guide
from bot.model import Locale, Role
from bot.review.records import SILENT, Act, DropReason, GroupSummary, TakenBy
from bot.review.words import WRONG
from bot.texts import Speaker

Mark = tuple[str, str]
"""A style (warm, good, bad or none) and the word that stands in it: never colour alone."""

DROP_REASONS: Final[tuple[DropReason, ...]] = (
    "not-ours", "cannot-know", "own-case", "written", "not-a-question", "abuse", "other",
)  # fmt: skip
FACT_REASONS: Final[tuple[DropReason, ...]] = ("mended", "cannot-know", "abuse", "other")
"""Why a report of a wrong fact is dropped."""


class Wording:
    """Says the codes of the rules in the language of ``speaker``, and titles of the city's content."""

    def __init__(self, speaker: Speaker, guide: Guide) -> None:
        self.say: Final[Callable[..., str]] = speaker.say
        self.count: Final[Callable[..., str]] = speaker.count
        self.share: Final[Callable[[float], str]] = speaker.share
        self._speaker = speaker
        self._guide = guide
        self._titles = guide.texts.speaker(speaker.locale)

    # --- the content's titles

    def need(self, need_id: str) -> str:
        """The title of a need; its id when the content has it no more."""
        need = self._guide.catalogue.need(need_id)
        return self._titles.tell(f"needs.{need.id}.title", need.title) if need else need_id

    def service(self, service_id: str) -> str:
        service = self._guide.catalogue.service(service_id)
        return service.name if service else service_id

    def topic(self, topic_id: str) -> str:
        topic = self._guide.catalogue.topics.get(topic_id)
        return self._titles.tell(f"topics.{topic_id}.title", topic.title) if topic else topic_id

    def language(self, code: str) -> str:
        return self._speaker.language(code) if code else self.say("language not known")

    def languages(self) -> list[tuple[str, str]]:
        """Every language of the city with its name in the language of the page."""
        return [(code, self.language(code)) for code in self._guide.texts.locales]

    def piece(self, piece: str) -> str:
        """A piece of an answer by its title, or the sentence itself; free words as they are."""
        kind, _, ident = piece.partition(":")
        match kind:
            case "need":
                return self.need(ident)
            case "service":
                return self.service(ident)
            case "sentence":
                return sentences(self._titles).get(ident, ident)
            case _:
                return piece

    # --- groups and questions

    def title(self, group: GroupSummary) -> str:
        """How the group is called in the queue: the first question, or whose fact is wrong."""
        if group.service:
            return self.say("A fact of {service} is wrong", service=self.service(group.service))
        if group.text:
            return group.text
        return self.say("Question {number}", number=group.id)

    def about(self, things: Sequence[str]) -> str:
        """Everyday things, by what they are called; "" for none."""
        return self._speaker.joined([title(thing, self._speaker.locale) for thing in things])

    def marks(self, group: GroupSummary) -> list[Mark]:
        """What one must see at a glance."""
        found: list[Mark] = []
        if group.asks_for_person:
            found.append(("warm", self.say("Asks for a person")))
        if group.has_mail:
            found.append(("warm", self.say("Wrote again")))
        if group.kind == "fact":
            found.append(("bad", self.say("A fact is wrong")))
        elif "wrong" in group.outcomes:
            found.append(("bad", self.say("The answer was wrong")))
        if group.claimed_by:
            found.append(("good", self.say("{name} works on it", name=group.claimed_by.name)))
        if group.handed_to:
            found.append(("good", self.say("For {name}", name=group.handed_to.name)))
        if group.waiting:
            found.append(("", self.say("Want a message: {count}", count=group.waiting)))
        elif group.asks_for_person and group.reaches_nobody:
            found.append(("", self.say("Nobody can be written to")))
        return found

    def state(self, group: GroupSummary) -> str:
        """What became of the group; "" while it is open."""
        match group.state:
            case "answered":
                return self.say("Answered")
            case "dropped":
                return self.say("Dropped")
            case "merged":
                return self.say("Put together with another one")
            case "expired":
                return self.say("Its time is over")
            case "open":
                return ""

    def outcome(self, outcome: str) -> str:
        """How a question came to the counsellors."""
        match outcome:
            case "unanswered":
                return self.say("the bot did not know")
            case "none-of-these":
                return self.say("none of what was offered suited")
            case "wrong":
                return self.say("the person said: not this")
            case "person":
                return self.say("the person wants to ask a person")
            case "fact":
                return self.say("the person said: a fact is wrong")
            case _:
                return outcome

    def fact(self, code: str) -> str:
        """Which fact a person said to be wrong; "" when it is none, or nothing is known of it."""
        match code.removeprefix(WRONG) if code.startswith(WRONG) else "":
            case "phones":
                return self.say("the phone number is wrong")
            case "address":
                return self.say("the address is wrong")
            case "hours":
                return self.say("the opening hours are wrong")
            case "other":
                return self.say("something else is wrong")
            case _:
                return ""

    def joined(self, code: str) -> str:
        """Why a question was put into its group; "" for the first one."""
        if code == "by-hand":
            return self.say("a colleague put it here")
        reason = Reason.from_code(code)
        match reason.rule:
            case "same-words":
                return self.say("the same words")
            case "near-words":
                return self.say("nearly the same words: {words}", words=", ".join(reason.marks))
            case "same-things":
                words = ", ".join(title(mark, self._speaker.locale) for mark in reason.marks)
                return self.say("the same things are spoken of: {words}", words=words)
            case "same-name":
                words = ", ".join(self.service(mark) for mark in reason.marks)
                return self.say("the same name: {words}", words=words)
            case "new":
                return ""

    def why(self, rule: str, outcomes: Collection[str]) -> str:
        """Why the bot did not answer questions that ended like this; "" when there is nothing to say about it."""
        match rule:
            case "other-language":
                return self.say("The question is in a language that the bot does not speak.")
            case "unknown-words":
                return self.say("The bot knows too few of the words.")
            case "several":
                return self.say("Two or more needs are equally near. The bot does not guess.")
            case "asked":
                return self.say("The bot was not sure enough. It asked what is meant.")
            case "outside":
                return self.say("It resembles questions that nobody here answers.")
            case "not-sure":
                return self.say("No need is near enough. The bot does not guess.")
            case "small-talk":
                return self.say("It looked like small talk, or like a question about the answer before.")
            case "answered" if not {"wrong", "person"}.intersection(outcomes):
                return self.say("The bot knows an answer now. It did not know it then.")
            case "answered":
                return self.say("The bot did answer, but it did not help the person.")
            case _:
                return ""

    # --- people and what they did

    def role(self, role: Role) -> str:
        match role:
            case "counsellor":
                return self.say("Counsellor")
            case "admin":
                return self.say("Admin")
            case "translator":
                return self.say("Translator")

    def drop_reason(self, reason: str) -> str:
        """Why a group was dropped."""
        match reason:
            case "not-ours":
                return self.say("Not for us")
            case "cannot-know":
                return self.say("Nobody here can know this")
            case "own-case":
                return self.say("Somebody's own case: an authority must decide")
            case "mended":
                return self.say("The fact has been put right in services.yaml")
            case "written":
                return self.say("The person was written to already")
            case "not-a-question":
                return self.say("Not a question")
            case "abuse":
                return self.say("Insult or nonsense")
            case "other":
                return self.say("Another reason")
            case _:
                return reason

    def drop_reasons(self, kind: str) -> list[tuple[DropReason, str, bool]]:
        """The reasons for a group of this kind: code, words, and whether those who want a message are then told. Nobody
        who reports a wrong fact waits for an answer."""
        is_fact = kind == "fact"
        reasons = FACT_REASONS if is_fact else DROP_REASONS
        return [(reason, self.drop_reason(reason), not is_fact and reason not in SILENT) for reason in reasons]

    def act(self, act: Act) -> str:
        """What was done, for the history."""
        detail, name = act.detail, act.about.name if act.about and act.about != act.by else ""
        match act.act:
            case "pass-on" if name:
                return self.say("passed it on to {name}", name=name)
            case "change-staff" if name:
                return self.say("changed what is known of {name}", name=name)
            case "remove-staff" if name:
                return self.say("removed {name} from the staff", name=name)
            case "make-link" if name:
                return self.say("made a sign-in link for {name}", name=name)
            case "claim":
                return self.say("took it")
            case "release":
                return self.say("let it go")
            case "pass-on":
                return self.say("passed it on")
            case "drop":
                return self.say("dropped it: {reason}", reason=self.drop_reason(detail))
            case "merge":
                return self.say("put it together with question {number}", number=detail)
            case "split":
                return self.say("took it apart")
            case "point":
                return self.say("pointed to the need: {need}", need=self.need(detail))
            case "answer":
                return self.say("answered it")
            case "undo":
                return self.say("took the answer back")
            case "reply":
                return self.say("wrote to one person")
            case "ask-back":
                return self.say("asked back")
            case "translate":
                return self.say("translated the answer into a language: {language}", language=self.language(detail))
            case "draft-need":
                return self.say("proposed something new for the guide")
            case "draft-done":
                return self.say("dealt with a proposal")
            case "add-staff":
                return self.say("added somebody to the staff")
            case "change-staff":
                return self.say("changed somebody's role or languages")
            case "remove-staff":
                return self.say("removed somebody from the staff")
            case "make-link":
                return self.say("made a sign-in link")
            case "sign-in":
                return self.say("signed in")
            case _:
                return act.act

    def taken(self, taken: TakenBy, when: str) -> str:
        """Who was first, for whoever came second."""
        name = taken.staff.name if taken.staff else self.say("A colleague")
        match taken.what:
            case "claimed":
                return self.say("{name} works on it until {time}. Nothing was changed.", name=name, time=when)
            case "answered":
                return self.say("{name} answered this {time}. Yours was not sent:", name=name, time=when)
            case "pointed":
                return self.say("{name} pointed to a need {time}. Yours was not sent:", name=name, time=when)
            case "dropped":
                return self.say("{name} dropped this {time}:", name=name, time=when)
            case "merged" if taken.staff is None:
                return self.say("More people asked, and this was put together with another question {time}:", time=when)
            case "merged":
                return self.say("{name} put this together with another question {time}:", name=name, time=when)

    def first_words(self, taken: TakenBy) -> Sequence[tuple[Locale, str]]:
        """What the first one wrote, with the language of each text, or chose, said with titles instead of ids; then ""
        stands for the reader's language."""
        if taken.texts:
            return tuple(taken.texts.items())
        chosen = self._first_choice(taken)
        return (("", chosen),) if chosen else ()

    def _first_choice(self, taken: TakenBy) -> str:
        match taken.what:
            case "pointed":
                return self.need(taken.choice)
            case "dropped":
                return self.drop_reason(taken.choice)
            case "merged":
                return self.say("Question {number}", number=taken.choice)
            case "answered":
                return "\n".join(map(self.piece, taken.pieces))
            case "claimed":
                return ""
