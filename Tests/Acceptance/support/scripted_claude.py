"""Claude's Messages API as the scripted upstream speaks it: through InvokeModel, or as Anthropic does."""

import base64
import json
from collections.abc import Iterable

from support import event_stream
from support.upstream import Exchange, Handler

DEPLOYMENT = "anthropic.claude-3-7-sonnet-20250219-v1:0"
USAGE = {"input_tokens": 11, "output_tokens": 7}


def events(pieces: Iterable[str]) -> list[dict]:
    return [
        {
            "type": "message_start",
            "message": {"id": "msg_1", "role": "assistant", "content": [], "usage": USAGE},
        },
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        *(
            {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": piece}}
            for piece in pieces
        ),
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": USAGE},
        {"type": "message_stop"},
    ]


def message(text: str) -> bytes:
    return json.dumps(
        {
            "id": "msg_1",
            "type": "message",
            "role": "assistant",
            "content": [{"type": "text", "text": text}],
            "stop_reason": "end_turn",
            "usage": USAGE,
        }
    ).encode()


def chunk(event: dict) -> bytes:
    """One event as Bedrock wraps it."""
    return event_stream.event("chunk", {"bytes": base64.b64encode(json.dumps(event).encode()).decode()})


def server_sent(event: dict) -> bytes:
    """One event as Anthropic sends it."""
    return f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode()


def speaking(pieces: list[str]) -> Handler:
    """Answers properly on every transport."""

    async def handler(exchange: Exchange) -> None:
        if exchange.request.target.endswith("/invoke-with-response-stream"):
            await exchange.begin_stream()
            for event in events(pieces):
                await exchange.chunk(chunk(event))
            await exchange.end_stream()
        elif json.loads(exchange.request.body).get("stream"):
            body = b"".join(server_sent(event) for event in events(pieces))
            await exchange.respond(200, "text/event-stream", body)
        else:
            await exchange.respond(200, "application/json", message("".join(pieces)))

    return handler
