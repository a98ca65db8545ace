"""The description of the API: that it is one, and that it is true."""

import base64
import copy
import json
import os
import re
import subprocess
import sys
import time

import httpx
import pytest
from openapi_spec_validator import validate

from support import chat, openapi
from support.converse import DEEPSEEK, png
from support.relay import Answered
from support.stack import REPOSITORY, Stack

FIXTURES = sorted((REPOSITORY / "Tests" / "Fixtures" / "dial-sdk").glob("*.json"))
# As in the DIAL SDK; the description names the plain types.
COERCED = {"ok-lax-coercions"}
TITAN_EMBEDDINGS = "amazon.titan-embed-text-v2:0"


@pytest.fixture(scope="module")
def quick():
    """The sandbox in the place of AWS, as fast as it can."""
    stack = Stack(sandbox=True, environment={"SANDBOX_TOKENS_PER_SECOND": "0"})
    yield stack
    stack.close()


@pytest.fixture(scope="module")
def _relay(quick):
    relay = openapi.DescribedRelay(quick.url)
    yield relay
    relay.close()


@pytest.fixture
def described(_relay):
    """An address before the adapter; what passes there during the test is held against the description."""
    _relay.violations.clear()
    _relay.count = 0
    yield _relay
    assert _relay.count > 0
    assert not _relay.violations


def test_is_valid_openapi():
    validate(openapi.DOCUMENT)


def test_is_served_as_it_stands(quick):
    answer = httpx.get(quick.url + "/openapi.json")
    assert answer.headers["content-type"] == "application/json"
    assert answer.content == openapi.FILE.read_bytes()


def test_every_operation_has_a_name_of_its_own_and_an_answer():
    names = []
    for path, item in openapi.DOCUMENT["paths"].items():
        for method in openapi.METHODS:
            if method in item:
                names.append(item[method]["operationId"])
                assert "200" in item[method]["responses"], f"{method} {path}"
    assert len(names) == len(set(names))


def _body_of(fixture: dict) -> object:
    body = fixture["request"].get("body")
    return body if isinstance(body, dict) and "bytes_hex" not in body else None


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_recorded_requests_and_answers_are_as_described(path):
    fixture = json.loads(path.read_text())
    request, response = fixture["request"], fixture["response"]
    body = _body_of(fixture)
    endpoint = request["path"].partition("?")[0].split("/", 4)[-1] if "/deployments/" in request["path"] else None
    schemas = {
        "chat/completions": "ChatCompletionRequest",
        "embeddings": "EmbeddingsRequest",
        "tokenize": "TokenizeRequest",
        "truncate_prompt": "TruncatePromptRequest",
        "rate": "RateRequest",
    }
    if body is not None and endpoint in schemas and path.stem not in COERCED:
        found = openapi.violations(f"/components/schemas/{schemas[endpoint]}", body)
        is_refused_by_structure = response["status"] == 400 and "invalid structure" in json.dumps(response)
        assert bool(found) == is_refused_by_structure, found
    if "sse" in response:
        for event in response["sse"]:
            if isinstance(event, dict) and "comment" not in event:
                schema = "Error" if "error" in event else "ChatCompletionChunk"
                assert not openapi.violations(f"/components/schemas/{schema}", event)
    elif isinstance(response.get("body"), dict) and "detail" not in response["body"]:
        answer = Answered(
            request["method"],
            request["path"],
            b"",
            response["status"],
            {"content-type": "application/json"},
            json.dumps(response["body"]).encode(),
        )
        assert not list(openapi.answer_violations(answer))


def _examples() -> list:
    found = []
    for name, body in openapi.DOCUMENT["components"]["requestBodies"].items():
        media = body["content"]["application/json"]
        values = {"": media["example"]} if "example" in media else {k: v["value"] for k, v in media["examples"].items()}
        found += [pytest.param(name, value, id=f"{name} {key}".strip()) for key, value in values.items()]
    return found


OPERATIONS = [
    pytest.param(path, operation, openapi.DOCUMENT["paths"][path].get("parameters", []), id=path)
    for path, item in openapi.DOCUMENT["paths"].items()
    for operation in [item.get("post")]
    if operation
]


@pytest.mark.parametrize(("path", "operation", "shared"), OPERATIONS)
def test_each_operation_works_as_the_viewer_fills_it_in(described, path, operation, shared):
    """Swagger UI sends the example of a parameter, and makes one up of the schema where a JSON parameter has none."""
    headers = dict(chat.HEADERS)
    for parameter in shared + operation.get("parameters", []):
        if "$ref" in parameter:
            parameter = openapi.DOCUMENT["components"]["parameters"][parameter["$ref"].rpartition("/")[2]]
        for media in parameter.get("content", {}).values():
            assert "example" in media, parameter["name"]
            headers[parameter["name"]] = json.dumps(media["example"])
        if "example" in parameter and parameter["in"] == "path":
            path = path.replace("{" + parameter["name"] + "}", parameter["example"])
        elif "example" in parameter:
            headers[parameter["name"]] = parameter["example"]
    body = openapi.DOCUMENT["components"]["requestBodies"][operation["requestBody"]["$ref"].rpartition("/")[2]]
    media = body["content"]["application/json"]
    value = media["example"] if "example" in media else next(iter(media["examples"].values()))["value"]
    answer = httpx.post(described.url + path, headers=headers, json=value, timeout=30)
    assert answer.status_code == 200, answer.text


ENDPOINTS = {
    "ChatCompletion": "chat/completions",
    "Embeddings": "embeddings",
    "Tokenize": "tokenize",
    "TruncatePrompt": "truncate_prompt",
    "Rate": "rate",
}


@pytest.mark.parametrize(("name", "value"), _examples())
def test_examples_work(described, name, value):
    deployment = TITAN_EMBEDDINGS if name == "Embeddings" else chat.DEPLOYMENT
    target = f"/openai/deployments/{deployment}/{ENDPOINTS[name]}"
    answer = httpx.post(described.url + target, headers=chat.HEADERS, json=value, timeout=30)
    if "thinking" in json.dumps(value):
        # Claude's; Nova says so.
        assert answer.status_code == 422, answer.text
    else:
        assert answer.status_code == 200, answer.text


GUARDRAIL = {"guardrailConfig": {"guardrailIdentifier": "blocked", "guardrailVersion": "1"}}
HISTORY = [
    {"role": "user", "content": "old " * 50},
    {"role": "assistant", "content": "Yes."},
    {"role": "user", "content": "short"},
]
RICH = [
    pytest.param({"n": 3}, "words:5", 200, '"index":2', id="choices"),
    pytest.param({}, "words:20 fault:stream-throttling@5", 429, '"429"', id="error in a stream"),
    pytest.param({}, "fault:throttling", 429, "ThrottlingException", id="throttled"),
    pytest.param({}, "fault:html-502", 502, "error", id="not Bedrock"),
    pytest.param({"max_prompt_tokens": 80, "messages": HISTORY}, "", 200, '"discarded_messages":[0,1]', id="truncated"),
    pytest.param({"max_prompt_tokens": 1}, "too long", 400, "truncate_prompt_error", id="cannot be truncated"),
    pytest.param({"temperature": 9}, "hot", 400, "temperature", id="out of bounds"),
    pytest.param({}, "fault:filtered-words", 400, "content_filter", id="filtered"),
    pytest.param({"custom_fields": {"configuration": GUARDRAIL}}, "stopped", 400, "content_filter", id="guardrail"),
]


@pytest.mark.parametrize(("more", "prompt", "status", "said"), RICH)
@pytest.mark.parametrize("stream", [True, False])
def test_answers_of_all_kinds_are_as_described(described, more, prompt, status, said, stream):
    body = chat.body(prompt, stream=stream, **more)
    answer = httpx.post(described.url + chat.path(), headers=chat.HEADERS, json=body, timeout=30)
    # Before these errors there are words of the model in a stream.
    begins = stream and ("@" in prompt or prompt == "stopped")
    assert answer.status_code == (200 if begins else status), answer.text
    assert said in answer.text


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("deployment", [chat.DEPLOYMENT, DEEPSEEK])
def test_conversations_are_as_described(described, deployment, stream):
    """Every assistant message goes back as it came, state and all."""
    tools = [{"type": "function", "function": {"name": "look", "parameters": {"type": "object", "properties": {}}}}]
    has_tools = deployment == chat.DEPLOYMENT
    more = {"tools": tools} if has_tools else {}
    prompt = 'call:look {"at":"the sea"}' if has_tools else "Think about the sea"
    messages = [{"role": "user", "content": prompt}]
    if has_tools:
        image = base64.b64encode(png(8)).decode()
        messages[0]["custom_content"] = {"attachments": [{"type": "image/png", "title": "sea", "data": image}]}
    for turn in range(3):
        body = {"messages": messages, "stream": stream, **more}
        answer = httpx.post(described.url + chat.path(deployment), headers=chat.HEADERS, json=body, timeout=30)
        assert answer.status_code == 200, answer.text
        message = _merged(answer.text) if stream else answer.json()["choices"][0]["message"]
        messages.append(message)
        calls = message.get("tool_calls") or []
        messages += [{"role": "tool", "tool_call_id": call["id"], "content": "seen"} for call in calls]
        if not calls:
            messages.append({"role": "user", "content": f"And turn {turn}?"})


def _merged(text: str) -> dict:
    """The message that a stream of one choice comes to."""
    message: dict = {"role": "assistant", "content": ""}
    for event in chat.events(text):
        if event == "[DONE]" or not event.get("choices"):
            continue
        delta = event["choices"][0]["delta"]
        message["content"] += delta.get("content") or ""
        for call in delta.get("tool_calls", []):
            calls = message.setdefault("tool_calls", [])
            if call["index"] == len(calls):
                calls.append(call | {"function": {"arguments": ""} | call["function"]})
            else:
                calls[call["index"]]["function"]["arguments"] += call["function"]["arguments"]
        if state := delta.get("custom_content", {}).get("state"):
            message["custom_content"] = {"state": state}
    return message


@pytest.mark.parametrize("path", ["/openai/models", "/health", "/ready", "/docs", "/openapi.json", "/nothing"])
def test_pages_are_as_described(described, path):
    assert httpx.get(described.url + path).status_code == (404 if path == "/nothing" else 200)


@pytest.mark.parametrize(
    ("headers", "status"),
    [({}, 500), ({"X-DIAL-DEPLOYMENT-ID": chat.DEPLOYMENT}, 200), ({"X-DIAL-OVERRIDE-NAME": "nobody"}, 404)],
)
def test_deployments_by_header_are_as_described(described, headers, status):
    headers = chat.HEADERS | headers
    answer = httpx.post(described.url + "/openai/v1/chat/completions", headers=headers, json=chat.body("Hi"))
    assert answer.status_code == status
    assert httpx.get(described.url + "/openai/v1/configuration", headers=headers).status_code == status


def _for_fuzzing(directory) -> str:
    """The description with deployments that exist, or nothing but 404 would be tested."""
    document = copy.deepcopy(openapi.DOCUMENT)
    parameters = document["components"]["parameters"]
    ids = [chat.DEPLOYMENT, DEEPSEEK, "anthropic.claude-v2:1", TITAN_EMBEDDINGS]
    parameters["Deployment"]["schema"] = {"enum": ids}
    # In a header a deployment without the endpoint is told before a missing key.
    parameters["DeploymentHeader"]["schema"] = {"enum": ids[:-1]}
    parameters["EmbeddingsDeploymentHeader"]["schema"] = {"enum": ids[-1:]}
    # These lead elsewhere than to the sandbox, or to no deployment.
    out = {f"#/components/parameters/{name}" for name in ("OverrideName", "UpstreamKey", "UpstreamExtraData")}
    for item in document["paths"].values():
        for method in openapi.METHODS:
            if "parameters" in item.get(method, {}):
                kept = [each for each in item[method]["parameters"] if each["$ref"] not in out]
                item[method]["parameters"] = kept
    # A deployment named in a header is served as one in the path: there the bodies vary, here the headers do.
    for path, item in document["paths"].items():
        if path.startswith("/openai/v1/") and "post" in item:
            name = item["post"]["requestBody"]["$ref"].rpartition("/")[2]
            examples = [example.values[1] for example in _examples() if example.values[0] == name]
            schema = {"enum": examples}
            item["post"]["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    # schemathesis holds this one against each event; `described` does that better.
    document["components"]["responses"]["ChatCompletion"]["content"]["text/event-stream"] = {"schema": {}}
    text = json.dumps(document).replace(
        '"format": "int64"', f'"format": "int64", "minimum": {-(1 << 63)}, "maximum": {(1 << 63) - 1}'
    )
    path = directory / "openapi.json"
    path.write_text(text)
    return str(path)


@pytest.mark.timeout(240)
def test_generated_requests_find_no_answer_that_is_not_described(quick, tmp_path):
    """Thousands of valid and invalid requests to every operation, the same ones every time."""
    checks = (
        "status_code_conformance,content_type_conformance,response_headers_conformance,response_schema_conformance,"
        "missing_required_header,unsupported_method,allow_header_conformance,"
        "described,structure_as_described,no_failure_of_the_adapter"
    )
    started = time.monotonic()
    command = [
        sys.executable, "-m", "schemathesis.cli", "run", _for_fuzzing(tmp_path), "--url", quick.url,
        "--header", "Api-Key: any", "--phases", "examples,coverage,fuzzing", "--max-examples", "10",
        "--generation-deterministic", "--continue-on-failure", "--checks", checks, "--no-color",
        "--suppress-health-check", "all", "--output-truncate", "false", "--warnings", "off",
    ]  # fmt: skip
    environment = os.environ | {
        "SCHEMATHESIS_HOOKS": "support.schemathesis_checks",
        "PYTHONPATH": str(REPOSITORY / "Tests" / "Acceptance"),
    }
    ran = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=230)
    report = ran.stdout + ran.stderr
    assert ran.returncode == 0, report[-20_000:]
    cases = int(re.search(r"(\d+) generated", report)[1])
    assert cases > 1000, f"{cases} cases in {time.monotonic() - started:.0f} s"
