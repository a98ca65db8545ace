"""Many streams at once: none lost, none mixed up, each in order."""

import asyncio
import re

from support import chat
from support.stack import descriptors, threads

STREAMS = 1000
WORDS = 40


def marked(stream: int) -> list[str]:
    return [f"{stream:04d}-{word:03d}" for word in range(WORDS)]


def test_a_thousand_streams(start):
    stack = start(sandbox=True)
    adapter = stack.adapter
    before = descriptors(adapter)

    async def all_of_them() -> list[bytes]:
        calls = [chat.raw_stream(stack.port, " ".join(["rate:8", *marked(stream)])) for stream in range(STREAMS)]
        gathering = asyncio.gather(*calls)
        await asyncio.sleep(3)
        # All run at the same time, and on no more threads than a few.
        assert descriptors(adapter) - before >= 1.5 * STREAMS
        assert threads(adapter) <= 40
        return await gathering

    for stream, answer in enumerate(asyncio.run(all_of_them())):
        assert answer.startswith(b"HTTP/1.1 200 "), answer[:200]
        chunks = chat.events(chat.unchunked(answer).decode())
        assert chunks[-1] == "[DONE]"
        assert chunks[-2]["choices"][0]["finish_reason"] == "stop"
        assert len({chunk["id"] for chunk in chunks[:-1]}) == 1
        assert re.findall(r"\d{4}-\d{3}", chat.content(chunks)) == marked(stream)
    assert stack.adapter == adapter
