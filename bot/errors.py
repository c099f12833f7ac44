"""What is raised on purpose. Everything else that escapes is our own bug."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal


class OpasError(Exception):
    """Something that the reader of the message can mend: shown as it is, without a trace, exit code 1."""


@dataclass(frozen=True, slots=True, order=True)
class Complaint:
    """One fault of the content, in the notation of the file that a person wrote."""

    file: str
    """Path relative to the content folder, for example ``services.yaml``."""
    line: int
    """First line is 1; 0 when the fault belongs to no line."""
    column: int
    """First column is 1; 0 when the fault belongs to no column."""
    text: str
    """What is wrong, and the word probably meant."""
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        place = self.file
        if self.line:
            place += f":{self.line}"
            if self.column:
                place += f":{self.column}"
        return f"{place}: {self.text}"


class ContentError(OpasError):
    """The content cannot be used; carries all its faults at once."""

    def __init__(self, complaints: Sequence[Complaint]) -> None:
        self.complaints = tuple(complaints)
        super().__init__("\n".join(str(complaint) for complaint in self.complaints))
