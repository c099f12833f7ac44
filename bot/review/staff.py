"""Who works here: people, roles, the one-time links by which they enter and the sessions in which they work."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final, cast

from bot.model import Role
from bot.review.records import Act, Done, Gone, Refused, Result, Session, Staff
from bot.review.words import say
from bot.store import Store
from bot.store import staff as rows

LINK_LASTS: Final = timedelta(minutes=15)
SESSION_LASTS: Final = timedelta(hours=12)

LINK_PATH: Final = "/review/enter/{token}"
"""Where a link leads, below the address of the web pages."""
ABOUT_STAFF: Final = frozenset({"pass-on", "change-staff", "remove-staff", "make-link"})
"""Acts that are done to a colleague."""
VERSION: Final = "staff"
"""Name of the version (``Store.version``) that grows when the staff changes, also beside this program."""


class StaffRoom:
    """The staff, kept in memory and read anew when it changed; every change is one transaction."""

    def __init__(self, store: Store) -> None:
        """``load`` before use."""
        self._store = store
        self._all: dict[int, Staff] = {}
        self.on_change: list[Callable[[], None]] = []
        """Called when somebody came, left or was changed, also by a program beside this one."""

    async def load(self, first: Mapping[int, Role] | None = None) -> None:
        """Read who works here. ``first``: Telegram id → role of those who work here when nobody ever did."""
        if first:
            unit = self._store.unit()
            for telegram_id, role in first.items():
                rows.add_first_staff(unit, telegram_id=telegram_id, name=f"{role} {telegram_id}", role=role)
            await self._store.commit(unit)
        before, self._all = self._all, {row.id: _staff(row) for row in await rows.staff(self._store)}
        if self._all != before:
            self._tell_changed()

    def _tell_changed(self) -> None:
        for tell in self.on_change:
            tell()

    # --- who

    @property
    def everybody(self) -> tuple[Staff, ...]:
        """Who works here now, by name."""
        return tuple(staff for staff in self._all.values() if staff.removed_at is None)

    @property
    def has_counsellor(self) -> bool:
        """Whether anybody is there who may answer."""
        return any(staff.may_answer for staff in self.everybody)

    def by_id(self, staff_id: int | None) -> Staff | None:
        """Also somebody who left: their name stands in the log."""
        return self._all.get(staff_id) if staff_id is not None else None

    def working(self, staff_id: int) -> Staff | None:
        """Only somebody who works here now."""
        staff = self._all.get(staff_id)
        return staff if staff and staff.removed_at is None else None

    def by_telegram(self, telegram_id: int) -> Staff | None:
        """Who works here now and writes from this Telegram account."""
        return next((staff for staff in self.everybody if staff.telegram_id == telegram_id), None)

    async def in_chat(self, telegram_id: int) -> Staff | None:
        """The same, with the language that they have chosen there by now."""
        staff = self.by_telegram(telegram_id)
        person = await self._store.person(telegram_id) if staff else None
        chosen = person.locale if person else ""
        if staff is None or staff.chosen == chosen:
            return staff
        self._all[staff.id] = replace(staff, chosen=chosen)
        self._tell_changed()
        return self._all[staff.id]

    # --- changes, by an admin

    async def add(
        self,
        by: Staff,
        *,
        name: str,
        role: Role,
        languages: Sequence[str] = (),
        topics: Sequence[str] = (),
        telegram_id: int | None = None,
    ) -> Result:
        """``Done.group_id`` is 0. A former colleague is somebody new: their Telegram id went when they left."""
        if (refused := _refusal(by, name)) is not None:
            return refused
        if telegram_id is not None and self.by_telegram(telegram_id) is not None:
            return Refused(say("Somebody with this Telegram id works here already."))
        unit = self._store.unit()
        rows.add_staff(unit, telegram_id=telegram_id, name=name.strip(), role=role, languages=languages, topics=topics)
        rows.log_act(unit, by.id, "add-staff", detail=role)
        unit.bump(VERSION)
        await self._store.commit(unit)
        await self.load()
        return Done(0)

    async def change(
        self, by: Staff, staff_id: int, *, name: str, role: Role, languages: Sequence[str], topics: Sequence[str],
        telegram_id: int | None,
    ) -> Result:  # fmt: skip
        """New name, role, languages, topics, Telegram id. The last admin stays one; a translator works on nothing."""
        if (refused := _refusal(by, name)) is not None:
            return refused
        if self.working(staff_id) is None:
            return Gone()
        known = self.by_telegram(telegram_id) if telegram_id is not None else None
        if known is not None and known.id != staff_id:
            return Refused(say("Somebody with this Telegram id works here already."))
        unit = self._store.unit()
        changed = rows.change_staff(
            unit, staff_id, name=name.strip(), role=role, languages=languages, topics=topics, telegram_id=telegram_id
        )
        rows.log_act(unit, by.id, "change-staff", detail=f"{staff_id}: {role}")
        unit.bump(VERSION)
        await self._store.commit(unit)
        await self.load()
        return Done(0) if changed.changed else Refused(say("The last admin cannot stop being one."))

    async def remove(self, by: Staff, staff_id: int) -> Result:
        """Their sessions, links and claims end in the same transaction."""
        if (refused := _refusal(by)) is not None:
            return refused
        if self.working(staff_id) is None:
            return Gone()
        unit = self._store.unit()
        removed = rows.remove_staff(unit, staff_id)
        rows.log_act(unit, by.id, "remove-staff", detail=str(staff_id))
        unit.bump(VERSION)
        await self._store.commit(unit)
        await self.load()
        return Done(0) if removed.changed else Refused(say("The last admin cannot be removed."))

    # --- links and sessions

    async def make_link(self, staff: Staff, by: Staff | None = None) -> str:
        """A token that opens the page once, within a quarter of an hour; only its hash is kept.

        ``by``: the admin who made it for somebody else.
        """
        token = secrets.token_urlsafe(32)
        unit = self._store.unit()
        rows.add_link(unit, _hash(token), staff.id, self._store.now() + LINK_LASTS)
        rows.log_act(unit, (by or staff).id, "make-link", detail=str(staff.id))
        await self._store.commit(unit)
        return token

    async def link_owner(self, token: str) -> Staff | None:
        """Whose link it is while it can be redeemed; looking does not use it up."""
        owner = await rows.link_owner(self._store, _hash(token))
        return self.working(owner) if owner is not None else None

    async def redeem(self, token: str) -> str | None:
        """The token of a new session, for the cookie; None when the link is unknown, used or too old."""
        session_token = secrets.token_urlsafe(32)
        unit = self._store.unit()
        used = rows.redeem_link(
            unit,
            _hash(token),
            _hash(session_token),
            secrets.token_urlsafe(24),
            self._store.now() + SESSION_LASTS,
        )
        await self._store.commit(unit)
        if not used.rows:
            return None
        unit = self._store.unit()
        rows.log_act(unit, int(used.rows[0][0]), "sign-in")
        await self._store.commit(unit)
        return session_token

    async def session(self, token: str) -> Session | None:
        """Who is signed in with this cookie; None when forged, too old, signed out, or their owner was removed."""
        found = await rows.session(self._store, _hash(token))
        if found is None:
            return None
        staff_id, csrf = found
        staff = self.working(staff_id)
        return Session(staff, csrf) if staff else None

    async def sign_out(self, token: str) -> None:
        """End the session with this cookie."""
        unit = self._store.unit()
        rows.end_session(unit, _hash(token))
        await self._store.commit(unit)

    # --- the log

    async def acts(self, *, group_id: int | None = None, limit: int = 200) -> tuple[Act, ...]:
        """What the staff did, newest first; about one group or at all."""
        found = await rows.acts(self._store, group_id=group_id, limit=limit)
        return tuple(
            Act(a.id, a.act, a.group_id, self.by_id(a.staff_id), a.detail, a.done_at, self._about(a.act, a.detail))
            for a in found
        )

    def _about(self, act: str, detail: str) -> Staff | None:
        """Their number is all of the detail, or stands before a colon."""
        number = detail.partition(":")[0]
        return self.by_id(int(number)) if act in ABOUT_STAFF and number.isdecimal() else None


def _refusal(by: Staff, name: str = "-") -> Refused | None:
    if not by.is_admin:
        return Refused(say("Only an admin may do this."))
    if not name.strip():
        return Refused(say("Give a name."))
    return None


def _hash(token: str) -> str:
    """Tokens are long and random: a plain hash is enough, and no one can be found from it."""
    return hashlib.sha256(token.encode()).hexdigest()


def _staff(row: rows.StaffRow) -> Staff:
    return Staff(
        row.id,
        row.name,
        cast(Role, row.role),
        row.languages,
        row.topics,
        row.telegram_id,
        row.added_at,
        row.removed_at,
        row.chosen,
    )
