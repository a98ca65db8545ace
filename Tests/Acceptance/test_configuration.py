"""The configuration files and the program's own options, without traffic."""

import re
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
