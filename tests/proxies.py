"""Proxies before the server, each with our own file."""

import os
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.programs import program
from tests.servers import READY_S, ROOT, end, free_port


@contextmanager
def nginx(
    folder: Path,
    *,
    server_port: int,
    second_port: int | None = None,
    instead: Mapping[str, str] | None = None,
) -> Iterator[str]:
    """Run nginx with our file, its ports and certificate exchanged; yields its address.

    With a second port it knows two servers, as the file shows. `instead` exchanges other lines.
    """
    plain, secure = free_port(), free_port()
    site = (ROOT / ".ci/nginx.conf").read_text()
    if second_port is not None:
        site = site.replace("# server 127.0.0.1:8001", f"server 127.0.0.1:{second_port}")
        assert str(second_port) in site
    for ours, here in {
        "127.0.0.1:8000": f"127.0.0.1:{server_port}",
        "listen 80;": f"listen 127.0.0.1:{plain};",
        "listen 443 ssl": f"listen 127.0.0.1:{secure} ssl",
        "/etc/letsencrypt/live/book.example.org": str(folder),
        **(instead or {}),
    }.items():
        assert ours in site
        site = site.replace(ours, here)
    (folder / "site.conf").write_text(site)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    own_folders = " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    (folder / "nginx.conf").write_text(
        f"daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log;\n"
        f"events {{}} http {{ access_log off; {own_folders} include {folder}/site.conf; }}\n"
    )
    make_certificate(folder)
    process = subprocess.Popen([program("nginx"), "-p", folder, "-c", folder / "nginx.conf"])
    try:
        wait_for_port(secure)
        yield f"https://127.0.0.1:{secure}"
    finally:
        end(process)


@contextmanager
def caddy(folder: Path, *, server_port: int) -> Iterator[str]:
    """Run Caddy with our file, told of its server as by compose.yaml; yields its address.

    Its certificate comes from an authority of its own.
    """
    port = free_port()
    site = (ROOT / ".ci/Caddyfile").read_text()
    first_line = "{$BASE_URL:book.example.org} {"
    assert first_line in site
    site = site.replace(first_line, f"{first_line}\n\ttls internal")
    alone = (
        "{\n\tadmin off\n\tauto_https disable_redirects\n\tskip_install_trust\n"
        "\tdefault_sni book.example.org\n\tgrace_period 1s\n}\n"
    )
    (folder / "Caddyfile").write_text(alone + site)
    with (folder / "error.log").open("wb") as log:
        process = subprocess.Popen(
            [program("caddy"), "run", "--adapter", "caddyfile", "--config", folder / "Caddyfile"],
            env={
                "HOME": str(folder),
                "PATH": os.environ["PATH"],
                "BASE_URL": f"https://book.example.org:{port}",
                "PROGRAMS": f"127.0.0.1:{server_port}",
            },
            stderr=log,
        )
    try:
        wait_for_port(port)
        wait_for_certificate(port)
        yield f"https://127.0.0.1:{port}"
    finally:
        end(process)


def wait_for_certificate(port: int) -> None:
    """Wait until Caddy, which listens before it has made its certificate, shows one."""
    believing = ssl.create_default_context()
    believing.check_hostname = False
    believing.verify_mode = ssl.CERT_NONE
    deadline = time.monotonic() + READY_S
    while time.monotonic() < deadline:
        try:
            with (
                socket.create_connection(("127.0.0.1", port), timeout=5) as plain,
                believing.wrap_socket(plain, server_hostname="book.example.org"),
            ):
                return
        except ssl.SSLError:
            time.sleep(0.05)
    raise AssertionError(f"no certificate at {port}")


def wait_for_port(port: int) -> None:
    """Wait until something listens there."""
    deadline = time.monotonic() + READY_S
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError(f"nothing listens at {port}")


def make_certificate(folder: Path) -> None:
    """Make a certificate that nobody but this test believes."""
    subject = ("-newkey", "rsa:2048", "-nodes", "-subj", "/CN=test")
    files = ("-keyout", folder / "privkey.pem", "-out", folder / "fullchain.pem")
    subprocess.run(
        [program("openssl"), "req", "-x509", *subject, *files],
        check=True,
        capture_output=True,
    )
