"""A content folder as a whole: what nobody needs to program in order to edit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Final

from bot.catalogue.phrases import Intents, read_intents
from bot.catalogue.services import SERVICES_FILE, read_services
from bot.errors import Complaint, ContentError, OpasError
from bot.model import Catalogue, Locale, Phrases

INTENTS_FOLDER: Final = "intents"
LOCALES_FOLDER: Final = "locales"


@dataclass(frozen=True, slots=True)
class Content:
    """A content folder that was read without a fault."""

    folder: Path
    catalogue: Catalogue
    intents: Intents
    warnings: tuple[Complaint, ...] = ()

    @property
    def locales(self) -> Path:
        return self.folder / LOCALES_FOLDER


def find_content(chosen: Path | None, here: Path | None = None) -> Path:
    """The folder to run: the chosen one, else the one in which the command runs, else the one in the checkout, else
    the copy in the installed package. Raises OpasError when a chosen one holds no services.yaml."""
    if chosen is not None:
        if not (chosen / SERVICES_FILE).is_file():
            raise OpasError(f"{chosen}: no {SERVICES_FILE} here. Give the folder that holds it, intents/ and locales/.")
        return chosen
    package = Path(str(resources.files("bot")))
    candidates = [here] if here else []
    candidates += [package.parent, package / "content"]
    for folder in candidates:
        if (folder / SERVICES_FILE).is_file():
            return folder
    raise OpasError("No content found. Give the folder that holds services.yaml with --content DIR.")


def own_content(chosen: Path | None, here: Path | None = None) -> Path:
    """As ``find_content``, for whoever writes into the folder. Raises OpasError when it is the program's own copy."""
    folder = find_content(chosen, here)
    if folder.absolute() == Path(str(resources.files("bot"))) / "content":
        raise OpasError(
            "This is the copy of the content inside the installed program; the next upgrade would undo every change. "
            "Make one of your own with `opas content init DIR`, then give it with --content DIR."
        )
    return folder


def read_content(
    folder: Path, known: Callable[[Catalogue], Mapping[Locale, Phrases]] | None = None
) -> tuple[Catalogue | None, Intents, list[Complaint]]:
    """Everything that can be read, and every complaint, errors and warnings alike.

    ``known``: gives the phrases of languages that were read before, as they are on disk, and need not be read again.
    """
    complaints: list[Complaint] = []
    catalogue = read_services(folder, complaints)
    if catalogue is None or not catalogue.languages or not catalogue.needs:
        return catalogue, Intents({}, frozenset()), complaints  # nothing that the phrases could be held against
    before = known(catalogue) if known else None
    intents = read_intents(folder / INTENTS_FOLDER, complaints, catalogue, folder, known=before)
    return catalogue, intents, complaints


def load_content(folder: Path, known: Callable[[Catalogue], Mapping[Locale, Phrases]] | None = None) -> Content:
    """The checked content; ``known`` as in ``read_content``. Raises ContentError with all faults at once."""
    catalogue, intents, complaints = read_content(folder, known)
    errors = errors_of(complaints)
    if errors or catalogue is None:
        raise ContentError(errors)
    return Content(folder, catalogue, intents, tuple(c for c in complaints if c.severity == "warning"))


def load_catalogue(folder: Path) -> Catalogue:
    """What ``services.yaml`` says, for whoever needs no phrases. Raises ContentError with all its faults."""
    complaints: list[Complaint] = []
    catalogue = read_services(folder, complaints)
    if catalogue is None or errors_of(complaints):
        raise ContentError(errors_of(complaints))
    return catalogue


def load_intents(folder: Path) -> Intents:
    """The phrases of a folder without a ``services.yaml``. Raises ContentError with all faults."""
    complaints: list[Complaint] = []
    found = read_intents(folder, complaints)
    if errors := errors_of(complaints):
        raise ContentError(errors)
    return found


def errors_of(complaints: Sequence[Complaint]) -> list[Complaint]:
    return sorted(complaint for complaint in complaints if complaint.severity == "error")
