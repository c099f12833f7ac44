"""What counsellors propose for the guide: kept until an admin has dealt with it, ready to be copied into the files."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.catalogue.additions import need_lines, scalar
from bot.guide import Guide
from bot.model import URGENT_TOPIC, Locale, Need
from bot.review.becoming import name_of, title_of
from bot.review.records import Done, Gone, Refused, Result, Staff
from bot.review.staff import StaffRoom
from bot.review.words import say
from bot.store import Store, group_rows
from bot.store.staff import acts_named, log_act

PROPOSED, FINISHED = "draft-need", "draft-done"
"""How the log of acts names them in the database."""
UNKNOWN_TOPIC = "TOPIC"
"""Stands for the topic when nothing says which it is; ``opas check`` complains, because no topic is called so."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A need or service that is missing."""

    id: int
    group_id: int
    by: Staff | None
    made_at: datetime
    title: str
    note: str
    wordings: Mapping[Locale, str]
    """How people ask for it, rewritten so that they tell of nobody."""
    yaml: str
    """As it could stand in services.yaml and in ``intents/``; what nobody knows yet is left for the admin."""


def detail_of(title: str, note: str, wordings: Mapping[Locale, str]) -> str:
    """A proposal as the log of acts keeps it."""
    return json.dumps({"title": title, "note": note, "wordings": dict(wordings)}, ensure_ascii=False)


def _read(detail: str) -> tuple[str, str, Mapping[Locale, str]]:
    """Title, note and wordings; an older program kept title and note in one line."""
    if not detail.startswith("{"):
        return detail, "", {}
    said = json.loads(detail)
    return str(said["title"]), str(said["note"]), {str(code): str(text) for code, text in said["wordings"].items()}


class Proposals:
    """The log of acts holds them: a proposal is an act, and so is its end."""

    def __init__(self, store: Store, staff: StaffRoom, guide: Callable[[], Guide]) -> None:
        self._store = store
        self._staff = staff
        self._guide = guide

    async def open(self) -> tuple[Proposal, ...]:
        """Those that no admin has dealt with, oldest first."""
        ended = {row.detail for row in await acts_named(self._store, FINISHED)}
        rows = [row for row in await acts_named(self._store, PROPOSED) if str(row.id) not in ended]
        found = []
        for row in rows:
            title, note, wordings = _read(row.detail)
            group = await group_rows.standing(self._store, row.group_id or 0)
            yaml = self._yaml(title, note, wordings, group.need if group else "")
            by = self._staff.by_id(row.staff_id)
            found.append(Proposal(row.id, row.group_id or 0, by, row.done_at, title, note, wordings, yaml))
        return tuple(found)

    async def finish(self, by: Staff, proposal_id: int) -> Result:
        """It is in the guide, or will not be."""
        if not by.is_admin:
            return Refused(say("Only an admin may do this."))
        if proposal_id not in {proposal.id for proposal in await self.open()}:
            return Gone()
        unit = self._store.unit()
        log_act(unit, by.id, FINISHED, None, str(proposal_id))
        await self._store.commit(unit)
        return Done(0)

    def _yaml(self, title: str, note: str, wordings: Mapping[Locale, str], near: str) -> str:
        catalogue = self._guide().catalogue
        need = catalogue.need(near)
        topics = [topic for topic in catalogue.topics if topic != URGENT_TOPIC]
        topic = need.topic if need and need.topic in topics else UNKNOWN_TOPIC
        # The title first: six words of a question are the beginning of a sentence, and an id is read as a phrase.
        name = name_of(title) or name_of(wordings.get("en", "")) or "new-need"
        new = Need(name, topic, title_of(title))
        lines = ["# services.yaml", "needs:", *(f"  {line}" for line in need_lines(new))]
        lines += [f"    # {line}" for line in note.splitlines()]
        for language, text in wordings.items():
            lines += ["", f"# intents/{language}/{topic}.yaml", f"{new.id}:", f"- {scalar(text)}"]
        return "\n".join(lines) + "\n"
