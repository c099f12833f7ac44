"""Fitted heads on disk, one folder a language, named by a fingerprint of everything that a fit depends on.

Fitting happens in processes of their own (``python -m bot.matching.fit``), so that it slows no reply and leaves no
memory behind; a head appears in the cache whole or not at all.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bot.catalogue.phrases import phrase_files
from bot.errors import OpasError
from bot.kept import Kept
from bot.matching.features import NGRAMS, PAIR_REACH
from bot.matching.head import FORMAT, Head
from bot.matching.shared import SHARED
from bot.thesaurus import thesaurus_files

PARALLEL: Final = max(1, min(2, os.cpu_count() or 1))
KEPT: Final = 2
"""Heads of a language that stay in the cache: the present one and the one before (an edit that is taken back)."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A head that should exist: its language and the folder that it is fitted from."""

    language: str
    intents: Path
    fingerprint: str
    size: int = 0
    """Bytes of its files, about what a fit takes."""

    @property
    def name(self) -> str:
        return f"{self.language}-{self.fingerprint}"

    @property
    def is_shared(self) -> bool:
        """Whether it is the head that all languages share."""
        return self.language == SHARED


def languages_of(wanted: Iterable[Wanted]) -> int:
    """Of how many languages heads are wanted; the one that all share is none of a language."""
    return sum(not head.is_shared for head in wanted)


def progress_of(done: int, wanted: Collection[Wanted]) -> str:
    """How far learning is, to be read by people; ``done`` of the ``wanted`` heads are learnt."""
    languages = languages_of(wanted)
    if languages == len(wanted):
        return f"learnt {done} of {languages} languages"
    what = f"{languages} languages and what they have in common" if languages else "what the languages have in common"
    return f"learnt {done} of {len(wanted)} parts ({what})"


_WRITTEN: Final = re.compile(rb"^(?:\s*-\s+\S|[^#\n]*\[\s*[^\]\s])", re.MULTILINE)
"""Something in a list."""


def has_phrases(folder: Path) -> bool:
    """Whether anything is written in a language's folder; keys alone are a language that is only begun. Told without
    reading YAML, which takes time. Raises OSError when a file cannot be read."""
    return any(_WRITTEN.search(file.read_bytes()) for file in phrase_files(folder))


def wanted_heads(intents: Path, languages: Iterable[str]) -> list[Wanted]:
    """The heads for the phrases as they are on disk now; languages without phrases have none. Raises OSError when a
    file cannot be read."""
    found = []
    for language in languages:
        if has_phrases(intents / language):
            files = phrase_files(intents / language)
            size = sum(file.stat().st_size for file in files)
            found.append(Wanted(language, intents, _fingerprint(files), size))
    if found:
        size = sum(wanted.size for wanted in found)
        found.append(Wanted(SHARED, intents, _shared_fingerprint(found), size))
    return found


def _fingerprint(files: list[Path]) -> str:
    settings = json.dumps([FORMAT, NGRAMS, PAIR_REACH, sys.version_info[:2]])
    digest = hashlib.blake2b(settings.encode(), digest_size=8)
    for file in files:
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    # The code that folds and fits is part of what a head depends on.
    modules = "descent.py", "features.py", "fitting.py", "latin.py", "lexicon.py", "scripts.py", "stacking.py"
    for module in modules:
        digest.update(Path(__file__).with_name(module).read_bytes())
    digest.update(Path(__file__).parent.with_name("text.py").read_bytes())
    return digest.hexdigest()


def _shared_fingerprint(of_languages: Iterable[Wanted]) -> str:
    """What the shared head depends on: the phrases of all languages, in whatever order the catalogue has these, and
    what their words mean."""
    digest = hashlib.blake2b(digest_size=8)
    for name in sorted(wanted.name for wanted in of_languages):
        digest.update(name.encode())
    for module in ("shared.py", "meanings.py"):
        digest.update(Path(__file__).with_name(module).read_bytes())
    for file in thesaurus_files():
        digest.update(file.read_bytes())
    return digest.hexdigest()


class HeadCache:
    """A folder of fitted heads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.kept = Kept(folder / "kept")
        """What else need not be made anew from the content."""

    def load(self, wanted: Wanted) -> Head | None:
        """The head, or None when it has not been fitted or its files are broken."""
        try:
            return Head.load(self.folder / wanted.name)
        except (OSError, ValueError, KeyError, TypeError, EOFError):  # also what a power cut left empty
            return None

    def save(self, wanted_name: str, head: Head) -> None:
        """Put a head into the cache: beside its place first, then moved, so that nobody sees half of it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        beside = self.folder / f".{wanted_name}.{os.getpid()}"
        shutil.rmtree(beside, ignore_errors=True)
        beside.mkdir()
        head.save(beside)
        place = self.folder / wanted_name
        shutil.rmtree(place, ignore_errors=True)
        beside.rename(place)

    def tidy(self, language: str) -> None:
        """Drop the oldest heads of a language, and what processes left half made that were killed meanwhile."""
        heads = sorted(self.folder.glob(f"{language}-*"), key=lambda path: path.stat().st_mtime, reverse=True)
        halves = (half for half in self.folder.glob(f".{language}-*") if not _is_running(half.suffix[1:]))
        for old in (*heads[KEPT:], *halves):
            shutil.rmtree(old, ignore_errors=True)

    def fit_command(self, wanted: Wanted) -> list[str]:
        """The command line of the process that fits one head into this cache."""
        folder, intents = str(self.folder.absolute()), str(wanted.intents.absolute())
        return [sys.executable, "-m", "bot.matching.fit", intents, wanted.language, folder, wanted.name]

    def fit_missing(self, wanted: Iterable[Wanted], progress: Callable[[int, int], None] = lambda *_: None) -> None:
        """Fit what is missing, some at a time, and wait. Raises OpasError when a fit fails."""
        # The largest first, so that the last one does not run alone.
        missing = sorted((head for head in wanted if self.load(head) is None), key=lambda head: -head.size)
        waiting = list(missing)
        running: dict[str, subprocess.Popen[bytes]] = {}
        done = 0
        while waiting or running:
            while waiting and len(running) < PARALLEL:
                head = waiting.pop(0)
                running[head.language] = subprocess.Popen(  # noqa: S603  # our own module
                    self.fit_command(head), env=fitting_environment(), stderr=subprocess.PIPE
                )
            progress(done, len(missing))
            for language, process in list(running.items()):
                try:
                    _, errors = process.communicate(timeout=0.2)
                except subprocess.TimeoutExpired:
                    continue
                del running[language]
                done += 1
                if process.returncode:
                    for other in running.values():
                        other.kill()
                    raise fit_failed(language, errors)
        if missing:
            progress(done, len(missing))


def _is_running(process: str) -> bool:
    """Whether there is a process of this number; in another container there may be one of the same."""
    try:
        os.kill(int(process), 0)
    except (ProcessLookupError, ValueError):
        return False
    except OSError:
        return True  # somebody else's
    return True


def fitting_environment() -> Mapping[str, str]:
    """The environment of a fitting process, in which this very program is found."""
    root = str(Path(__file__).parents[2])
    path = os.environ.get("PYTHONPATH")
    return {**os.environ, "PYTHONPATH": f"{root}{os.pathsep}{path}" if path else root}


def fit_failed(language: str, errors: bytes) -> OpasError:
    lines = errors.decode(errors="replace").strip().splitlines()
    return OpasError(f"The phrases of '{language}' could not be learnt: {lines[-1] if lines else 'no reason given'}")
