"""What a sender's domain publishes, asked of a real name server."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import dns.message
import dns.rcode
import dns.rrset
import pytest
from dns.asyncresolver import Resolver

from domain.rules.checks import CheckState
from tests.servers import free_port
from web.checks.names import look_at_names

OK, WARNING, WRONG = CheckState
SPF, DMARC = "v=spf1 include:mail.example -all", "v=DMARC1; p=none"


class NameServer(asyncio.DatagramProtocol):
    """Knows these texts, and no other name."""

    def __init__(self, texts: Mapping[str, list[str]]) -> None:
        self._texts = texts

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, addr: Any) -> None:
        asked = dns.message.from_wire(data)
        answer = dns.message.make_response(asked)
        name = asked.question[0].name
        found = self._texts.get(name.to_text(omit_final_dot=True))
        if found is None:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        else:
            quoted = (f'"{text}"' for text in found)
            answer.answer.append(dns.rrset.from_text(name, 60, "IN", "TXT", *quoted))
        self._transport.sendto(answer.to_wire(), addr)


def resolver_at(port: int) -> Resolver:
    resolver = Resolver(configure=False)
    resolver.nameservers, resolver.port = ["127.0.0.1"], port
    return resolver


@asynccontextmanager
async def name_server(texts: Mapping[str, list[str]]) -> AsyncIterator[Resolver]:
    loop, port = asyncio.get_running_loop(), free_port()
    transport, _ = await loop.create_datagram_endpoint(
        lambda: NameServer(texts), local_addr=("127.0.0.1", port)
    )
    try:
        yield resolver_at(port)
    finally:
        transport.close()


async def states(texts: Mapping[str, list[str]]) -> list[CheckState]:
    async with name_server(texts) as resolver:
        return [check.state async for check in look_at_names("book.example", resolver)]


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        ({"book.example": ["google=1", SPF], "_dmarc.book.example": [DMARC]}, [OK, OK, OK]),
        ({"book.example": [SPF]}, [OK, WARNING, OK]),
        ({"book.example": ["google=1"], "_dmarc.book.example": [DMARC]}, [WRONG, OK, OK]),
        ({"book.example": [SPF, "v=spf1 -all"]}, [WRONG, WARNING, OK]),
        ({}, [WRONG, WARNING, OK]),
    ],
)
async def test_what_is_missing_for_mail_to_be_believed_is_found(texts, found):
    assert await states(texts) == found


async def test_without_a_network_it_says_so(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("web.checks.names.PATIENCE_S", 0.2)

    (check,) = [check async for check in look_at_names("book.example", resolver_at(free_port()))]

    assert check.state is WARNING
    assert "can't be looked up here" in str(check.finding)
