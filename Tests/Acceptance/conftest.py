import functools

import httpx._transports.default
import pytest

from support import identity
from support.claude import claude  # noqa: F401
from support.converse import _programs, programs  # noqa: F401
from support.stack import BINARIES, Stack, aws_environment
from support.tunnel import TLSFront
from support.upstream import ScriptedUpstream

# Each client would read all the certificates of the world, forty milliseconds of work, to talk to this machine.
httpx._transports.default.create_ssl_context = functools.cache(httpx._transports.default.create_ssl_context)


def pytest_configure(config):
    for name in ("bedrock-adapter", "bedrock-sandbox"):
        if not (BINARIES / name).exists():
            pytest.exit(f"{BINARIES / name} is missing: make build, or set BINARIES", returncode=2)


@pytest.fixture(scope="session")
def sandbox():
    """The programs with the sandbox in the place of AWS, at 50 tokens a second."""
    stack = Stack(sandbox=True, environment={"SANDBOX_TOKENS_PER_SECOND": "50"})
    yield stack
    stack.close()


@pytest.fixture(scope="session")
def _scripted():
    upstream = ScriptedUpstream()
    yield upstream
    upstream.close()


@pytest.fixture
def upstream(_scripted):
    """The scripted upstream, with nothing left of the test before."""
    _scripted.reset()
    return _scripted


@pytest.fixture(scope="session")
def impatient(_scripted):
    """The programs with the scripted upstream in the place of AWS, which wait two seconds for it."""
    stack = Stack(sandbox=False, environment=aws_environment(_scripted.url) | {"REQUEST_TIMEOUT_SECONDS": "2"})
    yield stack
    stack.close()


@pytest.fixture
def start(_scripted):
    """Starts programs of a test's own: with the scripted upstream unless told otherwise."""
    started = []

    def begin(*, sandbox: bool | None = False, environment: dict[str, str] | None = None, dotenv: str | None = None):
        base = {} if sandbox or dotenv is not None else aws_environment(_scripted.url)
        stack = Stack(sandbox=sandbox, environment=base | (environment or {}), dotenv=dotenv)
        started.append(stack)
        return stack

    yield begin
    for stack in started:
        stack.close()


@pytest.fixture(scope="session")
def _issuing_sandbox():
    keys = identity.CONFIGURED
    stack = Stack(
        sandbox=True,
        environment={
            "SANDBOX_TOKENS_PER_SECOND": "0",
            "SANDBOX_ACCESS_KEY_ID": keys.access_key,
            "SANDBOX_SECRET_ACCESS_KEY": keys.secret,
        },
    )
    yield stack
    stack.close()


@pytest.fixture
def issuing_sandbox(_issuing_sandbox):
    """Address of a sandbox that hands out credentials."""
    return _issuing_sandbox.sandbox_url


@pytest.fixture
def secure_sandbox(_issuing_sandbox):
    """The same behind TLS."""
    front = TLSFront(
        _issuing_sandbox.sandbox_port,
        _issuing_sandbox.certificate,
        _issuing_sandbox.certificate.replace("certificate", "key"),
    )
    yield front.url
    front.close()


@pytest.fixture
def surroundings(tmp_path, _issuing_sandbox, secure_sandbox):
    """Makes an environment without any credentials, to be filled; a name gives it a folder of its own."""
    return lambda name="": identity.Surroundings(
        tmp_path / name, _issuing_sandbox.sandbox_url, secure_sandbox, _issuing_sandbox.certificate
    )


@pytest.fixture
def adapter():
    """Starts the programs in prepared surroundings, with the sandbox as AWS."""
    started = []

    def begin(around: identity.Surroundings, **more: str) -> Stack:
        stack = Stack(sandbox=False, environment=around.variables | more)
        started.append(stack)
        return stack

    yield begin
    for stack in started:
        stack.close()
