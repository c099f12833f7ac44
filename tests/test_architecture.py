"""The picture in ARCHITECTURE.md against the code: imports go down only."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

BOT = Path(__file__).parents[1] / "bot"

# Floor 0 is the ground. A module may import from its own floor and from those below it.
FLOORS = {
    "model": 0, "errors": 0, "text": 0, "folding": 0, "strings": 0, "kept": 0, "serving": 0,
    "redaction": 1, "reduction": 1, "hours": 1, "catalogue": 1, "messages": 1, "texts": 1, "thesaurus": 1, "translation": 1,
    "matching": 2, "grouping": 2, "dialogue": 2, "evaluation": 2, "guide": 2,
    "store": 3, "inbox": 3, "outbox": 3, "review": 3,
    "settings": 4, "clock": 4, "guides": 4, "monitoring": 4, "watchdog": 4, "handlers": 4, "web": 4, "loopback": 4,
    "app": 5, "jobs": 5, "unopened": 5, "running": 5, "cli": 6, "__main__": 7,
}  # fmt: skip
EDGES = {"telegram", "starlette", "uvicorn", "sqlite3", "httpx", "h11", "jinja2", "prometheus_client"}
ALLOWED_EDGES = {
    "handlers": {"telegram", "httpx", "h11"}, "app": {"telegram"}, "running": {"telegram", "starlette"}, "unopened": {"starlette"}, "web": {"starlette", "jinja2"}, "monitoring": {"prometheus_client"},
    "loopback": {"starlette", "httpx"}, "serving": {"starlette", "uvicorn"}, "store": {"sqlite3"},
}  # fmt: skip


def room_of(path: Path) -> str:
    return path.relative_to(BOT).parts[0].removesuffix(".py")


def imports(path: Path) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found.append(node.module)
    return found


MODULES = [path for path in sorted(BOT.rglob("*.py")) if path != BOT / "__init__.py"]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(BOT)))
def test_imports_go_down_only(path: Path):
    room = room_of(path)
    for name in imports(path):
        parts = name.split(".")
        if parts[0] == "bot" and len(parts) > 1:
            assert FLOORS[parts[1]] <= FLOORS[room], f"bot/{path.relative_to(BOT)} must not import {name}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(BOT)))
def test_the_edges_stay_at_the_edges(path: Path):
    room = room_of(path)
    for name in imports(path):
        edge = name.split(".")[0]
        if edge in EDGES:
            assert edge in ALLOWED_EDGES.get(room, set()), (
                f"bot/{path.relative_to(BOT)} belongs to the core but imports {edge}"
            )


def test_the_loopback_server_knows_nothing_of_the_bot():
    own = ("bot.loopback", "bot.serving")  # how an app is served knows nothing of the bot either
    for path in [*(BOT / "loopback").rglob("*.py"), BOT / "serving.py"]:
        names = [name for name in imports(path) if name.split(".")[0] == "bot"]
        assert not [name for name in names if not name.startswith(own)], path


def test_nothing_reads_the_clock_or_the_environment_but_the_root():
    def readers(*signs: str) -> set[str]:
        sources = {str(path.relative_to(BOT)): path.read_text(encoding="utf-8") for path in MODULES}
        return {name for name, source in sources.items() if any(sign in source for sign in signs)}

    # What plays Telegram has a clock of its own, as Telegram has.
    clock = readers("datetime.now(", "utcnow(", "date.today(", "time.time")
    assert {name for name in clock if not name.startswith("loopback/")} == {"clock.py"}
    # The fitting process inherits an environment; the command line is the root's own door.
    assert readers("os.environ", "getenv") == {"cli/main.py", "matching/cache.py"}


def test_yaml_is_parsed_in_one_place():
    parsers = re.compile(r"yaml\.(\w*load|compose|parse|scan)\w*\(|yaml\.\w*Loader")
    found = {str(path.relative_to(BOT)) for path in MODULES if parsers.search(path.read_text(encoding="utf-8"))}
    assert found == {"catalogue/composing.py"}


def test_nothing_in_the_program_knows_finland():
    for path in [*MODULES, *BOT.rglob("*.js"), *BOT.rglob("*.html")]:
        for word in ("Kuopio", "Kompassi", "Migri", "Kela"):
            assert word not in said_in(path), f"{path} knows {word}"


def said_in(path: Path) -> str:
    """All that a file may say to somebody: of a module its texts without docstrings, whose examples name places."""
    source = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        return source
    nodes = list(ast.walk(ast.parse(source)))
    docstrings = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    texts = (node for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))
    return "\n".join(node.value for node in texts if id(node) not in docstrings)
