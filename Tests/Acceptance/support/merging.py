"""What an answer amounts to, however it was cut into chunks."""

import json

COUNTS = ("prompt_tokens", "completion_tokens", "total_tokens")


def merged(events: list) -> dict:
    """A stream as the one answer it comes to; its error event becomes the member `error`."""
    choices: dict[int, dict] = {}
    whole: dict = {}
    for event in events:
        if event == "[DONE]":
            continue
        whole |= {key: event[key] for key in event if key != "choices" and event[key] is not None}
        for choice in event.get("choices", []):
            target = choices.setdefault(choice["index"], {"finish_reason": None, "message": {}})
            target["finish_reason"] = choice["finish_reason"] or target["finish_reason"]
            _fold(target["message"], choice["delta"])
    whole["choices"] = [{"index": index} | choices[index] for index in sorted(choices)]
    return whole


def _fold(target: dict, delta: dict) -> None:
    for key, value in delta.items():
        if isinstance(value, str) and isinstance(target.get(key), str) and key != "status":
            target[key] += value
        elif isinstance(value, dict):
            _fold(target.setdefault(key, {}), value)
        elif isinstance(value, list):
            elements = target.setdefault(key, [])
            for element in value:
                place = element.get("index", len(elements))
                while len(elements) <= place:
                    elements.append({})
                _fold(elements[place], {name: element[name] for name in element if name != "index"})
        elif value is not None or key not in target:
            target[key] = value


def amount(answer: dict) -> dict:
    """The part that recordings of an older adapter are compared by."""
    choices = []
    for choice in answer.get("choices", []):
        message = choice["message"]
        choices.append(
            {
                "index": choice["index"],
                "finish_reason": choice["finish_reason"],
                "content": message.get("content") or "",
                "tool_calls": [
                    {"id": call["id"], "function": _parsed(call["function"])}
                    for call in message.get("tool_calls") or []
                ],
                "function_call": _parsed(message.get("function_call")),
                "attachments": (message.get("custom_content") or {}).get("attachments") or [],
            }
        )
    usage = answer.get("usage") or {}
    return {
        "choices": choices,
        "usage": [usage.get(count) for count in COUNTS],
        "discarded_messages": (answer.get("statistics") or {}).get("discarded_messages"),
    }


def _parsed(function: dict | None) -> dict | None:
    return function and {"name": function["name"], "arguments": json.loads(function["arguments"])}
