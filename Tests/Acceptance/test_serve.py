"""What a newcomer sees: the start script, the README's commands, credentials, the way down."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time

import httpx
import pytest

from support import chat, sigv4
from support.stack import (
    ACCESS_KEY,
    BINARIES,
    REPOSITORY,
    SECRET_KEY,
    START,
    Stack,
    aws_environment,
    clean_environment,
    free_ports,
)
from support.upstream import speaking


def printed_curl(stack) -> str:
    return re.search(r"^Try:\s+(curl .*)$", stack.log(), re.MULTILINE)[1]


def run_curl(command: str) -> chat.Timed:
    """Runs a command line and keeps the time of each piece of output."""
    result = chat.Timed()
    with subprocess.Popen(["bash", "-c", command], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        while piece := os.read(process.stdout.fileno(), 65536):
            result.text += piece.decode()
            result.times.append(time.monotonic())
        errors = process.stderr.read().decode()
    assert process.returncode == 0, errors
    return result


def assert_words_came_over_time(result: chat.Timed) -> None:
    chunks = chat.events(result.text)
    assert chunks[-1] == "[DONE]"
    words = len(chunks) - 3
    assert words >= 5, result.text
    assert len(result.times) >= words / 2, "the events came in a few heaps"
    # 50 tokens a second, and room for a slow machine on one side only: nothing may come early.
    assert result.times[-1] - result.times[0] >= 0.5 * words / 50


def test_without_credentials_the_sandbox_answers_and_one_line_says_so(start):
    stack = start(sandbox=None, dotenv="# AWS_ACCESS_KEY_ID=commented\nAWS_SECRET_ACCESS_KEY=\n")
    assert "bedrock-sandbox" in stack.children()
    assert len([line for line in stack.log().splitlines() if "sandbox, not from AWS" in line]) == 1
    assert chat.post(stack.url).status_code == 200


def test_printed_curl_streams_over_http(sandbox):
    assert_words_came_over_time(run_curl(printed_curl(sandbox)))


def test_printed_curl_streams_over_https_with_http2(sandbox):
    command = printed_curl(sandbox).replace(f"http://localhost:{sandbox.port}", sandbox.tls_url)
    command += f" --cacert {sandbox.certificate} --http2 -w '\\ndata: \"%{{http_version}}\"\\n\\n'"
    result = run_curl(command)
    body, _, version = result.text.rpartition('\ndata: "')
    assert version.startswith("2")
    result.text = body
    assert_words_came_over_time(result)


def readme_blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", (REPOSITORY / "README.md").read_text(), re.DOTALL)


def test_readme_curl_works_as_it_stands(sandbox):
    commands = [block for block in readme_blocks("sh") if block.startswith("curl ")]
    assert commands, "the README has no curl"
    for command in commands:
        result = run_curl(command.replace("localhost:5001", f"localhost:{sandbox.port}"))
        assert chat.content(chat.events(result.text)).strip()


def test_readme_python_works_as_it_stands(sandbox):
    azure, plain = readme_blocks("python")
    run_python(azure, sandbox)
    stack = Stack(sandbox=True, environment={"DIAL_ADAPTER_IGNORE_UNKNOWN_FIELDS": "true"})
    try:
        run_python(plain, stack)
    finally:
        stack.close()


def run_python(program: str, stack: Stack) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", program.replace("localhost:5001", f"localhost:{stack.port}")],
        capture_output=True,
        text=True,
        timeout=30,
        env=clean_environment(REPOSITORY),
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.strip()


def dotenv(endpoint: str) -> str:
    return (
        f"# access to AWS\nAWS_ACCESS_KEY_ID={ACCESS_KEY}\nAWS_SECRET_ACCESS_KEY='{SECRET_KEY}'\n"
        f"export AWS_DEFAULT_REGION=eu-west-1\nAWS_ENDPOINT_URL_BEDROCK_RUNTIME={endpoint}\n"
    )


@pytest.mark.parametrize("source", ["environment", ".env"])
def test_the_sandbox_is_asked_whatever_session_a_person_has(start, source):
    session = {
        "AWS_SESSION_TOKEN": "session",
        "AWS_SECURITY_TOKEN": "session",
        "AWS_BEARER_TOKEN_BEDROCK": "key",
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
    }
    if source == ".env":
        stack = start(sandbox=True, dotenv="".join(f"{name}={value}\n" for name, value in session.items()))
    else:
        stack = start(sandbox=True, environment=session)
    assert "SANDBOX=yes: answers come from the built-in sandbox" in stack.log()
    answer = chat.post(stack.url)
    assert answer.status_code == 200, answer.text


def test_empty_quotes_in_the_environment_file_are_no_credentials(start):
    stack = start(sandbox=None, dotenv="AWS_ACCESS_KEY_ID=\"\"\nAWS_PROFILE=''\n")
    assert "bedrock-sandbox" in stack.children()


def test_all_addresses_of_ipv6(start):
    if not os.path.exists("/proc/net/if_inet6"):
        pytest.skip("this machine has no IPv6")
    stack = start(sandbox=True, environment={"HOST": "[::]"})
    assert httpx.get(f"http://[::1]:{stack.port}/health").status_code == 200


@pytest.mark.parametrize("name", ["a folder; of mine", "x" * 90])
def test_folders_for_temporary_files_may_have_any_name(start, tmp_path, name):
    folder = tmp_path / name
    folder.mkdir()
    stack = start(sandbox=True, environment={"TMPDIR": str(folder)})
    assert chat.post(stack.url).status_code == 200
    stack.interrupt()
    assert stack.wait(10) == 0


def test_every_model_of_the_listing_answers_in_the_sandbox(sandbox):
    for model in httpx.get(sandbox.url + "/openai/models").json()["data"]:
        if model["capabilities"]["embeddings"] or model["id"].startswith("stability."):
            continue
        body = chat.body("words:2", max_tokens=10)
        answer = httpx.post(sandbox.url + chat.path(model["id"]), headers=chat.HEADERS, json=body, timeout=30)
        assert answer.status_code == 200, (model["id"], answer.text)


@pytest.mark.parametrize("source", ["environment", ".env"])
def test_with_credentials_requests_go_to_aws_signed(start, upstream, source):
    if source == ".env":
        stack = start(sandbox=None, dotenv=dotenv(upstream.url))
        region = "eu-west-1"
    else:
        stack = start(sandbox=None)
        region = "us-east-1"
    assert "bedrock-sandbox" not in stack.children()
    answer = chat.post(stack.url, "To AWS with this")
    assert answer.status_code == 200, answer.text
    assert answer.json()["choices"][0]["message"]["content"] == "Hello world"

    request = upstream.exchanges[-1].request
    assert request.method == "POST"
    assert request.target == "/model/amazon.nova-lite-v1%3A0/converse"
    assert b"To AWS with this" in request.body
    assert f"Credential={ACCESS_KEY}/" in request.headers["authorization"]
    assert f"/{region}/bedrock/aws4_request" in request.headers["authorization"]
    carried, expected = sigv4.expected_signature(request, SECRET_KEY)
    assert carried == expected


def test_ctrl_c_stops_everything_and_leaves_nothing(start):
    stack = start(sandbox=True)
    children = stack.children()
    assert sorted(children) == ["bedrock-adapter", "bedrock-sandbox", "nginx"]
    stack.interrupt()
    assert stack.wait(10) == 0
    for process in children.values():
        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)
    assert not list(stack.directory.glob("dial-adapter.*"))


@pytest.mark.parametrize("grace", [{}, {"environment": {"DIAL_ADAPTER_SHUTDOWN_GRACE_SECONDS": "9.5"}}])
def test_ctrl_c_lets_a_running_stream_finish(start, upstream, grace):
    words = [f"word{number} " for number in range(20)]
    upstream.handler = speaking(words, pause=0.05)
    stack = start(**grace)
    with (
        httpx.Client(timeout=30) as client,
        client.stream(
            "POST", stack.url + chat.path(), headers=chat.HEADERS, json=chat.body("x", stream=True)
        ) as answer,
    ):
        pieces = answer.iter_text()
        text = next(pieces)
        stack.interrupt()
        text += "".join(pieces)
    chunks = chat.events(text)
    assert chunks[-1] == "[DONE]"
    assert chat.content(chunks) == "".join(words)
    assert stack.wait(10) == 0


def test_the_grace_period_may_stand_in_the_environment_file(start, upstream):
    upstream.handler = speaking(["word "] * 100, pause=0.2)
    stack = start(sandbox=None, dotenv=dotenv(upstream.url) + "DIAL_ADAPTER_SHUTDOWN_GRACE_SECONDS='0.5'\n")
    with (
        httpx.Client(timeout=30) as client,
        client.stream(
            "POST", stack.url + chat.path(), headers=chat.HEADERS, json=chat.body("x", stream=True)
        ) as answer,
    ):
        next(answer.iter_text())
        stack.interrupt()
        assert stack.wait(10) == 0


def test_load_balancers_are_told_before_anything_is_refused(start, upstream):
    stack = start(environment={"DIAL_ADAPTER_DRAIN_DELAY_SECONDS": "3"})
    assert httpx.get(stack.url + "/ready").status_code == 200
    stack.interrupt()
    limit = time.monotonic() + 1.5
    while httpx.get(stack.url + "/ready").status_code == 200 and time.monotonic() < limit:
        time.sleep(0.05)
    answers = []
    told = time.monotonic()
    while time.monotonic() < told + 1:
        answers.append((httpx.get(stack.url + "/ready").status_code, chat.post(stack.url).status_code))
        time.sleep(0.1)
    assert set(answers) == {(503, 200)}
    assert stack.wait(10) == 0
    assert "Killed" not in stack.log()


@pytest.mark.parametrize("name", ["bedrock-adapter", "bedrock-sandbox", "nginx"])
def test_when_one_program_dies_the_rest_stops_and_it_is_named(start, name):
    stack = start(sandbox=True)
    os.kill(stack.children()[name], signal.SIGKILL)
    assert stack.wait(15) != 0
    assert f"{name} ended" in stack.log()
    assert stack.children() == {}
    # nginx's workers are no children of the script.
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", stack.port)) != 0, "the port is still taken"


def test_a_program_that_does_not_start_ends_the_rest_at_once(tmp_path):
    """Also where nginx, as it may while it starts, does not hear the first signal."""
    environment = clean_environment(tmp_path) | aws_environment("http://127.0.0.1:1")
    real = shutil.which("nginx", path=environment["PATH"] + ":/usr/sbin")
    slow = tmp_path / "bin" / "nginx"
    slow.parent.mkdir()
    slow.write_text(f"#!/bin/sh\ntrap '' QUIT\nsleep 1\nexec {real} \"$@\"\n")
    slow.chmod(0o755)
    port, tls_port = free_ports(2)
    environment |= {"PORT": str(port), "TLS_PORT": str(tls_port), "CLAUDE_DEFAULT_MAX_TOKENS": "0"}
    environment["PATH"] = f"{slow.parent}:{environment['PATH']}"
    environment["BINARIES"] = str(BINARIES)
    ran = subprocess.run([START], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=15)
    assert ran.returncode != 0
    assert "bedrock-adapter ended with status 64; stopping the rest" in ran.stderr


def test_a_taken_port_is_named(tmp_path):
    port, tls_port = free_ports(2)
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        environment = clean_environment(tmp_path) | {"PORT": str(port), "TLS_PORT": str(tls_port), "SANDBOX": "no"}
        environment["BINARIES"] = str(BINARIES)
        ran = subprocess.run([START], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=20)
    assert ran.returncode != 0
    assert f"port {port} is in use" in ran.stderr


@pytest.mark.parametrize(
    "variables", [{"PORT": "abc"}, {"PORT": "08001"}, {"TLS_PORT": "70000"}, {"SANDBOX_PORT": "0"}]
)
def test_a_port_that_is_none_is_told(tmp_path, variables):
    ((name, value),) = variables.items()
    environment = clean_environment(tmp_path) | variables | {"BINARIES": str(BINARIES)}
    ran = subprocess.run([START], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=30)
    assert ran.returncode == 1 and f"{name}={value}: it is a port's number" in ran.stderr


def environment_of_script(home) -> dict[str, str]:
    port, sandbox_port = free_ports(2)
    ports = {"PORT": str(port), "TLS_PORT": "", "SANDBOX_PORT": str(sandbox_port)}
    return clean_environment(home) | ports | {"BINARIES": str(BINARIES)}


def test_an_empty_variable_hides_that_of_the_file(tmp_path):
    """For the adapter as for the script: without keys it is the sandbox that answers."""
    (tmp_path / ".env").write_text("AWS_ACCESS_KEY_ID=A\nAWS_SECRET_ACCESS_KEY=S\n")
    environment = environment_of_script(tmp_path) | {"AWS_ACCESS_KEY_ID": ""}
    with subprocess.Popen([START], cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True) as running:
        try:
            assert "answers come from the built-in sandbox" in running.stdout.readline()
        finally:
            running.terminate()


def test_a_signal_just_before_the_script_waits_is_not_lost(tmp_path):
    """Bash runs the trap, then the command that waits; BASH_ENV lets a test speak between the two."""
    (tmp_path / "signal.sh").write_text(
        """trap 'case $BASH_COMMAND in wait*|read*) kill -TERM $$; trap - DEBUG; echo sent ;; esac' DEBUG\n"""
    )
    environment = environment_of_script(tmp_path) | {"SANDBOX": "yes", "BASH_ENV": str(tmp_path / "signal.sh")}
    ran = subprocess.run([START], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=30)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.endswith("Stop:  Ctrl-C\nsent\n")


@pytest.mark.parametrize(
    ("host", "shown"),
    [("127.0.0.2", "127.0.0.2"), ("::1", "[::1]"), ("[::1]", "[::1]"), ("::", "[::1]"), ("0.0.0.0", "localhost")],
)
def test_it_listens_where_it_is_told_to_and_says_so(tmp_path, host, shown):
    if ":" in host and not os.path.exists("/proc/net/if_inet6"):
        pytest.skip("this machine has no IPv6")
    environment = environment_of_script(tmp_path) | {"SANDBOX": "yes", "HOST": host}
    with subprocess.Popen([START], cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True) as running:
        try:
            lines = iter(running.stdout.readline, "")
            url = next(line.split()[1] for line in lines if line.startswith("HTTP "))
            assert url.startswith(f"http://{shown}:")
            assert httpx.get(url + "/health").status_code == 200
        finally:
            running.terminate()


def test_ports_have_to_be_different(tmp_path):
    (port,) = free_ports(1)
    environment = clean_environment(tmp_path) | {"PORT": str(port), "TLS_PORT": str(port + 1), "SANDBOX": "yes"}
    environment["BINARIES"] = str(BINARIES)
    ran = subprocess.run([START], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=20)
    assert ran.returncode != 0
    assert f"the ports {port} {port + 1} {port + 1} are not different" in ran.stderr


def test_the_printed_curl_is_the_one_of_the_readme(sandbox):
    printed = printed_curl(sandbox).replace(f"localhost:{sandbox.port}", "localhost:5001")
    readme = [" ".join(block.replace("\\\n", " ").split()) for block in readme_blocks("sh")]
    assert " ".join(printed.split()) in readme
