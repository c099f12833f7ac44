"""``opas`` and ``python -m bot``."""

from __future__ import annotations

from bot.cli.main import opas


def main() -> None:
    """Run the command line."""
    opas()


if __name__ == "__main__":
    main()
