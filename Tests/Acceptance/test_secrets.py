"""Nothing secret leaves by the log or by an answer, however a request fails; no value becomes a header."""

import json
import time

import httpx
import pytest

from support import chat
from support.identity import Surroundings, role
from support.stack import Stack, aws_environment
from support.upstream import speaking

CLAUDE = "anthropic.claude-3-7-sonnet-20250219-v1:0"
# One for each place, so that a leak tells where it is from.
SECRET = {
    place: f"s3cr3t-{place}-9f8e7d"
    for place in (
        "environment", "environment-token", "api-key", "authorization", "upstream-key", "extra-secret", "extra-token",
        "extra-unknown", "prompt", "system", "tool", "link", "file-name", "link-password", "stop", "query", "cookie",
    )
}  # fmt: skip
HEADERS = {
    "Api-Key": SECRET["api-key"],
    "Authorization": f"Bearer {SECRET['authorization']}",
    "Cookie": f"session={SECRET['cookie']}",
    "Content-Type": "application/json",
}
EXTRA = {
    "aws_access_key_id": "AKIDEXAMPLE",
    "aws_secret_access_key": SECRET["extra-secret"],
    "aws_session_token": SECRET["extra-token"],
    "unknown": SECRET["extra-unknown"],
}


def message(text: str = SECRET["prompt"], **more) -> dict:
    return {"role": "user", "content": text, **more}


def attachments(*links: str) -> dict:
    return {"attachments": [{"type": "image/png", "title": SECRET["file-name"], "url": link} for link in links]}


def bodies() -> list[bytes]:
    """Requests that fail at every stage, and some that do not."""
    system = {"role": "system", "content": SECRET["system"]}
    tool = {"type": "function", "function": {"name": "look", "description": SECRET["tool"], "parameters": {"type": 5}}}
    good = [
        {"messages": [system, message()]},
        {"messages": [system, message()], "stream": True},
        {"messages": [message()], "tools": [tool]},
        {"messages": [message()], "stop": [SECRET["stop"]] * 9},
        {"messages": [message()], "max_tokens": -1},
        {"messages": [message()], "temperature": 9},
        {"messages": [message()], "n": 3},
        {"messages": []},
        {"messages": [{"role": "user"}]},
        {"messages": [message(), {"role": "tool", "content": SECRET["tool"]}]},
        {"messages": [message(custom_content=attachments(f"http://10.0.0.1/{SECRET['link']}?k={SECRET['query']}"))]},
        {"messages": [message(custom_content=attachments(f"http://user:{SECRET['link-password']}@x.example/a.png"))]},
        {"messages": [message(custom_content=attachments(f"http://127.0.0.1:1/?token={SECRET['query']}"))]},
        {"messages": [message(custom_content=attachments("file:///etc/passwd", "files/../x"))]},
    ]
    return [json.dumps(body).encode() for body in good] + [
        b'{"messages": [{"role": "user", "content": "' + SECRET["prompt"].encode(),
        b"[1, 2",
        b"",
        b"\xff\xfe",
    ]


def failing_upstream():
    """Every answer is another failure; some repeat what they were sent."""
    number = 0

    async def handler(exchange):
        nonlocal number
        number += 1
        match number % 7:
            case 0:
                await speaking(["fine"])(exchange)
            case 1:
                error = {"x-amzn-ErrorType": "ThrottlingException", "Retry-After": "1"}
                await exchange.respond(429, "application/json", b'{"message":"slow down"}', error)
            case 2:
                await exchange.respond(500, "text/html", b"<html>trouble</html>")
            case 3:
                exchange.reset()
            case 4:
                await exchange.respond(200, "application/json", b"not json")
            case 5:
                await exchange.respond(
                    403,
                    "application/json",
                    b'{"message":"The security token included in the request is expired"}',
                    {"x-amzn-ErrorType": "ExpiredTokenException"},
                )
            case 6:
                await exchange.begin_stream()
                await exchange.chunk(b"\x00\x00\x00\x20garbage that is no frame at all.")
                await exchange.end_stream()

    return handler


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_no_secret_in_log_or_answer_of_failing_requests(log_format, start, upstream):
    upstream.handler = failing_upstream()
    environment = {
        "LOG_LEVEL": "DEBUG",
        "DIAL_SDK_LOG_FORMAT": log_format,
        "AWS_SECRET_ACCESS_KEY": SECRET["environment"],
        "AWS_SESSION_TOKEN": SECRET["environment-token"],
        "DIAL_URL": "http://127.0.0.1:1",
        "ANTHROPIC_BASE_URL": upstream.url,
    }
    stack = start(environment=environment)
    headers = [
        HEADERS,
        HEADERS | {"X-UPSTREAM-EXTRA-DATA": json.dumps(EXTRA)},
        HEADERS | {"X-UPSTREAM-EXTRA-DATA": json.dumps(EXTRA)[:-3]},
        HEADERS | {"X-UPSTREAM-EXTRA-DATA": json.dumps(EXTRA | {"region": f"a b {SECRET['extra-unknown']}"})},
        HEADERS | {"X-UPSTREAM-KEY": SECRET["upstream-key"]},
        HEADERS | {"X-UPSTREAM-KEY": SECRET["upstream-key"] + " with blanks"},
    ]
    shown, statuses = [], set()
    with httpx.Client(timeout=30) as client:
        for deployment in (chat.DEPLOYMENT, CLAUDE, "amazon.titan-tg1-large", "unknown"):
            for each in headers:
                for body in bodies():
                    path = stack.url + chat.path(deployment)
                    answer = client.post(f"{path}?api-version={SECRET['query']}", headers=each, content=body)
                    statuses.add(answer.status_code)
                    shown.append(answer.text + json.dumps(dict(answer.headers)))
    assert len(statuses) > 6, statuses
    time.sleep(0.3)
    log = stack.log()
    assert log.count("chat_completions") + log.count("chat/completions") > 100
    for place, secret in SECRET.items():
        assert secret not in log, f"{place} is in the log"
        if place not in ("prompt", "system", "tool", "stop", "link", "file-name"):
            # What the sender said himself may be quoted to him; keys may not.
            assert not [each for each in shown if secret in each], f"{place} is in an answer"


BREAKS = ["\r\nX-Evil: 1", "\nX-Evil: 1", "\rX-Evil: 1", "\u0000", "\u0085X-Evil: 1", "\u2028X-Evil: 1", "é"]


@pytest.mark.parametrize("text", BREAKS)
@pytest.mark.parametrize("member", ["region", "aws_access_key_id", "aws_session_token", "compatible_model_id"])
def test_members_of_extra_data_do_not_become_headers(member, text, scripted, upstream):
    extra = {"aws_access_key_id": "AKIDEXAMPLE", "aws_secret_access_key": "s", "aws_session_token": "t"}
    extra |= {member: extra.get(member, "us-east-1") + text}
    answer = chat.post(scripted.url, headers={"X-UPSTREAM-EXTRA-DATA": json.dumps(extra)})
    assert answer.status_code in (404, 500), answer.text
    assert "x-evil" not in answer.headers
    assert not upstream.exchanges


@pytest.mark.parametrize("text", BREAKS)
def test_a_role_does_not_become_more_than_a_field(text, surroundings, adapter):
    """It goes into a form, encoded."""
    around: Surroundings = surroundings()
    around.file("credentials", "[default]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = wrong\n")
    stack = adapter(around)
    extra = {"aws_assume_role_arn": role("a") + text + "&Action=GetCallerIdentity"}
    answer = chat.post(stack.url, headers={"X-UPSTREAM-EXTRA-DATA": json.dumps(extra)})
    assert answer.status_code == 403 and "SignatureDoesNotMatch" in answer.text
    assert "x-evil" not in answer.headers


@pytest.mark.parametrize("value", ["1\r\nX-Evil: 1", "1\tX-Evil", "soon; X-Evil=1", "\x01", "9" * 5000])
def test_what_an_upstream_says_does_not_become_a_header_of_ours(value, scripted, upstream):
    async def handler(exchange):
        head = "HTTP/1.1 429 X\r\nContent-Type: application/json\r\nContent-Length: 2\r\n"
        await exchange.raw(
            f"{head}Set-Cookie: a=b\r\nX-Accel-Redirect: /x\r\nRetry-After: {value}\r\n\r\n{{}}".encode()
        )

    upstream.handler = handler
    answer = chat.post(scripted.url)
    assert answer.status_code == 429
    assert not {"x-evil", "set-cookie", "x-accel-redirect"} & set(answer.headers)
    # A number of seconds or a date, or nothing.
    assert answer.headers.get("retry-after", "1") == "1"


@pytest.fixture(scope="module")
def scripted(_scripted):
    stack = Stack(sandbox=False, environment=aws_environment(_scripted.url))
    yield stack
    stack.close()


@pytest.mark.parametrize("assumed", [False, True], ids=["model", "role"])
def test_a_session_token_that_aws_quotes(start, upstream, assumed):
    """Where a signature does not match, AWS says what it should have been made of."""

    async def handler(exchange):
        quoted = f"POST\n/\n\nx-amz-security-token:{exchange.request.headers['x-amz-security-token']}\n"
        words = f"It does not match.\n\nThe Canonical String for this request should have been\n'{quoted}'\n"
        if assumed:
            error = f"<Error><Code>SignatureDoesNotMatch</Code><Message>{words}</Message></Error>"
            await exchange.respond(403, "text/xml", f"<ErrorResponse>{error}</ErrorResponse>".encode())
        else:
            body = json.dumps({"message": words}).encode()
            await exchange.respond(403, "application/json", body, {"x-amzn-errortype": "InvalidSignatureException"})

    upstream.handler = handler
    environment = {"AWS_SESSION_TOKEN": SECRET["environment-token"], "LOG_LEVEL": "DEBUG", "AIDIAL_LOG_LEVEL": "DEBUG"}
    stack = start(environment=environment | {"AWS_ENDPOINT_URL_STS": upstream.url})
    extra = {"aws_assume_role_arn": role("x")} if assumed else {}
    headers = chat.HEADERS | {"X-UPSTREAM-EXTRA-DATA": json.dumps(extra)}
    answer = httpx.post(stack.url + chat.path(), headers=headers, json=chat.body("x"))
    assert answer.status_code == 403 and "It does not match." in answer.text
    time.sleep(0.3)
    assert SECRET["environment-token"] not in answer.text + stack.log()
