"""The audit of the pinned dependencies in CI."""

from __future__ import annotations

import asyncio
import json
import sys

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from bot.loopback import LoopbackServer, World
from tests.conftest import SHIPPED


async def audit(source: str) -> tuple[int | None, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(SHIPPED / ".ci" / "audit"), env={"OSV_URL": source, "NO_PROXY": "*"},
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    said, _ = await process.communicate()
    return process.returncode, said.decode()


@pytest.mark.parametrize(
    ("vulnerable", "code", "line"),
    [("click", 1, "https://osv.dev/vulnerability/GHSA-1"), ("none", 0, "0 known vulnerabilities in ")],
)
async def test_a_known_vulnerability_of_a_pinned_package_fails(vulnerable: str, code: int, line: str):
    async def answer(request: Request) -> JSONResponse:
        queries = json.loads(await request.body())["queries"]
        assert all(query["version"] for query in queries)
        names = [query["package"]["name"] for query in queries]
        return JSONResponse({"results": [{"vulns": [{"id": "GHSA-1"}]} if n == vulnerable else {} for n in names]})

    app = Starlette(routes=[Route("/v1/querybatch", answer, methods=["POST"])])
    async with LoopbackServer(World(), app=app) as source:
        found, said = await audit(source.url)
    assert found == code
    assert line in said


async def test_when_nobody_can_be_asked_it_says_so_and_does_not_fail():
    async with LoopbackServer(World(), app=Starlette()) as source:
        nobody = source.url
    code, said = await audit(nobody)
    assert code == 0
    assert said.startswith(f"NOT AUDITED: {nobody} could not be asked")
