"""No credentials: the right status, a sentence one can act on, and nothing in it that is secret."""

import json
import socket
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from support import chat
from support.identity import LONG_TERM, TEMPORARY, Surroundings, ask, identity_token, role

SECRETS = ["SECRET-7f3a", "Tok3n-SECRET", TEMPORARY.token or "", LONG_TERM.secret]


@dataclass
class Failure:
    prepare: Callable[[Surroundings], None]
    status: int
    message: str
    extra: dict | str | None = None
    # What the operator finds in the log.
    log: str = ""


def variables(**values: str) -> Callable[[Surroundings], None]:
    return lambda around: around.variables.update(values)


def config(text: str) -> Callable[[Surroundings], None]:
    return lambda around: around.file("config", text) and None


def assuming(name: str, **more: str) -> Callable[[Surroundings], None]:
    def prepare(around: Surroundings) -> None:
        around.file("credentials", f"[default]\n{LONG_TERM.lines}")
        around.variables.update({"AWS_ASSUME_ROLE_ARN": role(name)} | more)

    return prepare


def container(path: str, **more: str) -> Callable[[Surroundings], None]:
    return lambda around: around.variables.update({"AWS_CONTAINER_CREDENTIALS_FULL_URI": around.sandbox + path} | more)


def instance(name: str) -> Callable[[Surroundings], None]:
    return variables_of(lambda around: {"AWS_EC2_METADATA_SERVICE_ENDPOINT": f"{around.sandbox}/instance/{name}"})


def variables_of(make: Callable[[Surroundings], dict[str, str]]) -> Callable[[Surroundings], None]:
    return lambda around: around.variables.update(make(around))


def web(token: str, name: str = "web") -> Callable[[Surroundings], None]:
    return variables_of(
        lambda around: {
            "AWS_WEB_IDENTITY_TOKEN_FILE": around.file("token", token),
            "AWS_ROLE_ARN": role(name),
        }
    )


def process(around: Surroundings) -> None:
    script = around.file("process.sh", "echo '{\"SecretAccessKey\":\"SECRET-7f3a\"}'; echo 'no login' >&2; exit 3\n")
    around.file("config", f"[default]\ncredential_process = /bin/sh {script}\n")


NOTHING = variables()
# Held, and nobody listens.
HELD = socket.socket()
HELD.bind(("127.0.0.1", 0))
NO_PORT = f"http://127.0.0.1:{HELD.getsockname()[1]}"
INVALID = "The AWS credentials configuration is invalid"
EXTRA = "The AWS credentials of the upstream's extra data are invalid"

FAILURES = {
    "nothing anywhere": Failure(NOTHING, 500, "Unable to locate credentials", log="tried environment"),
    "half a pair in the environment": Failure(
        variables(AWS_ACCESS_KEY_ID="AKIDEXAMPLE"), 500, "Partial AWS credentials", log="AWS_SECRET_ACCESS_KEY"
    ),
    "half a pair in a profile": Failure(
        lambda around: around.file("credentials", "[default]\naws_access_key_id = AKID\n") and None,
        500,
        "Partial AWS credentials",
    ),
    "half a pair in the extra data": Failure(
        variables(**LONG_TERM.environment), 500, EXTRA, {"aws_secret_access_key": "SECRET-7f3a"}, "aws_access_key_id"
    ),
    "the other half in the extra data": Failure(
        variables(**LONG_TERM.environment), 500, EXTRA, {"aws_access_key_id": "SECRET-7f3a"}, "aws_secret_access_key"
    ),
    "a line break in a key": Failure(
        NOTHING, 500, EXTRA, {"aws_access_key_id": "AKID\r\nX-Evil: SECRET-7f3a", "aws_secret_access_key": "s"}
    ),
    "a line break in a token": Failure(
        NOTHING, 500, EXTRA, LONG_TERM.members | {"aws_session_token": "a\nX-Evil: SECRET-7f3a"}
    ),
    "extra data that is no JSON": Failure(
        NOTHING, 500, "isn't a JSON object", '{"aws_secret_access_key": "SECRET-7f3a"'
    ),
    "extra data of a wrong type": Failure(
        NOTHING, 500, "'aws_secret_access_key'", {"aws_secret_access_key": ["SECRET-7f3a"]}
    ),
    "a region that is none": Failure(
        NOTHING, 500, "not a valid region name", LONG_TERM.members | {"region": "evil.example/SECRET-7f3a?"}
    ),
    "no region": Failure(variables(AWS_DEFAULT_REGION=""), 500, "No AWS region", LONG_TERM.members),
    "a role that is denied": Failure(assuming("denied"), 403, "(AccessDenied) when calling the AssumeRole operation"),
    "a role of the extra data that is denied": Failure(
        assuming("unused"), 403, "(AccessDenied)", {"aws_assume_role_arn": role("denied")}
    ),
    "a role that is none": Failure(
        assuming("unused"), 500, INVALID, {"aws_assume_role_arn": "arn:aws:iam::1:role/x"}, "ValidationError"
    ),
    "STS in trouble": Failure(assuming("unavailable"), 503, "not reachable"),
    "STS that throttles": Failure(assuming("throttled"), 503, "not reachable"),
    "STS that answers nonsense": Failure(assuming("invalid"), 500, "invalid answer"),
    "STS out of reach": Failure(assuming("a", AWS_ENDPOINT_URL_STS=NO_PORT), 503, "not reachable"),
    "a profile that does not exist": Failure(variables(AWS_PROFILE="nobody"), 500, INVALID),
    "a profile with a browser login": Failure(
        config("[default]\nsso_start_url = https://x\nsso_region = us-east-1\n"), 500, "interactive login"
    ),
    "a profile with a device's code": Failure(
        config(f"[default]\nrole_arn = {role('a')}\nsource_profile = default\nmfa_serial = arn\n"),
        500,
        "interactive login",
    ),
    "a profile in a circle": Failure(
        config(f"[default]\nrole_arn = {role('a')}\nsource_profile = default\n"), 500, INVALID, log="circle"
    ),
    "a profile without source": Failure(
        config(f"[default]\nrole_arn = {role('a')}\n"), 500, INVALID, log="credential_source"
    ),
    "a file that cannot be parsed": Failure(config("[default\naws_secret_access_key = SECRET-7f3a\n"), 500, INVALID),
    "a process that fails": Failure(process, 500, "invalid answer", log="no login"),
    "a process that is not there": Failure(
        config("[default]\ncredential_process = /nowhere/at/all\n"), 500, INVALID, log="could not be started"
    ),
    "a web identity without its file": Failure(
        variables(AWS_WEB_IDENTITY_TOKEN_FILE="/nowhere/at/all", AWS_ROLE_ARN=role("a")),
        500,
        INVALID,
        log="does not exist",
    ),
    "a web identity without a role": Failure(
        variables(AWS_WEB_IDENTITY_TOKEN_FILE="/nowhere/at/all"), 500, INVALID, log="AWS_ROLE_ARN"
    ),
    "a web identity that has expired": Failure(web(identity_token(-5)), 500, INVALID, log="ExpiredTokenException"),
    "a web identity that is no token": Failure(web("Tok3n-SECRET"), 500, INVALID, log="InvalidIdentityToken"),
    "a web identity that is refused": Failure(
        web(identity_token(), "denied"), 403, "(AccessDenied) when calling the AssumeRoleWithWebIdentity operation"
    ),
    "a container's agent that refuses": Failure(container("/v2/credentials/denied"), 500, "invalid answer"),
    "a container's agent in trouble": Failure(container("/v2/credentials/unavailable"), 503, "not reachable"),
    "a container's agent that answers nonsense": Failure(container("/v2/credentials/invalid"), 500, "invalid answer"),
    "a container's agent far away": Failure(
        variables(AWS_CONTAINER_CREDENTIALS_FULL_URI="http://credentials.example/"), 500, INVALID, log="https"
    ),
    "a container's token with a line break": Failure(
        container("/v1/credentials", AWS_CONTAINER_AUTHORIZATION_TOKEN="Tok3n-SECRET\n"), 500, INVALID, log="line break"
    ),
    "a container's agent before the instance, also when it fails": Failure(
        container("/v2/credentials/missing", AWS_EC2_METADATA_DISABLED="false"), 500, "invalid answer"
    ),
    "an instance without role": Failure(instance("missing"), 500, "Unable to locate credentials"),
    "an instance whose role is refused": Failure(instance("denied"), 500, "Unable to locate credentials"),
    "an instance in trouble": Failure(instance("unavailable"), 503, "not reachable"),
    "an instance that is switched off": Failure(
        variables_of(
            lambda around: {
                "AWS_EC2_METADATA_SERVICE_ENDPOINT": f"{around.sandbox}/instance/a",
                "AWS_EC2_METADATA_DISABLED": "TRUE",
            }
        ),
        500,
        "Unable to locate credentials",
    ),
    "an API key in the clear": Failure(
        variables(AWS_BEARER_TOKEN_BEDROCK="Tok3n-SECRET", AWS_ENDPOINT_URL_BEDROCK_RUNTIME="http://bedrock.example"),
        500,
        INVALID,
        log="AWS_BEARER_TOKEN_BEDROCK",
    ),
    "an API key that is wrong": Failure(
        variables(AWS_BEARER_TOKEN_BEDROCK="Tok3n-SECRET"), 403, "(AccessDeniedException)"
    ),
    "an API key with a line break": Failure(
        variables(AWS_BEARER_TOKEN_BEDROCK="Tok3n-SECRET\nX-Evil: 1"), 500, INVALID, log="AWS_BEARER_TOKEN_BEDROCK"
    ),
    "keys that AWS does not know": Failure(
        NOTHING,
        403,
        "(UnrecognizedClientException)",
        {"aws_access_key_id": "AKIDNOBODY", "aws_secret_access_key": "SECRET-7f3a"},
    ),
    "a wrong secret": Failure(
        NOTHING,
        403,
        "(InvalidSignatureException)",
        {"aws_access_key_id": "AKIDEXAMPLE", "aws_secret_access_key": "SECRET-7f3a"},
    ),
}


@pytest.mark.parametrize("name", FAILURES)
def test_failures_say_what_is_wrong_without_secrets(name, surroundings, adapter):
    failure = FAILURES[name]
    around = surroundings()
    failure.prepare(around)
    stack = adapter(around, LOG_LEVEL="DEBUG")
    if isinstance(failure.extra, str):
        answer = chat.post(stack.url, headers={"X-UPSTREAM-EXTRA-DATA": failure.extra})
    else:
        answer = ask(stack, extra=failure.extra)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (failure.status, str(failure.status)), error
    assert failure.message in error["message"]
    assert error.get("type") == ("internal_server_error" if failure.status == 500 else None)
    log = stack.log()
    assert failure.log in log
    shown = answer.text + json.dumps(dict(answer.headers)) + log
    for secret in SECRETS:
        assert secret not in shown
    # Nor where on this machine something is.
    assert str(around.folder) not in answer.text
    assert "x-evil" not in answer.headers
