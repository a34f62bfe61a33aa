"""A relay before a database, so that the database can die and come back at another port."""

import asyncio
from contextlib import suppress
from typing import Self


class Relay:
    """Passes bytes on to wherever `target` points; to nowhere when it is None."""

    def __init__(self, target: int | None = None) -> None:
        self.target = target
        self.port = 0
        self.passing = asyncio.Event()
        """Cleared, it keeps what it reads, and its connections stay open."""
        self.passing.set()
        self.answering = asyncio.Event()
        """Cleared, the database is asked and does what it is asked; its answers stay here."""
        self.answering.set()
        self.asked = b""
        """What the database was asked meanwhile, and has not been told yet."""
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        await self.cut()

    async def cut(self) -> None:
        """Break every connection, and let none be made."""
        self.target = None
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        with suppress(OSError, asyncio.CancelledError):
            if self.target is not None:
                far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target)
                try:
                    await asyncio.gather(
                        self._pass(reader, far_writer, asks=True),
                        self._pass(far_reader, writer, asks=False),
                    )
                finally:
                    far_writer.close()
        writer.close()

    async def _pass(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, asks: bool
    ) -> None:
        while data := await reader.read(1 << 16):
            if asks and not self.passing.is_set():
                self.asked += data
            await self.passing.wait()
            if not asks:
                await self.answering.wait()
            writer.write(data)
            await writer.drain()
        writer.close()
