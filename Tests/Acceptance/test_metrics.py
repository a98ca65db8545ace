"""What Prometheus reads: the text parses, the numbers are true, and no label is anybody's free text."""

import asyncio
import json
import socket

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from support import chat, event_stream, scripted_claude
from support.stack import free_ports
from support.upstream import speaking

CHAT = "/openai/deployments/{deployment_id}/chat/completions"
NOVA = {
    "gen_ai_operation_name": "chat",
    "gen_ai_provider_name": "aws.bedrock",
    "gen_ai_request_model": chat.DEPLOYMENT,
}


class Scrape:
    def __init__(self, port: int) -> None:
        answer = httpx.get(f"http://127.0.0.1:{port}/metrics")
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
        self.text = answer.text
        self.families = {family.name: family for family in text_string_to_metric_families(answer.text)}

    def value(self, name: str, **labels: str) -> float:
        """The sum of the samples of that name that have these labels."""
        return sum(
            sample.value
            for family in self.families.values()
            for sample in family.samples
            if sample.name == name and labels.items() <= sample.labels.items()
        )


@pytest.fixture
def measured(start):
    """Starts programs that are measured. Gives the stack and a function that scrapes it."""

    def begin(**environment: str):
        (port,) = free_ports(1)
        stack = start(
            environment={"OTEL_METRICS_EXPORTER": "prometheus", "OTEL_EXPORTER_PROMETHEUS_PORT": str(port)}
            | environment
        )
        return stack, lambda: Scrape(port)

    return begin


def test_requests_tokens_and_times_are_counted(measured, upstream):
    stack, scrape = measured(WEB_CONCURRENCY="3")
    for number in range(6):
        assert chat.post(stack.url, stream=number % 2 == 0).status_code == 200
    assert httpx.get(stack.url + "/openai/models").status_code == 200
    assert httpx.get(stack.url + "/nowhere/at/all").status_code == 404
    found = scrape()
    request = {"http_method": "POST", "http_target": CHAT, "http_status_code": "200"}
    assert found.value("http_server_duration_milliseconds_count", **request) == 6
    assert 0 < found.value("http_server_duration_milliseconds_sum", **request) < 60_000
    assert found.value("http_server_duration_milliseconds_count", http_target="/openai/models") == 1
    assert found.value("http_server_duration_milliseconds_count", http_target="", http_status_code="404") == 1
    assert found.value("gen_ai_client_operation_duration_seconds_count", **NOVA) == 6
    assert found.value("gen_ai_client_operation_time_to_first_chunk_seconds_count", **NOVA) == 3
    for kind, tokens in (("input", 11), ("output", 7)):
        assert found.value("gen_ai_client_token_usage_count", gen_ai_token_type=kind, **NOVA) == 6
        assert found.value("gen_ai_client_token_usage_sum", gen_ai_token_type=kind, **NOVA) == 6 * tokens
    assert found.value("dial_adapter_upstream_errors_total") == 0
    assert found.value("http_server_active_requests") == 0
    assert found.value("dial_adapter_open_streams") == 0


def test_histograms_are_consistent(measured, upstream):
    stack, scrape = measured()
    for _ in range(5):
        chat.post(stack.url, stream=True)
    histograms = [family for family in scrape().families.values() if family.type == "histogram"]
    assert len(histograms) == 4
    for family in histograms:
        buckets = [sample for sample in family.samples if sample.name == family.name + "_bucket"]
        series: dict[tuple, list[float]] = {}
        for sample in buckets:
            key = tuple(sorted((k, v) for k, v in sample.labels.items() if k != "le"))
            series.setdefault(key, []).append(sample.value)
        counts = {
            tuple(sorted(sample.labels.items())): sample.value
            for sample in family.samples
            if sample.name == family.name + "_count"
        }
        for key, values in series.items():
            assert values == sorted(values)
            assert values[-1] == counts[key] > 0


def test_streams_under_way_are_seen(measured, upstream):
    stack, scrape = measured()
    upstream.handler = speaking(["a "] * 20, pause=0.1)

    async def run() -> Scrape:
        streams = asyncio.gather(*(chat.raw_stream(stack.port, "Hello") for _ in range(4)))
        while len(upstream.exchanges) < 4:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.2)
        found = await asyncio.to_thread(scrape)
        await streams
        return found

    found = asyncio.run(run())
    assert found.value("dial_adapter_open_streams") == 4
    assert found.value("http_server_active_requests") == 4
    assert found.value("dial_adapter_upstream_connections", pool="bedrock", state="active") == 4
    after = scrape()
    assert after.value("dial_adapter_open_streams") == 0
    assert after.value("dial_adapter_upstream_connections", state="active") == 0


def test_errors_and_retries_by_type(measured, upstream):
    stack, scrape = measured(BOTOCORE_MAX_RETRY_ATTEMPTS="1")

    async def throttled(exchange):
        await exchange.respond(
            429, "application/json", b'{"message":"no"}', {"x-amzn-ErrorType": "ThrottlingException"}
        )

    async def surprising(exchange):
        await exchange.respond(400, "application/json", b'{"message":"no"}', {"x-amzn-ErrorType": "Name-of-theirs"})

    async def cut(exchange):
        exchange.reset()

    for handler in (throttled, surprising, cut):
        upstream.handler = handler
        assert chat.post(stack.url).status_code >= 400
    found = scrape()
    for error_type in ("ThrottlingException", "400", "502"):
        assert found.value("dial_adapter_upstream_errors_total", error_type=error_type, **NOVA) == 1, error_type
        assert found.value("gen_ai_client_operation_duration_seconds_count", error_type=error_type, **NOVA) == 1
    assert found.value("dial_adapter_upstream_retries_total", **NOVA) == 2
    assert "Name-of-theirs" not in found.text


def test_calls_that_others_failure_ends_are_no_failures(measured, upstream):
    """Answers so long that another thread still reads them when one is refused."""
    vectors = json.dumps({"embeddings": [[0.5] * 8000] * 96, "response_type": "embeddings_floats"}).encode()
    refusal = {"x-amzn-ErrorType": "ValidationException"}

    async def handler(exchange):
        if b'"bad"' in exchange.request.body:
            await asyncio.sleep(0.05)
            await exchange.respond(400, "application/json", b'{"message":"no"}', refusal)
        else:
            await exchange.respond(200, "application/json", vectors)

    stack, scrape = measured()
    upstream.handler = handler
    url = f"{stack.url}/openai/deployments/cohere.embed-english-v3/embeddings"
    for _ in range(10):
        texts = ["bad", *["x"] * 383]
        assert httpx.post(url, headers=chat.HEADERS, json={"input": texts}).status_code == 400
    assert scrape().value("dial_adapter_upstream_errors_total", error_type="invalid_response") == 0


@pytest.mark.parametrize("begun", [False, True])
def test_exceptions_within_a_stream_have_their_names(measured, upstream, begun):
    async def handler(exchange):
        await exchange.begin_stream()
        if begun:
            await exchange.chunk(event_stream.START + event_stream.text("word "))
        await exchange.chunk(event_stream.exception("throttlingException", {"message": "no"}))
        await exchange.end_stream()

    stack, scrape = measured()
    upstream.handler = handler
    assert chat.post(stack.url, stream=True).status_code == (200 if begun else 429)
    assert scrape().value("dial_adapter_upstream_errors_total", error_type="ThrottlingException", **NOVA) == 1
    assert "error_type=ThrottlingException" in stack.log()


def test_a_client_that_leaves_is_no_error_of_the_upstream(measured, upstream):
    stack, scrape = measured()

    async def silent(exchange):
        await exchange.closed()

    upstream.handler = silent
    with pytest.raises(httpx.ReadTimeout):
        chat.post(stack.url, timeout=0.3)
    for _ in range(100):
        found = scrape()
        if found.value("http_server_active_requests") == 0:
            break
    assert found.value("gen_ai_client_operation_duration_seconds_count", error_type="cancelled", **NOVA) == 1
    assert found.value("dial_adapter_upstream_errors_total") == 0


def test_labels_are_of_the_catalog_only(measured, upstream):
    """A client that makes up deployments, methods and paths makes no series of its own."""
    stack, scrape = measured(COMPATIBILITY_MAPPING='{"mine-FREETEXT": "amazon.nova-lite-v1:0"}')
    chat.post(stack.url)
    before = len(scrape().text.splitlines())
    with httpx.Client(base_url=stack.url) as client:
        for number in range(20):
            client.post(chat.path(f"FREETEXT{number}"), headers=chat.HEADERS, json=chat.body("Hello"))
            client.request(f"FREETEXT{number}", "/health")
            client.get(f"/FREETEXT{number}")
        assert client.post(chat.path("mine-FREETEXT"), headers=chat.HEADERS, json=chat.body("x")).status_code == 200
        profile = "zz." + chat.DEPLOYMENT
        assert client.post(chat.path(profile), headers=chat.HEADERS, json=chat.body("x")).status_code == 200
    found = scrape()
    assert "FREETEXT" not in found.text and "zz." not in found.text
    assert found.value("gen_ai_client_operation_duration_seconds_count", **NOVA) == 3
    # Some statuses are new, 60 made-up names are not among them.
    assert len(found.text.splitlines()) - before < 3 * 20


def test_anthropic_and_embeddings_have_names_of_their_own(measured, upstream):
    stack, scrape = measured(ANTHROPIC_BASE_URL=upstream.url)
    upstream.handler = scripted_claude.speaking(["fine"])
    for headers in ({}, {"X-UPSTREAM-KEY": "key"}):
        answer = httpx.post(
            stack.url + chat.path(scripted_claude.DEPLOYMENT), headers=chat.HEADERS | headers, json=chat.body("Hello")
        )
        assert answer.status_code == 200, answer.text

    async def vector(exchange):
        await exchange.respond(200, "application/json", b'{"embedding":[0.5],"inputTextTokenCount":3}')

    upstream.handler = vector
    model = "amazon.titan-embed-text-v2:0"
    answer = httpx.post(
        f"{stack.url}/openai/deployments/{model}/embeddings", headers=chat.HEADERS, json={"input": ["a", "b"]}
    )
    assert answer.status_code == 200
    found = scrape()
    for provider in ("anthropic", "aws.bedrock"):
        assert (
            found.value(
                "gen_ai_client_operation_duration_seconds_count",
                gen_ai_provider_name=provider,
                gen_ai_request_model=scripted_claude.DEPLOYMENT,
            )
            == 1
        )
    assert found.value("gen_ai_client_operation_duration_seconds_count", gen_ai_operation_name="embeddings") == 2
    assert found.value("gen_ai_client_token_usage_sum", gen_ai_request_model=model) == 6


def test_the_process_is_described(measured, upstream):
    _, scrape = measured(OTEL_SERVICE_NAME='a "name"')
    found = scrape()
    assert found.value("process_resident_memory_bytes") > 1 << 20
    assert 0 < found.value("process_cpu_seconds_total") < 60
    assert 5 < found.value("process_open_fds") < found.value("process_max_fds")
    assert found.value("process_start_time_seconds") > 1.7e9
    assert found.value("target_info", service_name='a "name"') == 1


def test_credential_refreshes(measured, upstream, tmp_path):
    token = tmp_path / "token"
    token.write_text("a.web.identity")
    stack, scrape = measured(
        AWS_ACCESS_KEY_ID="",
        AWS_SECRET_ACCESS_KEY="",
        AWS_WEB_IDENTITY_TOKEN_FILE=str(token),
        AWS_ROLE_ARN="arn:aws:iam::123456789012:role/Adapter",
        AWS_ENDPOINT_URL_STS=upstream.url,
    )

    async def denied(exchange):
        text = b"<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>"
        await exchange.respond(403, "text/xml", text)

    upstream.handler = denied
    assert chat.post(stack.url).status_code == 403
    refused = {"source": "the default chain", "outcome": "failure"}
    assert scrape().value("dial_adapter_credential_refresh_total", **refused) == 1


def test_the_listener_is_http_and_nothing_more(measured, upstream):
    (port,) = free_ports(1)
    stack, _ = measured(OTEL_EXPORTER_PROMETHEUS_PORT=str(port))
    base = f"http://127.0.0.1:{port}"
    assert httpx.get(base + "/").status_code == 404
    assert httpx.post(base + "/metrics").status_code == 405
    assert httpx.head(base + "/metrics").text == ""
    assert httpx.get(base + "/metrics?name=x").status_code == 200
    for bytes_ in (b"nonsense\r\n\r\n", b"\0" * 100 + b"\r\n\r\n", b"GET /metrics HTTP/1.1\r\nX: " + b"x" * 20_000):
        with socket.create_connection(("127.0.0.1", port), timeout=15) as connection:
            connection.sendall(bytes_)
            answer = b""
            try:
                while piece := connection.recv(4096):
                    answer += piece
            except ConnectionResetError:
                pass
            assert b" 200 " not in answer
    # Silent connections beyond the limit are closed; scrapes go on once they are gone.
    held = [socket.create_connection(("127.0.0.1", port)) for _ in range(80)]
    for each in held[64:]:
        each.settimeout(5)
        assert each.recv(1) == b""
    with pytest.raises(httpx.HTTPError):
        httpx.get(base + "/metrics")
    for each in held:
        each.close()
    assert httpx.get(base + "/metrics").status_code == 200
    # And none of it is on the port of the DIAL API.
    assert httpx.get(stack.url + "/metrics").status_code == 404


def test_without_the_exporter_nothing_listens(start, upstream):
    (port,) = free_ports(1)
    start(environment={"OTEL_EXPORTER_PROMETHEUS_PORT": str(port)})
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://127.0.0.1:{port}/metrics")
