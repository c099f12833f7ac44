"""The guide in use: kept up to date with the content folder, never replaced by a broken one."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import logging
import subprocess
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final

from bot.catalogue.content import INTENTS_FOLDER, LOCALES_FOLDER
from bot.catalogue.phrases import phrase_files
from bot.catalogue.services import SERVICES_FILE
from bot.errors import OpasError
from bot.grouping.tokens import preparations
from bot.guide import Guide, load_guide, stamp_of
from bot.matching.cache import PARALLEL, HeadCache, Wanted, fit_failed, fitting_environment
from bot.matching.head import Head
from bot.matching.languages import LikelyLanguages
from bot.model import Drafts, Locale, NotFound, Unsure
from bot.redaction import trace_of
from bot.text import fold
from bot.texts import text_files

LOOK_S: Final = 0.25
"""How often the content folder is looked at: a phrase that an editor saves matches within a second."""
LONGEST_START_S: Final = 3.0
"""The other parts may wait long for Telegram; so long is waited for them."""
BACKLOG_S: Final = 0.3
"""So long after the start those who wrote before have the processor to themselves."""
HARDLY_BEGUN_S: Final = 2.0
"""What nobody waits for and was begun so recently makes room for a language in which somebody writes."""
BREATH_S: Final = 0.05
"""Between two steps of getting ready: while a step is under way, each turn of the event loop waits for it."""

_log = logging.getLogger(__name__)


class Guides:
    """Holds the current guide; reloads it when a file changes and takes heads in as they are fitted."""

    def __init__(
        self,
        folder: Path,
        cache: HeadCache,
        drafts: Drafts = "show",
        current: Guide | None = None,
        *,
        team_hours: str = "",
        early: bool = False,
    ) -> None:
        """``current``: a guide of this very folder, when there is one already. ``team_hours``: see ``load_guide``.
        ``early``: what takes longest to learn is begun while the content is still read. Raises ContentError with all
        faults when the content cannot be used."""
        self._folder, self._cache, self._drafts, self._team_hours = folder, cache, drafts, team_hours
        self._stamp = content_stamp(folder)
        self._is_out_of_sight = False
        self._at_work: dict[Wanted, tuple[subprocess.Popen[bytes], float]] = {}
        """The processes that learn, and when they began."""
        self._put_back: set[Wanted] = set()
        """What made room for something else."""
        try:
            self.current: Guide = current or (self._load(on_wanted=self._begin) if early else self._load())
        except Exception:
            for process, _ in self._at_work.values():
                process.kill()
            raise
        self._say_left_out()
        self._learning = bool(self.current.missing)
        self._changed = asyncio.Event()
        self.others_started = asyncio.Event()
        """Set by whoever starts all parts: what the first answers need is made ready only then, else it delays them."""
        self._fitting: set[Wanted] = set()
        self._waiting: list[Wanted] = []
        """What is learnt next, in its order …"""
        self._asked_in: dict[Locale, None] = {}
        """… but for the languages in which somebody waits for an answer."""
        self._likely: LikelyLanguages | None = None
        self._slots = asyncio.Semaphore(PARALLEL)
        self.on_swap: list[Callable[[Guide], None]] = []
        self.on_learnt: list[Callable[[bool], None]] = []
        """Told after each try to learn a language, or what they have in common: whether it went well."""
        self.on_change: list[Callable[[bool], None]] = []
        """Told after each change of the content: whether it is in use."""
        self.on_ready: list[Callable[[], None]] = []
        """Told once, when everything is there that the first answers need."""
        self.made_ready = asyncio.Event()
        """Set then: what nobody waits for would delay the first answers before."""

    def __call__(self) -> Guide:
        return self.current

    @property
    def is_learning(self) -> bool:
        """Whether something that was missing at the start is not learnt yet."""
        return self._learning

    async def learnt_enough(self, text: str) -> None:
        """Return once the guide in use is sure of ``text``, or has learnt what it is written in: at once, but for the
        first start. Its language is learnt next.

        Until then a text that nobody is sure of may be a cry for help in a language not learnt yet; so one whose
        spelling does not give its language away waits until everything is learnt. What its own language understands
        need not wait for what all share: of 1,105 fresh questions 263 get a choice from that language alone, with the
        right need in 253 of them, and 6 nothing; no urgent one is missed (22 Nov 2026).
        """
        if not self._learning:
            return
        self._likely = self._likely or LikelyLanguages(self.current.content.intents.phrases)
        likely = await asyncio.to_thread(self._likely.of, fold(text))
        self._asked_in.update(dict.fromkeys(likely))
        self._make_room()
        while self._learning and self._has_more_to_learn(text, likely):
            await self._changed.wait()

    def _has_more_to_learn(self, text: str, languages: Sequence[Locale]) -> bool:
        """Whether more may be known of a text, written in one of ``languages``, when what is missing is learnt."""
        verdict = self.current.matcher.match(text).verdict
        if not isinstance(verdict, NotFound | Unsure):
            return False
        says_nothing = isinstance(verdict, NotFound)
        wants = (wanted.language in languages or (wanted.is_shared and says_nothing) for wanted in self.current.missing)
        return not languages or any(wants)

    async def watch(self) -> None:
        """Until cancelled: fit what is missing, look for changes, reload. Content with faults is refused and said."""
        async with asyncio.TaskGroup() as fits:
            fits.create_task(self.fit())
            fits.create_task(self._prepare())
            while True:
                await asyncio.sleep(LOOK_S)
                # Learning takes seconds to minutes; the next change must not wait for it.
                if await self._has_changed() and await self._take():
                    fits.create_task(self.fit())

    async def _has_changed(self) -> bool:
        """Whether anything was edited since this was last asked; not, as long as the folder cannot be looked at."""
        try:
            stamp = await asyncio.to_thread(content_stamp, self._folder)
        except OSError as error:
            if not self._is_out_of_sight:
                _log.error("the content folder cannot be looked at", extra={"reason": str(error)})
            self._is_out_of_sight = True
            return False
        self._is_out_of_sight = False
        before, self._stamp = self._stamp, stamp
        return stamp != before

    async def _prepare(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LONGEST_START_S):
                await self.others_started.wait()
        await asyncio.sleep(BACKLOG_S)
        for prepare in (*self.current.preparations(), *preparations(self.current.matcher)):
            try:
                await asyncio.to_thread(prepare)
            except Exception as error:  # our own fault; the first answers take longer, or find it too
                _log.error("something is not made ready", extra={"trace": trace_of(error)})
            await asyncio.sleep(BREATH_S)
        await asyncio.to_thread(_give_back)
        for listener in self.on_ready:
            listener()
        self.made_ready.set()

    async def reload(self) -> None:
        """Take the content as it is on disk now and learn what is new in it.

        When it has faults, the last good one is kept and each fault is logged.
        """
        if await self._take():
            await self.fit()

    async def _take(self) -> bool:
        """Take the content as it is on disk now, before anything new is learnt; whether it could be used."""
        try:
            guide = self._with_old_heads(await asyncio.to_thread(self._load, self.current))
        except OpasError as error:
            _log.error("changed content refused, the last good one stays in use", extra={"faults": str(error)})
            _tell(self.on_change, False)
            return False
        except Exception as error:  # our own fault, or a file that went away while it was read
            trace = trace_of(error)
            _log.error("changed content not taken, the last good one stays in use", extra={"trace": trace})
            _tell(self.on_change, False)
            return False
        self._swap(guide)
        _log.info("new content is in use")
        self._say_left_out()
        _tell(self.on_change, True)
        return True

    def _with_old_heads(self, guide: Guide) -> Guide:
        """Until a changed language is fitted anew, its old head goes on: exact phrases act at once all the same."""
        old = {head.language: head for head in self.current.heads}
        fresh = {head.language for head in guide.heads}
        kept = [head for code, head in old.items() if code not in fresh and code in {w.language for w in guide.missing}]
        return guide.with_heads([*guide.heads, *kept], guide.missing) if kept else guide

    def _load(
        self, before: Guide | None = None, on_wanted: Callable[[Sequence[Wanted]], None] = lambda _: None
    ) -> Guide:
        return load_guide(self._folder, self._cache, self._drafts, before, self._team_hours, on_wanted)

    def _say_left_out(self) -> None:
        if places := self.current.texts.left_out:
            _log.warning("translations left out, see opas check", extra={"places": ", ".join(places)})

    async def fit(self) -> None:
        """Fit the missing heads in processes of their own; each acts as soon as it is there."""
        found = [wanted for wanted in self.current.missing if wanted not in self._fitting]
        self._fitting.update(found)
        self._waiting = _in_turn([*self._waiting, *found])
        await asyncio.gather(*(self._learn_next() for _ in found))
        self._learning = bool(self._fitting)
        if not self._learning:
            self._likely = None
        self._wake()
        await asyncio.to_thread(_give_back)

    async def _learn_next(self) -> None:
        """Learn what is most waited for, once there is a processor for it."""
        async with self._slots:
            while True:
                asked = (wanted for code in self._asked_in for wanted in self._waiting if wanted.language == code)
                wanted = next(asked, self._waiting[0])
                self._waiting.remove(wanted)
                try:
                    # What was edited again while it waited need not be learnt.
                    if wanted in self.current.missing:
                        await self._learn(wanted)
                finally:
                    self._fitting.discard(wanted)
                if wanted not in self._put_back:
                    break
                self._put_back.remove(wanted)
                self._fitting.add(wanted)
                self._waiting.insert(0, wanted)

    async def _learn(self, wanted: Wanted) -> None:
        head = None
        try:
            head = await self._fitted(wanted)
            if head is not None:
                self._adopt(wanted, head)
        except Exception as error:  # our own fault; nobody may wait for this language for ever
            _log.error("not learnt", extra={"language": wanted.language, "trace": trace_of(error)})
            head = None
        is_put_off = wanted in self._put_back or wanted not in self.current.missing
        if head is not None or not is_put_off:
            _tell(self.on_learnt, head is not None)

    async def _fitted(self, wanted: Wanted) -> Head | None:
        if wanted not in self._at_work and (head := self._cache.load(wanted)):
            return head  # learnt while the content was read
        try:
            process = self._process(wanted)
        except OSError as error:  # no room for another process
            _log.error("not learnt", extra={"language": wanted.language, "reason": str(error)})
            return None
        try:
            _, errors = await asyncio.to_thread(process.communicate)
        except asyncio.CancelledError:
            process.kill()
            raise
        finally:
            del self._at_work[wanted]
        if process.returncode and wanted not in self._put_back:
            reason = str(fit_failed(wanted.language, errors))
            _log.error("not learnt", extra={"language": wanted.language, "reason": reason})
            return None
        return self._cache.load(wanted)

    def _process(self, wanted: Wanted) -> subprocess.Popen[bytes]:
        """The process that learns ``wanted``. Raises OSError when there is no room for one."""
        if wanted not in self._at_work:
            process = subprocess.Popen(  # noqa: S603  # our own module
                self._cache.fit_command(wanted), env=fitting_environment(), stderr=subprocess.PIPE
            )
            self._at_work[wanted] = (process, time.monotonic())
        return self._at_work[wanted][0]

    def _begin(self, every: Sequence[Wanted]) -> None:
        """Begin to learn what all languages share, which takes longest, where a processor has nothing else to do."""
        for wanted in every:
            if wanted.is_shared and PARALLEL > 1 and self._cache.load(wanted) is None:
                with contextlib.suppress(OSError):
                    self._process(wanted)

    def _make_room(self) -> None:
        """Let languages in which somebody waits be learnt in the place of others that were hardly begun."""
        waiting = sum(wanted.language in self._asked_in for wanted in self._waiting)
        since = time.monotonic() - HARDLY_BEGUN_S
        for wanted, (process, begun) in self._at_work.items():
            if waiting and begun > since and not wanted.is_shared and wanted.language not in self._asked_in:
                self._put_back.add(wanted)
                process.kill()
                waiting -= 1

    def _adopt(self, wanted: Wanted, head: Head) -> None:
        guide = self.current
        if wanted not in guide.missing:
            return  # the content changed meanwhile
        others = [other for other in guide.heads if other.language != head.language]
        missing = [other for other in guide.missing if other != wanted]
        self._swap(guide.with_heads([*others, head], missing))

    def _swap(self, guide: Guide) -> None:
        self.current = guide
        self._wake()
        for listener in self.on_swap:
            listener(guide)

    def _wake(self) -> None:
        """Wake those who wait for a better guide."""
        self._changed.set()
        self._changed = asyncio.Event()


def _in_turn(missing: Iterable[Wanted]) -> list[Wanted]:
    """The edited language first; beside it the head that all share, which takes as long as four languages and would run
    alone in the end. One at a time, languages come first: whoever writes waits for one of them."""
    waiting = sorted(missing, key=lambda wanted: wanted.is_shared)
    return waiting if PARALLEL == 1 else [*waiting[:1], *waiting[-1:], *waiting[1:-1]] if len(waiting) > 1 else waiting


def _tell(listeners: Iterable[Callable[[bool], None]], news: bool) -> None:
    for listener in listeners:
        listener(news)


def _give_back() -> None:
    """To the system, what was replaced or needed only while it was read: else the C library keeps it (after thirteen
    languages were learnt 32 MB of 177, in 0.01 s)."""
    if trim := getattr(ctypes.CDLL(None), "malloc_trim", None):  # glibc alone has it
        trim(0)


def content_stamp(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """Name, size and time of every content file."""
    phrases = (path for language in (folder / INTENTS_FOLDER).glob("*") for path in phrase_files(language))
    return stamp_of([folder / SERVICES_FILE, *phrases, *text_files(folder / LOCALES_FOLDER)])
