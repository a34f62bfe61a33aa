"""The image and its neighbours in compose.yaml: read, and what the image holds is started."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import pytest
import yaml
from compose_spec import PyCompose

from domain.store.core.database import Database
from tests.dockerfiles import stages
from tests.factories import make_expert
from tests.proxies import wait_for_port
from tests.servers import ROOT, Setting, end, environment, free_port
from tests.web.test_documentation import SETTINGS
from tests.web.visitors import visitor
from web.settings import read_settings

BUILD, IMAGE = stages(ROOT / "Dockerfile")
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
PROGRAMS = [name for name, service in SERVICES.items() if "build" in service]
GIVEN = {"SECRET_KEY": "one of the test's own that is as long as it has to be"}
PROXYS = "FORWARDED_ALLOW_IPS"
"""Uvicorn's own variable."""


def filled(text: object) -> str:
    """Fill in what compose.yaml asks of .env, or its default."""
    return re.sub(
        r"\$\{(\w+)(?::-([^}]*)|:\?[^}]*)?\}", lambda m: GIVEN.get(m[1], m[2] or ""), str(text)
    )


def variables_of(service: str) -> dict[str, str]:
    return {k: filled(v) for k, v in SERVICES[service].get("environment", {}).items()}


def ignored() -> tuple[set[str], set[str]]:
    """Return what .dockerignore lets in, and what it then leaves out again."""
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    patterns = [line for line in lines if line and not line.startswith("#")]
    assert patterns[0] == "*"
    let_in = {line.removeprefix("!") for line in patterns if line.startswith("!")}
    return let_in, {*patterns[1:]} - {f"!{name}" for name in let_in}


def test_all_that_is_copied_is_there_and_nothing_else_is_sent_to_the_builder():
    let_in, left_out = ignored()

    assert [name for name in BUILD.copied if not (ROOT / name).exists()] == []
    assert {name.split("/")[0] for name in BUILD.copied} == let_in
    assert not {name.rstrip("/") for name in BUILD.copied} & left_out
    assert IMAGE.copied == []  # the build's result alone


def test_the_image_runs_as_nobody_in_particular_and_takes_signals_itself():
    assert int(IMAGE.one("USER").told) > 0
    assert IMAGE.one("ENTRYPOINT").command == ["python", "-m", "web"]
    assert IMAGE.one("CMD").command == ["serve"]
    assert IMAGE.one("HEALTHCHECK").command[0] == "python"


def test_both_stages_have_the_same_python():
    assert BUILD.one("FROM").words[0] == IMAGE.one("FROM").words[0]


def test_what_the_build_installs_is_pinned():
    pip, install, *_ = [run.told for run in BUILD.all("RUN")]

    assert all("==" in word for word in pip.split("--no-cache-dir ")[1].split())
    assert "--require-hashes" in install


def test_the_image_has_no_database_server_in_it():
    assert "mongod" not in (ROOT / "Dockerfile").read_text()
    lock = (ROOT / "requirements.serve.lock").read_text()
    assert [name for name in ("fiftyone", "secantusdb") if name in lock] == []


def test_the_images_variables_make_good_settings():
    settings = read_settings(IMAGE.variables)

    assert str(settings.port) == IMAGE.one("EXPOSE").told
    assert str(settings.data_dir) == IMAGE.one("VOLUME").told
    assert not settings.shows_outbox


@contextmanager
def started_as_image(folder: Path, database_uri: str) -> Iterator[int]:
    """Run what the image has in it, by its own command and variables; yields the port."""
    for name in BUILD.copied:
        source, target = ROOT / name, folder / "app" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, dirs_exist_ok=True)
        else:
            shutil.copy2(source, target)
    port = free_port()
    own = {name: value for name, value in IMAGE.variables.items() if name != "PATH"}
    given: dict[str, Setting] = {
        "PORT": port,
        "DATA_DIR": folder / "data",
        "MONGODB_URI": database_uri,
    }
    process = subprocess.Popen(
        [sys.executable, *IMAGE.one("ENTRYPOINT").command[1:], *IMAGE.one("CMD").command],
        cwd=folder / "app",
        env=environment(**{**own, **GIVEN, **given}),
        stdout=subprocess.DEVNULL,
    )
    try:
        wait_for_port(port)
        yield port
    finally:
        end(process)


def is_healthy(port: int) -> bool:
    """Ask as the container's engine does."""
    command = [sys.executable, *IMAGE.one("HEALTHCHECK").command[1:]]
    asked = subprocess.run(command, env={"PORT": str(port)}, stderr=subprocess.DEVNULL, check=False)
    return asked.returncode == 0


async def test_what_the_image_copies_is_all_that_serving_takes(
    tmp_path: Path, database: Database, database_uri: str
):
    await make_expert(database)
    with started_as_image(tmp_path, database_uri) as port:
        async with visitor(f"http://127.0.0.1:{port}") as ann:
            page = await ann.get("/experts")
            script = re.findall(r'src="(/static/[^"]+\.js[^"]*)"', page.text)[0]

            assert "1 expert" in page.text
            assert (await ann.get(script)).status_code == 200
        assert is_healthy(port)
    assert not is_healthy(port)


def test_what_stands_in_compose_yaml_is_what_compose_knows():
    text = (ROOT / "compose.yaml").read_text()

    assert (PyCompose.from_yaml(text).to_spec().services or {}).keys() == SERVICES.keys()
    with pytest.raises(ValueError, match="restarts"):
        PyCompose.from_yaml(text.replace("restart:", "restarts:"))


@pytest.mark.parametrize("name", PROGRAMS)
def test_each_program_gets_settings_that_are_good(name: str):
    variables = variables_of(name)

    settings = read_settings(IMAGE.variables | variables)

    assert variables.keys() <= SETTINGS | {PROXYS}
    assert settings.secret_keys == (GIVEN["SECRET_KEY"],)
    assert settings.host == IMAGE.variables["HOST"]
    assert settings.mongodb_uri is not None


def test_one_program_serves_while_another_is_restarted():
    upstreams = variables_of("proxy")["PROGRAMS"].split()

    assert upstreams == [f"{name}:{read_settings(IMAGE.variables).port}" for name in PROGRAMS]
    assert len(PROGRAMS) == 2


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_can_write_to_nothing_but_its_own_memory(name: str):
    service = SERVICES[name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["tmpfs"][1].startswith(
        f"{IMAGE.one('VOLUME').told}:uid={IMAGE.one('USER').told},"
    )
    assert "ports" not in service


def test_the_proxy_alone_is_believed_about_where_visitors_come_from():
    proxy = SERVICES["proxy"]["networks"]["front"]["ipv4_address"]
    (subnet,) = [pool["subnet"] for pool in COMPOSE["networks"]["front"]["ipam"]["config"]]

    assert {variables_of(name)[PROXYS] for name in PROGRAMS} == {proxy}
    assert ip_address(proxy) in ip_network(subnet)


def test_the_proxy_has_the_file_that_hosts_have_and_knows_the_site_by_the_same_address():
    mounts = [mount.split(":") for mount in SERVICES["proxy"]["volumes"]]
    asked_for = {*re.findall(r"{\$(\w+):", (ROOT / ".ci/Caddyfile").read_text())}

    assert ["./.ci/Caddyfile", "/etc/caddy/Caddyfile", "ro"] in mounts
    assert asked_for == variables_of("proxy").keys()
    assert {variables_of(name)["BASE_URL"] for name in (*PROGRAMS, "proxy")} == {"http://localhost"}


def test_the_database_is_reached_by_the_programs_alone():
    assert COMPOSE["networks"]["back"]["internal"] is True
    assert {n for n, service in SERVICES.items() if "back" in service["networks"]} == {
        "database",
        *PROGRAMS,
    }
    assert "ports" not in SERVICES["database"]


def test_whatever_a_service_refers_to_is_there():
    for service in SERVICES.values():
        assert {*service["networks"]} <= COMPOSE["networks"].keys()
        assert {*service.get("depends_on", ())} <= SERVICES.keys()
        named = [mount.split(":")[0] for mount in service.get("volumes", ())]
        assert {name for name in named if not name.startswith("./")} <= COMPOSE["volumes"].keys()


@pytest.mark.parametrize("image", [s["image"] for s in SERVICES.values() if "build" not in s])
def test_every_image_of_others_is_pinned_to_a_version(image: str):
    assert re.search(r":v?\d+\.\d+", image)


def test_the_secrets_of_a_host_get_into_neither_image_nor_repository():
    assert ".env" in (ROOT / ".gitignore").read_text().splitlines()
    assert ".env" not in ignored()[0]
    assert SERVICES["first"]["env_file"] == ".env"
