"""The program as an operator has it: installed from a wheel, its content in a folder of its own, run as a service."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import socket
import ssl
import subprocess
import sys
import zipfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import httpx
import pytest
from hatchling.builders.wheel import WheelBuilder

from bot.loopback import LoopbackServer, World
from bot.matching.cache import HeadCache
from tests.certificates import certificate
from tests.conftest import MARIBOR, SHIPPED


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the package was installed. A wheel of pure Python is installed by unpacking it."""
    folder = tmp_path_factory.mktemp("wheel")
    [wheel] = WheelBuilder(str(SHIPPED)).build(directory=str(folder))
    packages = folder / "packages"
    zipfile.ZipFile(wheel).extractall(packages)
    return packages


def environment(packages: Path, **settings: str) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    return {**own, "PYTHONPATH": str(packages), "PYTHONDONTWRITEBYTECODE": "1", **settings}


def opas(packages: Path, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bot", *words]
    return subprocess.run(
        command, env=environment(packages, **settings), capture_output=True, text=True, timeout=60, check=False
    )


def files_of(folder: Path) -> dict[str, tuple[int, int]]:
    found = ((path, path.stat()) for path in folder.rglob("*") if path.is_file())
    return {str(path): (status.st_size, status.st_mtime_ns) for path, status in found}


def test_the_content_is_copied_out_of_the_package_and_the_package_is_left_alone(installed: Path, tmp_path: Path):
    before = files_of(installed)
    city = tmp_path / "city"
    done = opas(installed, "content", "init", str(city))
    assert done.returncode == 0, done.stderr
    shipped = {path.relative_to(SHIPPED) for part in ("intents", "locales") for path in (SHIPPED / part).rglob("*.*")}
    assert {path.relative_to(city) for path in city.rglob("*.yaml")} >= {p for p in shipped if p.suffix == ".yaml"}
    assert {path.relative_to(city) for path in city.rglob("*.po")} == {p for p in shipped if p.suffix == ".po"}
    assert (city / "services.yaml").read_bytes() == (SHIPPED / "services.yaml").read_bytes()
    if shutil.which("git"):
        log = subprocess.run(["git", "-C", city, "status", "--short"], capture_output=True, text=True, check=True)
        assert log.stdout == ""
    again = opas(installed, "content", "init", str(city))
    assert (again.returncode, "is there already and not empty" in again.stderr) == (1, True)
    refused = opas(installed, "translate", "update")
    assert (refused.returncode, "opas content init DIR" in refused.stderr) == (1, True)
    assert files_of(installed) == before


def test_without_git_the_content_is_copied_and_that_is_said(installed: Path, tmp_path: Path):
    done = opas(installed, "content", "init", str(tmp_path / "city"), PATH="")
    assert done.returncode == 0
    assert "git is not installed, so changes have no history" in done.stdout
    assert (tmp_path / "city" / "services.yaml").is_file()


def test_warm_says_when_all_is_ready(head_cache: HeadCache, installed: Path):
    done = opas(installed, "warm", "--content", str(MARIBOR), OPAS_CACHE=str(head_cache.folder))
    assert done.returncode == 0
    assert done.stdout.startswith("Ready: 3 languages of ")


@asynccontextmanager
async def proxy(api_port: int, tls: ssl.SSLContext, asked: list[str]) -> AsyncIterator[int]:
    """A proxy that knows CONNECT and leads every tunnel to the Bot API on loopback; its port."""

    async def pump(source: asyncio.StreamReader, to: asyncio.StreamWriter) -> None:
        while data := await source.read(65536):
            to.write(data)
            await to.drain()
        to.transport.abort()

    async def tunnel(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        asked.append(head.split(b"\r\n")[0].decode())
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await writer.drain()
        await writer.start_tls(tls)
        api_reader, api_writer = await asyncio.open_connection("127.0.0.1", api_port)
        try:
            await asyncio.gather(pump(reader, api_writer), pump(api_reader, writer), return_exceptions=True)
        finally:
            for one in (writer, api_writer):
                one.transport.abort()

    async with await asyncio.start_server(tunnel, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl here: the tunnel's certificate is made by it")
async def test_as_a_service_it_answers_through_a_proxy_and_tells_systemd_and_the_operator(
    installed: Path, head_cache: HeadCache, tmp_path: Path
):
    before = files_of(installed)
    shutil.copytree(MARIBOR, tmp_path / "city")
    cert, key = certificate(tmp_path, "DNS:api.invalid")
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(cert, key)
    world, asked = World(), []
    person = world.person(language_code="en")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.setblocking(False)
        async with LoopbackServer(world) as api, proxy(api.port, tls, asked) as port, AsyncExitStack() as stack:
            settings = environment(
                installed,
                TELEGRAM_BOT_TOKEN=world.token, TELEGRAM_API_URL="https://api.invalid",
                HTTPS_PROXY=f"http://127.0.0.1:{port}", OPAS_WEB_PORT="0", OPAS_LOG="json",
                OPAS_DATABASE=f"sqlite:///{tmp_path}/opas-service.db", OPAS_CACHE=str(head_cache.folder),
                NOTIFY_SOCKET=str(tmp_path / "notify"),
            )  # fmt: skip
            (tmp_path / ".env").write_text(f"SSL_CERT_FILE={cert}\n", encoding="utf-8")
            command = [sys.executable, "-m", "bot", "run", "--telegram", "--content", str(tmp_path / "city")]
            service = await asyncio.create_subprocess_exec(
                *command, env=settings, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE
            )
            stack.callback(lambda: service.returncode is None and service.kill())  # it outlives no test
            async with asyncio.timeout(30):
                loop = asyncio.get_running_loop()
                heard = {await loop.sock_recv(systemd, 100) for _ in range(2)}
                page = json.loads(await service.stderr.readline())["url"]
                person.write("my throat hurts")
                [reply] = await person.hears()
                async with httpx.AsyncClient() as client:
                    health = (await client.get(f"{page}/healthz")).text
                    ready = (await client.get(f"{page}/readyz")).text
                    figures = (await client.get(f"{page}/metrics")).text
                    webhook = (await client.post(f"{page}/tg", json={"update_id": 1})).status_code
                service.terminate()
                _, log = await service.communicate()
    assert "Zdravstveni dom Maribor" in reply.text
    assert heard == {b"READY=1", b"WATCHDOG=1"}
    assert set(asked) == {"CONNECT api.invalid:443 HTTP/1.1"}
    assert health == "ok\n"
    assert ready == "ready\nphrases: ready\ndatabase: ready\ntelegram: ready\n"
    assert 'opas_questions_total{language="en",outcome="answered"} 1.0' in figures.replace(
        'outcome="answered",language="en"', 'language="en",outcome="answered"'
    )
    assert webhook == 404  # that is another port's
    assert service.returncode == 0
    assert all(json.loads(line)["event"] for line in log.splitlines())
    assert files_of(installed) == before
