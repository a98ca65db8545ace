"""A request holds the loop for as long as its length demands, whatever its text is made of."""

import base64
import concurrent.futures
import itertools
import json
import time

import httpx
import pytest

from support import chat, fastcgi, scgi, scripted_claude, waiting
from support.converse import png
from support.hosting import Hosting
from support.stack import Stack, aws_environment, memory, processor_time
from support.upstream import speaking

MARKS = "\u0300\u0323" * 50_000
"""They combine to one character. Comparing such texts as characters takes the square of their length."""

QUESTION = {
    "role": "user",
    "content": [
        {"type": "text", "text": "x"},
        {"type": "image_url", "image_url": {"url": "https://x/y", "detail": "auto"}},
    ],
    "custom_content": {
        "attachments": [
            {"type": "image/png", "title": "x", "data": "AAAA"},
            {"type": "application/pdf", "title": "x.y", "data": "AAAA"},
            {"type": "image/png", "url": "files/x/y"},
            {"url": "https://x/y?z#z", "reference_url": "x"},
            {"url": "https://[::1]:1/y"},
            {"url": "data:image/png;base64,AAAA"},
        ]
    },
    "custom_fields": {"cache_breakpoint": {"expire_at": "x", "ttl": "1h"}},
}
CALL = {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}
STATE = [
    {"type": "thinking", "thinking": "x", "signature": "x"},
    {"type": "text", "text": "x"},
    {"type": "tool_use", "id": "c", "name": "f", "input": {"a": "x"}},
]
SCHEMA = {
    "type": "object",
    "properties": {"a": {"$ref": "#/$defs/b"}, "c": {"type": "string", "enum": ["x"]}},
    "required": ["a"],
    "$defs": {"b": {"type": "string"}},
}
REQUEST = {
    "messages": [
        {"role": "system", "content": "x"},
        QUESTION,
        {"role": "assistant", "content": "x", "tool_calls": [CALL], "name": "x"},
        {"role": "tool", "tool_call_id": "c", "content": "x"},
        {"role": "assistant", "content": "x", "custom_content": {"state": {"claude_message_content": STATE}}},
        {"role": "user", "content": "x"},
    ],
    "tools": [
        {"type": "function", "function": {"name": "f", "description": "x", "parameters": SCHEMA}},
        {"type": "static_function", "static_function": {"name": "web_search", "configuration": {"type": "x"}}},
    ],
    "tool_choice": {"type": "function", "function": {"name": "f"}},
    "response_format": {"type": "json_schema", "json_schema": {"name": "x", "schema": SCHEMA}},
    "custom_fields": {
        "configuration": {
            "betas": ["interleaved-thinking-2025-05-14"],
            "effort": "high",
            "thinking": {"type": "adaptive", "display": "x"},
            "performanceConfig": {"latency": "standard"},
            "guardrailConfig": {"guardrailIdentifier": "x", "guardrailVersion": "1", "trace": "enabled"},
            "aspect_ratio": "1:1",
        }
    },
    "reasoning_effort": "low",
    "stop": ["x"],
    "user": "x",
    "n": "1",
    "temperature": "1.0",
    "max_tokens": "10",
}
"""A text in every place where one may stand. As a whole it pleases no model; each ends with an error or an answer."""

MODELS = [
    chat.DEPLOYMENT,
    "anthropic.claude-sonnet-4-20250514-v1:0",
    "anthropic.claude-v2:1",
    "stability.stable-image-core-v1:1",
]


def places(value, before: tuple = ()):
    """The path of every text and of every name of a member."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    if isinstance(value, str):
        yield before, False
    for key, member in members:
        if isinstance(key, str):
            yield (*before, key), True
        yield from places(member, (*before, key))


def changed(value, path: tuple, is_name: bool, keeps: bool):
    """The value with the text there replaced by the marks, or with the marks behind it."""
    if not path:
        return value + MARKS if keeps else MARKS
    key, *rest = path
    if is_name and not rest:
        return {(key + MARKS if keeps else MARKS) if each == key else each: member for each, member in value.items()}
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[key] = changed(value[key], tuple(rest), is_name, keeps)
    return copy


PICTURE = {"type": "image/png", "title": "x", "data": base64.b64encode(png(8)).decode()}
CHAT = {"messages": [REQUEST["messages"][0], {"role": "user", "content": "x"}], "tools": REQUEST["tools"]}
OTHER_REQUESTS = [
    (
        "embeddings",
        "amazon.titan-embed-text-v2:0",
        {"input": "x", "model": "x", "encoding_format": "float", "dimensions": 256, "user": "x"},
    ),
    ("embeddings", "amazon.titan-embed-text-v2:0", {"input": ["x"], "custom_input": ["x", ["x"]]}),
    ("embeddings", "amazon.titan-embed-image-v1", {"input": [], "custom_input": [PICTURE, ["x", PICTURE]]}),
    (
        "embeddings",
        "amazon.titan-embed-image-v1",
        {"input": [], "custom_input": [{"type": "image/png", "url": f"data:image/png;base64,{PICTURE['data']}"}]},
    ),
    (
        "embeddings",
        "cohere.embed-multilingual-v3",
        {"input": ["x"], "custom_input": ["x"], "custom_fields": {"type": "search_query"}},
    ),
    ("tokenize", chat.DEPLOYMENT, {"inputs": [{"type": "string", "value": "x"}, {"type": "request", "value": CHAT}]}),
    ("tokenize", "anthropic.claude-v2:1", {"inputs": [{"type": "string", "value": "x"}]}),
    ("truncate_prompt", chat.DEPLOYMENT, {"inputs": [CHAT | {"max_prompt_tokens": 999}]}),
]


def parts(body: dict):
    """Each for itself: models look at much only where the rest is to their liking."""
    plain = {"messages": [{"role": "user", "content": "x"}]}
    yield plain | {"messages": [{"role": "user", "content": "x", "custom_content": QUESTION["custom_content"]}]}
    for field in body:
        yield plain | {field: body[field]}


@pytest.fixture(scope="module")
def stack(_scripted):
    stack = Stack(sandbox=False, environment=aws_environment(_scripted.url))
    yield stack
    stack.close()


def refusing(status: int, body: dict):
    async def handler(exchange) -> None:
        await exchange.respond(status, "application/json", json.dumps(body).encode())

    return handler


def streaming(messages: list[bytes]):
    async def handler(exchange) -> None:
        await exchange.begin_stream()
        for message in messages:
            await exchange.chunk(message)
        await exchange.end_stream()

    return handler


def check(url: str, part: dict) -> None:
    with httpx.Client(timeout=10) as client:
        for (path, is_name), keeps in itertools.product(places(part), (False, True)):
            body = json.dumps(changed(part, path, is_name, keeps), ensure_ascii=False).encode()
            started = time.monotonic()
            answer = client.post(url, headers=chat.HEADERS, content=body)
            # A hundredth of a second, and no less than two where characters are compared.
            assert time.monotonic() - started < 1, (path, is_name, keeps)
            # What nginx says when the adapter is gone.
            assert answer.status_code != 502, (path, is_name, keeps)


@pytest.mark.parametrize("deployment", MODELS)
def test_no_text_costs_the_square_of_its_length(stack, upstream, deployment):
    for part in parts(REQUEST):
        check(stack.url + chat.path(deployment), part)


EXTRA_DATA = [
    "region",
    "aws_access_key_id",
    "aws_secret_access_key",
    "aws_session_token",
    "aws_assume_role_arn",
    "compatible_model_id",
]
HEADERS = [
    *(("X-UPSTREAM-EXTRA-DATA", f'{{"{name}":"x{MARKS}"}}') for name in EXTRA_DATA),
    ("X-UPSTREAM-EXTRA-DATA", f'{{"x{MARKS}":""}}'),
    ("X-DIAL-APPLICATION-PROPERTIES", f'{{"x{MARKS}":""}}'),
    ("traceparent", f"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01{MARKS}"),
    *(
        (name, f'"x={MARKS}')
        for name in (
            "X-Request-ID",
            "traceparent",
            "tracestate",
            "Api-Key",
            "X-UPSTREAM-KEY",
            "X-UPSTREAM-EXTRA-DATA",
            "X-DIAL-APPLICATION-PROPERTIES",
            "X-DIAL-CACHE-BREAKPOINT-PATH",
            "X-DIAL-DEPLOYMENT-ID",
            "X-DIAL-OVERRIDE-NAME",
        )
    ),
]


@pytest.fixture(scope="module")
def bare(_scripted):
    """The socket of an adapter whose web server, unlike nginx, lets headers be as long as they like."""
    hosting = Hosting()
    environment = aws_environment(_scripted.url) | {"AIDIAL_LOG_LEVEL": "DEBUG"}
    hosting.adapter("scgi+unix:adapter.sock", environment)
    yield str(hosting.folder / "adapter.sock")
    hosting.close()


@pytest.mark.parametrize("deployment", [chat.DEPLOYMENT, scripted_claude.DEPLOYMENT])
def test_nor_does_one_of_a_header(bare, upstream, deployment):
    upstream.handler = refusing(400, {"message": "x"})
    body = json.dumps(chat.body("x")).encode()
    for name, value in HEADERS:
        parameters = fastcgi.params_for(chat.path(deployment), body, "POST", api_key="k")
        parameters[f"HTTP_{name.upper().replace('-', '_')}"] = value
        started = time.monotonic()
        with fastcgi.connect(bare) as connection:
            connection.sendall(scgi.request(parameters, body))
            assert scgi.response(connection).startswith(b"Status: "), name
        assert time.monotonic() - started < 1, (name, value[:40])


@pytest.mark.parametrize("path", ["/openai/v1/c", "/openai/v1/models/", "/openai/deployments/x/c", "/c"])
def test_nor_does_one_of_a_path(bare, path):
    parameters = fastcgi.params_for(path + MARKS, b"", "POST")
    started = time.monotonic()
    with fastcgi.connect(bare) as connection:
        connection.sendall(scgi.request(parameters, b""))
        assert b"Status: 40" in scgi.response(connection)
    assert time.monotonic() - started < 1


@pytest.mark.parametrize(
    ("header", "word"), [("retry-after", "5 5 5 5 5 G"), ("date", "5 5 5 5 5 G"), ("x-should-retry", "t")]
)
def test_nor_does_one_of_a_refusal(stack, upstream, header, word):
    """Its words and the model's own are compared; its headers have words that are known."""

    async def handler(exchange):
        headers = {header: word + MARKS[:40_000]}
        body = {"message": "x" + "\u0301\u0327" * 100_000, "originalMessage": "x" + "\u0327\u0301" * 100_000}
        await exchange.respond(424, "application/json", json.dumps(body).encode(), headers)

    upstream.handler = handler
    for deployment in MODELS:
        started = time.monotonic()
        answer = httpx.post(stack.url + chat.path(deployment), headers=chat.HEADERS, json=chat.body("x"))
        assert time.monotonic() - started < 1, deployment
        assert answer.status_code == 424


def test_nor_do_names_within_alternatives(stack, upstream):
    """Alternatives at the root of a tool's schema are added up, and equal ones found."""
    choices = [{"properties": {"p": {MARKS + side: 1}}} for side in "ab"] + [{"properties": {"p": {"type": "string"}}}]
    tools = [{"type": "function", "function": {"name": "f", "parameters": {"type": "object", "anyOf": choices}}}]
    for deployment in MODELS:
        ask(stack.url + chat.path(deployment), chat.body("x", tools=tools), deployment)


def test_nor_do_names_of_tools_that_are_alike(stack, upstream):
    names = ["x" + order * 50_000 for order in ("\u0301\u0327", "\u0327\u0301", "\u0323\u0307")]
    tools = [{"type": "function", "function": {"name": name, "parameters": {"type": "object"}}} for name in names]
    choice = {"type": "function", "function": {"name": names[0]}}
    for deployment in MODELS:
        ask(stack.url + chat.path(deployment), chat.body("x", tools=tools, tool_choice=choice), deployment)


@pytest.mark.parametrize(("endpoint", "deployment", "body"), OTHER_REQUESTS)
def test_nor_does_one_of_another_request(sandbox, endpoint, deployment, body):
    url = f"{sandbox.url}/openai/deployments/{deployment}/{endpoint}"
    answer = httpx.post(url, headers=chat.HEADERS, json=body)
    # Else nothing looks at most of it.
    assert answer.status_code == 200 and "error" not in answer.text, answer.text
    check(url, body)


@pytest.mark.parametrize("deployment", [chat.DEPLOYMENT, "anthropic.claude-sonnet-4-20250514-v1:0"])
@pytest.mark.parametrize("status", [400, 404, 424])
def test_nor_does_one_that_aws_quotes(stack, upstream, deployment, status):
    # Whoever looks for words skips as far as they are long: one of these places is looked at.
    for place in range(48):
        message = f"{'x' * place} {MARKS} is not a valid enum value"
        upstream.handler = refusing(status, {"message": message})
        started = time.monotonic()
        answer = httpx.post(stack.url + chat.path(deployment), headers=chat.HEADERS, json=chat.body("x"))
        assert time.monotonic() - started < 1, place
        assert answer.status_code == status and MARKS in answer.json()["error"]["message"]


@pytest.mark.parametrize("stream", [False, True])
def test_nor_does_one_that_the_model_says(stack, upstream, stream):
    upstream.handler = speaking([f"x {MARKS} x", "x"])
    started = time.monotonic()
    answer = httpx.post(stack.url + chat.path(), headers=chat.HEADERS, json=chat.body("x", stream=stream))
    assert time.monotonic() - started < 1
    assert answer.status_code == 200 and MARKS in answer.text


CLAUDE = "anthropic.claude-sonnet-4-20250514-v1:0"
CLAUDE_BLOCKS = [
    {"type": "text", "text": "x", "citations": [{"type": "char_location", "document_index": 0, "cited_text": "x"}]},
    {"type": "thinking", "thinking": "x", "signature": "x"},
    {"type": "server_tool_use", "id": "s", "name": "web_search", "input": {"query": "x"}},
    {"type": "web_search_tool_result", "tool_use_id": "s", "content": [{"type": "x", "url": "x", "title": "x"}]},
    {"type": "tool_use", "id": "c", "name": "f", "input": {"a": "x"}},
]
CLAUDE_MESSAGE = {
    "type": "message",
    "role": "assistant",
    "content": CLAUDE_BLOCKS,
    "stop_reason": "tool_use",
    "usage": {"input_tokens": 1, "output_tokens": 1},
}
CONVERSE_BLOCKS = [
    {"reasoningContent": {"reasoningText": {"text": "x", "signature": "x"}}},
    {"text": "x"},
    {"toolUse": {"toolUseId": "c", "name": "f", "input": {"a": "x"}}},
]
ANSWERS = [
    (CLAUDE, CLAUDE_MESSAGE),
    (CLAUDE, {"type": "error", "error": {"type": "x", "message": "x"}}),
    (
        chat.DEPLOYMENT,
        {"output": {"message": {"role": "assistant", "content": CONVERSE_BLOCKS}}, "stopReason": "tool_use"},
    ),
    ("anthropic.claude-v2:1", {"completion": "x", "stop_reason": "max_tokens", "stop": "x"}),
    ("amazon.titan-text-express-v1", {"results": [{"outputText": "x", "completionReason": "FINISH"}]}),
    ("cohere.command-text-v14", {"generations": [{"text": "x", "finish_reason": "MAX_TOKENS"}]}),
    ("stability.stable-image-core-v1:1", {"images": ["AAAA"], "finish_reasons": ["x"]}),
]
"""Whole answers of every family, with every word that is looked at."""

CLAUDE_EVENTS = [
    {"type": "message_start", "message": CLAUDE_MESSAGE | {"content": []}},
    *(
        event
        for index, (block, delta) in enumerate(
            [
                (CLAUDE_BLOCKS[0], {"type": "text_delta", "text": "x"}),
                (CLAUDE_BLOCKS[0], {"type": "citations_delta", "citation": CLAUDE_BLOCKS[0]["citations"][0]}),
                (CLAUDE_BLOCKS[1], {"type": "thinking_delta", "thinking": "x"}),
                (CLAUDE_BLOCKS[1], {"type": "signature_delta", "signature": "x"}),
                (CLAUDE_BLOCKS[2], {"type": "input_json_delta", "partial_json": "x"}),
                (CLAUDE_BLOCKS[3], {"type": "x"}),
                (CLAUDE_BLOCKS[4], {"type": "input_json_delta", "partial_json": "x"}),
            ]
        )
        for event in (
            {"type": "content_block_start", "index": index, "content_block": block},
            {"type": "content_block_delta", "index": index, "delta": delta},
            {"type": "content_block_stop", "index": index},
        )
    ),
    {"type": "message_delta", "delta": {"stop_reason": "tool_use"}, "usage": {"output_tokens": 1}},
    {"type": "message_stop"},
]
ASKED = {
    "messages": [{"role": "user", "content": "x"}],
    "tools": REQUEST["tools"],
}


def marked(value):
    for (path, is_name), keeps in itertools.product(places(value), (False, True)):
        yield path, changed(value, path, is_name, keeps)


def ask(url: str, body: dict, place) -> None:
    started = time.monotonic()
    answer = httpx.post(url, headers=chat.HEADERS, json=body, timeout=30)
    assert time.monotonic() - started < 1, place
    assert "Bad Gateway" not in answer.text, place


@pytest.mark.parametrize(("deployment", "answer"), ANSWERS)
def test_nor_does_a_word_of_an_answer(stack, upstream, deployment, answer):
    asked = ASKED if deployment in (CLAUDE, chat.DEPLOYMENT) else {"messages": ASKED["messages"]}
    for path, other in marked(answer):
        upstream.handler = refusing(200, other)
        ask(stack.url + chat.path(deployment), asked, path)


def test_nor_does_a_word_of_a_stream(stack, upstream):
    for number, event in enumerate(CLAUDE_EVENTS):
        for path, other in marked(event):
            events = [*CLAUDE_EVENTS[:number], other, *CLAUDE_EVENTS[number + 1 :]]
            upstream.handler = streaming([scripted_claude.chunk(each) for each in events])
            ask(stack.url + chat.path(CLAUDE), ASKED | {"stream": True}, (number, *path))


@pytest.mark.parametrize("status", [400, 404, 429, 500])
@pytest.mark.parametrize("body", [{"__type": "x", "message": "x"}, {"error": {"type": "x", "message": "x"}}])
def test_nor_does_a_word_of_an_error(stack, upstream, status, body):
    for path, other in marked(body):
        upstream.handler = refusing(status, other)
        ask(stack.url + chat.path(CLAUDE), ASKED, path)


LARGE = ["[" + ",".join(["null"] * 600_000) + "]", json.dumps({str(number): 1 for number in range(200_000)})]


@pytest.mark.parametrize("definition", LARGE, ids=["array", "object"])
def test_nor_does_a_definition_that_is_referred_to_often(stack, upstream, definition):
    references = ",".join(f'"p{number}":{{"$ref":"#/$defs/a"}}' for number in range(40_000))
    schema = f'{{"type":"object","properties":{{{references}}},"$defs":{{"a":{definition}}}}}'
    tools = f'[{{"type":"function","function":{{"name":"f","parameters":{schema}}}}}]'
    started = time.monotonic()
    content = f'{{"messages":[{{"role":"user","content":"x"}}],"tools":{tools}}}'
    answer = httpx.post(stack.url + chat.path(), headers=chat.HEADERS, content=content, timeout=60)
    # A fifth of a second, and tens where each reference measures the definition.
    assert time.monotonic() - started < 5
    assert answer.status_code == 200


def called(style: str, number: int) -> list[dict]:
    function = {"name": f"f{number}", "arguments": "{}"}
    if style == "functions":
        call = {"role": "assistant", "content": None, "function_call": function}
        return [call, {"role": "function", "name": function["name"], "content": "x"}]
    call = {"id": f"c{number}", "type": "function", "function": function}
    result = {"role": "tool", "tool_call_id": call["id"], "content": "x"}
    return [{"role": "assistant", "content": None, "tool_calls": [call]}, result]


@pytest.mark.parametrize("style", ["functions", "tools"])
@pytest.mark.parametrize("results_alone", [False, True])
@pytest.mark.parametrize("deployment", MODELS)
def test_nor_does_a_conversation_of_many_messages(stack, upstream, deployment, style, results_alone):
    upstream.handler = refusing(400, {"message": "x"})
    question = {"role": "user", "content": "x"}
    messages = [message for number in range(20_000) for message in called(style, number)[results_alone:]]
    tool = {"name": "f1", "parameters": {"type": "object"}}
    declared = [tool] if style == "functions" else [{"type": "function", "function": tool}]
    body = {"messages": [question, *messages, question], style: declared}
    started = time.monotonic()
    answer = httpx.post(stack.url + chat.path(deployment), headers=chat.HEADERS, json=body, timeout=60)
    # Half a second at most, and ten where each message looks at all others.
    assert time.monotonic() - started < 5
    assert answer.status_code in (400, 422)


def test_nor_do_ids_of_calls_that_begin_alike(stack, upstream):
    """Cut to the length that the service takes, they are the same but for a number."""
    ids = ["x" * 60 + f"{number:04}" for number in range(4000)] * 2
    calls = [CALL | {"id": each} for each in ids]
    question = {"role": "user", "content": "x"}
    started = time.monotonic()
    messages = [question, {"role": "assistant", "content": None, "tool_calls": calls}, question]
    answer = httpx.post(stack.url + chat.path(), headers=chat.HEADERS, json={"messages": messages}, timeout=60)
    assert time.monotonic() - started < 1
    assert answer.status_code == 200, answer.text[:500]


def test_nor_do_properties_that_are_required_in_two_places(stack, upstream):
    names = [[f"{side}{number}" for number in range(20_000)] for side in "ab"]
    schema = {"type": "object", "properties": {}, "required": names[0], "allOf": [{"required": names[1]}]}
    form = {"type": "json_schema", "json_schema": {"name": "x", "schema": schema}}
    ask(stack.url + chat.path(CLAUDE), chat.body("x", response_format=form), "required")


def test_nor_does_a_summary_in_many_pieces(stack, upstream):
    begin, *_, end, last = scripted_claude.events([])
    summary = [
        {"type": "content_block_start", "index": 0, "content_block": {"type": "compaction", "content": ""}},
        *[
            {"type": "content_block_delta", "index": 0, "delta": {"type": "compaction_delta", "content": "x" * 40}}
            for _ in range(25_000)
        ],
        {"type": "content_block_stop", "index": 0},
        *[{"type": "content_block_stop", "index": 9}] * 10,
    ]
    chunks = b"".join(map(scripted_claude.chunk, [begin, *summary, end, last]))
    upstream.handler = streaming([chunks])
    started = time.monotonic()
    answer = httpx.post(stack.url + chat.path(CLAUDE), headers=chat.HEADERS, json=ASKED | {"stream": True}, timeout=60)
    assert time.monotonic() - started < 2
    assert answer.status_code == 200 and "x" * 1_000_000 in answer.text


def test_the_memory_of_large_requests_goes_back_to_the_system(stack, upstream):
    upstream.handler = speaking(["x"])
    body = json.dumps(chat.body("x" * 20_000_000)).encode()
    before = memory(stack.adapter)

    def ask_for_much(_) -> int:
        return httpx.post(stack.url + chat.path(), headers=chat.HEADERS, content=body, timeout=60).status_code

    with concurrent.futures.ThreadPoolExecutor(8) as clients:
        assert list(clients.map(ask_for_much, range(8))) == [200] * 8
    # Of several hundred.
    waiting.until(lambda: memory(stack.adapter) - before < 20_000_000)


def test_the_id_of_a_deployment_has_an_end(stack, upstream):
    for length, said in ((2048, "doesn't provide"), (2049, "longer than 2048 bytes")):
        headers = chat.HEADERS | {"X-DIAL-DEPLOYMENT-ID": "x" * length}
        answer = httpx.post(f"{stack.url}/openai/v1/chat/completions", headers=headers, json=chat.body("x"))
        assert answer.status_code == 404 and said in answer.json()["error"]["message"]


COUNTED = {"type": "string", "value": "x" * 60_000}
CUT = {"messages": [{"role": "user", "content": "x" * 60_000}], "max_prompt_tokens": 100_000}


def others_wait(stack: Stack, path: str, body: dict) -> tuple[float, httpx.Response]:
    """Seconds that a small request took at most while a long one was answered, and that answer."""
    content = json.dumps(body).encode()
    with concurrent.futures.ThreadPoolExecutor(1) as clients, httpx.Client() as other:
        asking = clients.submit(httpx.post, stack.url + path, headers=chat.HEADERS, content=content, timeout=120)
        slowest = 0
        while not asking.done():
            asked = time.monotonic()
            assert other.get(f"{stack.url}/health", timeout=60).status_code == 200
            slowest = max(slowest, time.monotonic() - asked)
            time.sleep(0.005)
        return slowest, asking.result()


@pytest.mark.parametrize(("endpoint", "value"), [("tokenize", COUNTED), ("truncate_prompt", CUT)])
def test_nor_do_many_texts_keep_others_waiting(stack, endpoint, value):
    """Each is short, and all together take seconds."""
    path = f"/openai/deployments/anthropic.claude-v2:1/{endpoint}"
    slowest, answer = others_wait(stack, path, {"inputs": [value] * 150})
    assert answer.json()["outputs"][-1]["status"] == "success"
    assert slowest < 0.6


@pytest.mark.parametrize(("endpoint", "wrap"), [("tokenize", True), ("truncate_prompt", False)])
def test_nor_do_many_small_inputs(stack, endpoint, wrap):
    """Each has a tool whose definitions double at every level; the whole body has less than 64 KiB."""
    names = [f"d{level}" for level in range(17)]
    definitions = {
        name: {"properties": {side: {"$ref": f"#/$defs/{below}"} for side in "ab"}}
        for name, below in itertools.pairwise(names)
    }
    schema = {"type": "object", "properties": {"a": {"$ref": "#/$defs/d0"}}, "$defs": definitions | {"d16": {}}}
    tools = [{"type": "function", "function": {"name": "f", "parameters": schema}}]
    request = {"messages": [{"role": "user", "content": "x"}], "tools": tools, "max_prompt_tokens": 100}
    one = {"type": "request", "value": request} if wrap else request
    path = f"/openai/deployments/{chat.DEPLOYMENT}/{endpoint}"
    slowest, answer = others_wait(stack, path, {"inputs": [one] * 38})
    assert len(answer.json()["outputs"]) == 38
    assert slowest < 0.6


def test_nor_does_a_request_that_takes_long_to_translate(stack, upstream):
    """A text whose bytes are no UTF-8 is mended: more than a second for this one."""
    document = {"type": "text/plain", "data": base64.b64encode(b"\xff\xfe" * 20_000_000).decode()}
    message = {"role": "user", "content": "x", "custom_content": {"attachments": [document]}}
    upstream.handler = scripted_claude.speaking(["Hello"])
    slowest, answer = others_wait(stack, chat.path(CLAUDE), {"messages": [message]})
    assert answer.status_code == 200, answer.text[:1000]
    assert slowest < 0.6


def test_nor_is_a_text_counted_for_a_client_that_left(stack):
    """One word of 6 MB takes seconds; two of them would keep all others from counting."""
    body = json.dumps({"inputs": [{"type": "string", "value": "x" * 6_000_000}]}).encode()
    parameters = fastcgi.params_for("/openai/deployments/anthropic.claude-v2:1/tokenize", body, "POST", api_key="k")
    for _ in range(4):
        with fastcgi.connect(stack.socket_path) as connection:
            connection.sendall(fastcgi.request(parameters, body))
            time.sleep(0.3)
    time.sleep(0.7)
    before = processor_time(stack.adapter)
    time.sleep(1)
    assert processor_time(stack.adapter) - before < 0.5
