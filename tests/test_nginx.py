"""The sample docs/operation/nginx.conf in front of the webhook, by a real nginx where one is installed."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from bot.loopback import LoopbackServer, World
from bot.web.routes import webhook_route
from tests.certificates import certificate
from tests.conftest import SHIPPED, Town

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
SAMPLE = SHIPPED / "docs" / "operation" / "nginx.conf"
RIGHT = {"X-Telegram-Bot-Api-Secret-Token": "right"}

pytestmark = pytest.mark.skipif(NGINX is None, reason="nginx is not installed")


@asynccontextmanager
async def nginx(folder: Path, hook: str, web: str) -> AsyncIterator[httpx.AsyncClient]:
    """The sample as it stands, but for addresses and files; the client calls the public name."""
    cert, key = certificate(folder, "DNS:opas.example.org")
    listening = f"unix:{folder}/public.sock"
    sample = re.sub(r"\n *listen \[::\]:443 ssl;", "", SAMPLE.read_text(encoding="utf-8"))
    for there, here in {
        "listen 443": f"listen {listening}",
        "http://127.0.0.1:8443": hook,
        "http://127.0.0.1:8080": web,
        "/var/log/nginx/error.log": f"{folder}/review.log",
    }.items():
        assert there in sample
        sample = sample.replace(there, here)
    sample = re.sub(r"/etc/letsencrypt/\S+/fullchain\.pem", str(cert), sample)
    sample = re.sub(r"/etc/letsencrypt/\S+/privkey\.pem", str(key), sample)
    places = "".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    conf = folder / "nginx.conf"
    conf.write_text(
        f"daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log info; events {{}}\n"
        f"http {{ access_log {folder}/access.log; {places}\n{sample}\n}}",
        encoding="utf-8",
    )
    process = await asyncio.create_subprocess_exec(
        str(NGINX), "-p", str(folder), "-e", f"{folder}/error.log", "-c", conf
    )
    try:
        while not (folder / "nginx.pid").exists():
            assert process.returncode is None, (folder / "error.log").read_text(encoding="utf-8")
            await asyncio.sleep(0.01)
        way = httpx.AsyncHTTPTransport(verify=ssl.create_default_context(cafile=cert), uds=f"{folder}/public.sock")
        async with httpx.AsyncClient(transport=way, base_url="https://opas.example.org") as client:
            yield client
    finally:
        process.terminate()
        await process.wait()


async def test_behind_nginx_only_tg_is_public_and_nothing_that_people_write_comes_to_its_disk(
    town: Town, tmp_path: Path
):
    async def page(_: Request) -> PlainTextResponse:
        return PlainTextResponse("inside")

    inside = Starlette(routes=[Route("/{path:path}", page, methods=["GET", "POST"])])
    bot = Starlette(routes=[webhook_route("right", town.bot.intake.take)])
    person = town.person("en").person
    message = {
        "message_id": 7, "date": 1_795_000_000, "from": person.as_user(), "chat": {"id": person.id, "type": "private"},
        "text": "my throat hurts",
    }  # fmt: skip
    long = json.dumps({"update_id": 5, "message": {**message, "rest": "x" * 100_000}})
    async with (
        LoopbackServer(World(), app=bot) as hook,
        LoopbackServer(World(), app=inside) as web,
        nginx(tmp_path, hook.url, web.url) as public,
    ):
        paths = ("", "healthz", "readyz", "metrics", "review", "tg/", "TG", "/tg", "tg%2f..%2fmetrics", "tg/../metrics")
        refused = [(await public.post(f"/{path}", headers=RIGHT)).status_code for path in paths]
        stranger = (await public.post("/tg", content=long)).status_code
        by_another_name = await public.get("/review", headers={"Host": "opas-review.example.org"})
        too_long = (await public.post("/tg", content=b"x" * 1_100_000, headers=RIGHT)).status_code
        nested = (await public.post("/tg", content=b"[" * 100_000, headers=RIGHT)).status_code
        taken = (await public.post("/tg", content=long, headers=RIGHT)).status_code
        [reply] = await person.hears()
    assert refused == [404] * len(paths)
    assert (stranger, too_long, nested, taken) == (403, 413, 400, 200)
    assert by_another_name.status_code == 403
    assert "Zdravstveni dom Maribor" in reply.text
    assert "temporary file" not in (tmp_path / "error.log").read_text(encoding="utf-8")
    assert "/tg HTTP" not in (tmp_path / "access.log").read_text(encoding="utf-8")
