"""lighttpd and Apache in the place of nginx, with the configurations of docs/web-servers.md as they stand."""

import shlex

import httpx
import pytest

from support import chat
from support.hosting import Hosting, answers, documented, libraries, program
from support.stack import BINARIES, aws_environment, free_ports
from support.upstream import speaking
from test_cancellation import assert_prompt, leave, stuck

SOCKET = "/run/dial-adapter/fcgi.sock"


class Site(Hosting):
    def __init__(self, name: str, upstream):
        super().__init__()
        self.name = name
        try:
            self.environment = aws_environment(upstream.url)
            (self.port,) = free_ports(1)
            getattr(self, name.replace(" ", "_"))()
        except BaseException:
            self.close()
            raise

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def block(self, heading: str, language: str) -> str:
        text = documented("web-servers.md", heading, language)
        assert SOCKET in text
        text = text.replace(SOCKET, str(self.folder / "fcgi.sock"))
        return text.replace("/usr/local/bin/bedrock-adapter", str(BINARIES / "bedrock-adapter"))

    def lighttpd_with_a_socket(self):
        self.adapter("unix:fcgi.sock", self.environment)
        self.lighttpd(self.block("lighttpd", "lighttpd"), self.port)

    def lighttpd_that_spawns(self):
        text = self.block("lighttpd", "lighttpd").partition("fastcgi.server")[0]
        text += self.block("lighttpd", "lighttpd-spawn")
        self.lighttpd(text, self.port, environment=self.environment)

    def lighttpd_with_spawn_fcgi(self):
        command = shlex.split(self.block("lighttpd", "sh"))
        command[0] = program(command[0])
        environment = self.environment | libraries()
        self.run(command, until=lambda: answers(str(self.folder / "fcgi.sock")), environment=environment)
        self.lighttpd(self.block("lighttpd", "lighttpd"), self.port)

    def apache_with_mod_proxy_fcgi(self):
        self.folder.chmod(0o755)
        # The test's Apache runs as another user where the test is root.
        self.adapter("unix:fcgi.sock", self.environment | {"DIAL_ADAPTER_SOCKET_MODE": "0666"} | HEARTBEAT)
        self.apache(self.block("Apache with mod_proxy_fcgi", "apache"), self.port)


HEARTBEAT = {"DIAL_SDK_SSE_HEARTBEAT_INTERVAL": "0.2"}
"""Apache notices that a client left when there is something to write."""

SERVERS = ["lighttpd with a socket", "lighttpd that spawns", "lighttpd with spawn fcgi", "apache with mod_proxy_fcgi"]


@pytest.fixture(scope="module", params=SERVERS)
def _site(request, _scripted):
    site = Site(request.param, _scripted)
    yield site
    site.close()


@pytest.fixture
def site(_site, upstream):
    return _site


def assert_words_stream(url: str, upstream) -> None:
    words = [f"word{number} " for number in range(20)]
    upstream.handler = speaking(words, pause=0.05)
    with httpx.Client(timeout=30) as client:
        answer = chat.post_timed(client, url, "Hello")
    chunks = chat.events(answer.text)
    assert chunks[-1] == "[DONE]"
    assert chat.content(chunks) == "".join(words)
    assert len(answer.times) >= 10, "the words came in a few heaps"
    assert answer.times[-1] - answer.times[0] >= 0.5


def test_words_stream_as_they_come(site, upstream):
    assert_words_stream(site.url, upstream)


def test_large_bodies_and_long_answers_arrive_whole(site, upstream):
    words = ["0123456789abcdef" * 6400] * 20
    upstream.handler = speaking(words)
    answer = chat.post(site.url, "0123456789abcdef" * (1 << 18))
    assert answer.json()["choices"][0]["message"]["content"] == "".join(words)
    assert upstream.exchanges[-1].request.body.count(b"0123456789abcdef") == 1 << 18


def test_inference_profiles_are_found(site, upstream):
    arn = "arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Ainference-profile%2Fus.amazon.nova-lite-v1%3A0"
    answer = httpx.post(site.url + chat.path(arn), headers=chat.HEADERS, json=chat.body("Hello"), timeout=30)
    assert answer.status_code == 200, answer.text
    assert "inference-profile%2Fus.amazon.nova-lite-v1%3A0" in upstream.exchanges[-1].request.target


@pytest.mark.parametrize(
    ("deployment", "body", "status"), [("no.such-model", b'{"messages":[]}', 404), (chat.DEPLOYMENT, b"{", 400)]
)
def test_errors_keep_their_status_and_shape(site, deployment, body, status):
    answer = httpx.post(site.url + chat.path(deployment), headers=chat.HEADERS, content=body, timeout=30)
    assert answer.status_code == status
    assert answer.json()["error"]["message"]


def test_leaving_cancels_the_upstream_transfer(site, upstream):
    upstream.handler = stuck
    delays = [leave(site, upstream, True, True) for _ in range(3)]
    if site.name.startswith("apache"):
        # Two heartbeats: the first one gets the client's refusal, the second finds the connection closed.
        assert max(delays) < 2
    else:
        assert_prompt(delays)
