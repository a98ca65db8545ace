"""The configuration files and the program's own options, without traffic."""

import re
import socket
import subprocess

import pytest

from support import chat
from support.stack import BINARIES, REPOSITORY, aws_environment, clean_environment

ADAPTER = BINARIES / "bedrock-adapter"


def run(*arguments, environment=None, cwd):
    return subprocess.run(
        [ADAPTER, *arguments],
        env=clean_environment(cwd) | (environment or {}),
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=20,
    )


def test_nginx_accepts_every_configuration():
    check = subprocess.run([REPOSITORY / "nginx" / "check.sh"], capture_output=True, text=True, timeout=30)
    assert check.returncode == 0, check.stderr


def test_version_and_help(tmp_path):
    version = run("--version", cwd=tmp_path)
    assert version.returncode == 0
    assert re.search(r"\d+\.\d+\.\d+", version.stdout)
    usage = run("--help", cwd=tmp_path)
    assert usage.returncode == 0
    assert "--listen" in usage.stdout and "--check-config" in usage.stdout


def test_check_config_accepts_a_good_environment(tmp_path):
    checked = run("--check-config", environment=aws_environment("http://127.0.0.1:1"), cwd=tmp_path)
    assert checked.returncode == 0, checked.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WEB_CONCURRENCY", "many"),
        ("COMPATIBILITY_MAPPING", "{not json"),
        ("CLAUDE_DEFAULT_MAX_TOKENS", "-"),
        ("REQUEST_TIMEOUT_SECONDS", "soon"),
    ],
)
def test_check_config_names_the_variable_at_fault(tmp_path, name, value):
    environment = aws_environment("http://127.0.0.1:1") | {name: value}
    checked = run("--check-config", environment=environment, cwd=tmp_path)
    assert checked.returncode != 0
    assert name in checked.stdout + checked.stderr


def test_check_config_reads_dotenv_and_the_environment_wins(tmp_path):
    (tmp_path / ".env").write_text("WEB_CONCURRENCY=many\n")
    assert run("--check-config", cwd=tmp_path).returncode != 0
    assert run("--check-config", environment={"WEB_CONCURRENCY": "2"}, cwd=tmp_path).returncode == 0


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xef\xbb\xbfWEB_CONCURRENCY=many\n", "WEB_CONCURRENCY"),
        (b"WEB_CONCURRENCY: many\n", "Line 1 of .env counts for nothing: write NAME=VALUE"),
        ("WEB_CONCURRENCY=many\n".encode("utf-16"), "The file .env was not read: it is not text in UTF-8"),
        (None, "The file .env was not read: it is a directory"),
        (b"#" * (1 << 20) + b"\nWEB_CONCURRENCY=many\n", "The file .env was not read: it has more than 1048576 bytes"),
    ],
    ids=["byte order mark", "no assignment", "UTF-16", "directory", "too long"],
)
def test_check_config_tells_what_dotenv_does_not_mean(tmp_path, content, said):
    if content is None:
        (tmp_path / ".env").mkdir()
    else:
        (tmp_path / ".env").write_bytes(content)
    checked = run("--check-config", cwd=tmp_path)
    assert said in checked.stdout + checked.stderr


def test_a_port_of_metrics_that_is_taken_is_an_error_that_names_it(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        settings = {"OTEL_METRICS_EXPORTER": "prometheus", "OTEL_EXPORTER_PROMETHEUS_PORT": port}
        refused = run("--listen", f"unix:{tmp_path}/a.sock", environment=settings, cwd=tmp_path)
    assert refused.returncode == 1 and "Usage" not in refused.stderr
    assert "metrics (OTEL_EXPORTER_PROMETHEUS_PORT): bind" in refused.stderr


@pytest.mark.parametrize("stream", [False, True])
def test_a_proxy_whose_name_is_unknown(start, stream):
    stack = start(environment=aws_environment("http://model.example") | {"HTTP_PROXY": "http://proxy.invalid:1"})
    answer = chat.post(stack.url, stream=stream)
    assert answer.status_code == 502
    assert "model.example: the proxy's host cannot be resolved" in answer.json()["error"]["message"]


def test_an_address_that_cannot_be_had_is_an_error_that_names_it(tmp_path):
    refused = run("--listen", "unix:/nowhere/at/all.sock", cwd=tmp_path)
    assert refused.returncode != 0
    assert "/nowhere/at/all.sock" in refused.stderr


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy"])
@pytest.mark.parametrize("place", ["environment", "dotenv"])
def test_a_proxy_on_the_way_to_the_model(start, upstream, name, place):
    settings = aws_environment("http://model.invalid") | {name: upstream.url}
    if place == "environment":
        stack = start(environment=settings)
    else:
        stack = start(dotenv="".join(f"{key}={value}\n" for key, value in settings.items()))
    assert chat.post(stack.url).status_code == 200
    assert (
        upstream.exchanges[0].request.target
        == f"http://model.invalid/model/{chat.DEPLOYMENT.replace(':', '%3A')}/converse"
    )


@pytest.mark.parametrize("name", ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL_BEDROCK_RUNTIME"])
def test_an_endpoint_that_is_no_url_stops_the_start(tmp_path, name):
    checked = run("--check-config", environment={name: "bedrock.example:8080"}, cwd=tmp_path)
    assert checked.returncode != 0 and name in checked.stderr


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("AWS_PROFILE", "nobody", "the profile named by AWS_PROFILE"),
        ("AWS_DEFAULT_PROFILE", "nobody", "the profile named by AWS_DEFAULT_PROFILE"),
        ("AWS_DEFAULT_REGION", "US EAST", "not a valid region name (AWS_DEFAULT_REGION)"),
        ("AWS_ACCESS_KEY_ID", "AKID", "AWS_SECRET_ACCESS_KEY is not set"),
        ("AWS_BEARER_TOKEN_BEDROCK", "schlüssel", "AWS_BEARER_TOKEN_BEDROCK holds"),
        ("AWS_METADATA_SERVICE_TIMEOUT", "0.5", "AWS_METADATA_SERVICE_TIMEOUT must be"),
        ("AWS_CA_BUNDLE", "/nowhere/at/all", "/nowhere/at/all"),
        ("AWS_CA_BUNDLE", "/etc", "/etc (AWS_CA_BUNDLE"),
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://example.com/", "_FULL_URI must be https or"),
        ("DEFAULT_REGION", "us-east-1", "DEFAULT_REGION is deprecated"),
    ],
)
def test_check_config_warns_of_what_some_requests_may_do_without(tmp_path, name, value, said):
    checked = run("--check-config", environment={name: value}, cwd=tmp_path)
    assert checked.returncode == 0, checked.stderr
    assert any(line.startswith("Warning: ") and said in line for line in checked.stdout.splitlines()), checked.stdout


@pytest.mark.parametrize(("key", "is_told"), [("AWS_ACCESS_KEY_ID", False), ("AWS_BEARER_TOKEN_BEDROCK", True)])
def test_check_config_knows_what_is_asked_beside_keys(tmp_path, key, is_told):
    environment = {key: "K", "AWS_SECRET_ACCESS_KEY": "S", "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://example.com/"}
    checked = run("--check-config", environment=environment, cwd=tmp_path)
    assert checked.returncode == 0, checked.stderr
    assert ("AWS_CONTAINER_CREDENTIALS_FULL_URI" in checked.stdout) == is_told, checked.stdout


def test_a_file_that_is_no_socket_is_not_replaced(tmp_path):
    file = tmp_path / "important.txt"
    file.write_text("kept")
    refused = run("--listen", f"unix:{file}", cwd=tmp_path)
    assert refused.returncode != 0 and "Address already in use" in refused.stderr
    assert file.read_text() == "kept"
