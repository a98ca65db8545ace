"""Every source of credentials: the adapter is whom boto3 is, from the same files and variables."""

import json
import signal
from collections.abc import Callable
from dataclasses import dataclass

import boto3
import botocore.exceptions
import pytest

from support import chat, fastcgi
from support.hosting import Hosting
from support.identity import (
    API_KEY_USER,
    CONFIGURED,
    CONFIGURED_USER,
    LONG_TERM,
    TEMPORARY,
    TEMPORARY_USER,
    USER,
    Keys,
    Surroundings,
    identity_of_adapter,
    identity_of_boto,
    identity_token,
    role,
    session,
)
from support.stack import aws_environment
from support.upstream import speaking
from support.waiting import until


@dataclass
class Source:
    """Sets the scene; tells what a request brings besides and, where boto3 has no such notion, what boto3 is told."""

    prepare: Callable[[Surroundings], None]
    expected: str
    extra: dict | None = None
    keys: Keys | None = None
    assume: str | None = None


def nothing(_: Surroundings) -> None:
    pass


def variables(**values: str) -> Callable[[Surroundings], None]:
    return lambda around: around.variables.update(values)


def keys_of_environment(keys: Keys) -> Callable[[Surroundings], None]:
    return variables(**keys.environment)


def both(*steps: Callable[[Surroundings], None]) -> Callable[[Surroundings], None]:
    def prepare(around: Surroundings) -> None:
        for step in steps:
            step(around)

    return prepare


def credentials_file(text: str) -> Callable[[Surroundings], None]:
    return lambda around: around.file("credentials", text) and None


def config_file(text: str) -> Callable[[Surroundings], None]:
    return lambda around: around.file("config", text) and None


def web_identity(name: str, session_name: str | None = "web") -> Callable[[Surroundings], None]:
    def prepare(around: Surroundings) -> None:
        # A new line at the end, as an editor leaves it.
        around.variables["AWS_WEB_IDENTITY_TOKEN_FILE"] = around.file("token", identity_token())
        around.variables["AWS_ROLE_ARN"] = role(name)
        if session_name:
            around.variables["AWS_ROLE_SESSION_NAME"] = session_name

    return prepare


def process(around: Surroundings) -> None:
    output = around.file("process output.json", TEMPORARY.process_output)
    around.file("config", f'[default]\ncredential_process = /bin/cat "{output}"\n')


def task(name: str) -> Callable[[Surroundings], None]:
    return lambda around: around.variables.update(
        AWS_CONTAINER_CREDENTIALS_FULL_URI=f"{around.sandbox}/v2/credentials/{name}"
    )


def pod(around: Surroundings) -> None:
    around.variables.update(
        AWS_CONTAINER_CREDENTIALS_FULL_URI=f"{around.sandbox}/v1/credentials",
        AWS_CONTAINER_AUTHORIZATION_TOKEN=identity_token(),
    )


def pod_with_file(around: Surroundings) -> None:
    around.variables.update(
        AWS_CONTAINER_CREDENTIALS_FULL_URI=f"{around.sandbox}/v1/credentials/pod-by-file",
        AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=around.file("pod-token", identity_token()),
        # The file wins.
        AWS_CONTAINER_AUTHORIZATION_TOKEN="not a token",
    )


def instance(name: str) -> Callable[[Surroundings], None]:
    return lambda around: around.variables.update(AWS_EC2_METADATA_SERVICE_ENDPOINT=f"{around.sandbox}/instance/{name}")


def api_key(around: Surroundings) -> None:
    """boto3 sends it to TLS only."""
    around.variables.update(
        AWS_BEARER_TOKEN_BEDROCK="sandbox-bedrock-api-key",
        AWS_ENDPOINT_URL_BEDROCK_RUNTIME=around.secure_sandbox,
        AWS_CA_BUNDLE=around.certificate,
    )


PROFILE = f"[default]\nrole_arn = {role('from-profile')}\nrole_session_name = profile\n"
OTHER_SOURCE = f"[other]\n{CONFIGURED.lines}"

SOURCES = {
    "extra data: keys": Source(nothing, CONFIGURED_USER, CONFIGURED.members, keys=CONFIGURED),
    "extra data: keys and token": Source(nothing, TEMPORARY_USER, TEMPORARY.members, keys=TEMPORARY),
    "extra data: role": Source(
        credentials_file(f"[default]\n{LONG_TERM.lines}"),
        session("by-extra-data"),
        {"aws_assume_role_arn": role("by-extra-data")},
        assume=role("by-extra-data"),
    ),
    "environment: keys": Source(keys_of_environment(LONG_TERM), USER),
    "environment: keys and token": Source(keys_of_environment(TEMPORARY), TEMPORARY_USER),
    "environment: keys and the old name of the token": Source(
        both(
            keys_of_environment(TEMPORARY),
            variables(AWS_SECURITY_TOKEN=TEMPORARY.token or "", AWS_SESSION_TOKEN="another"),
        ),
        TEMPORARY_USER,
    ),
    "AWS_ASSUME_ROLE_ARN": Source(
        both(credentials_file(f"[default]\n{LONG_TERM.lines}"), variables(AWS_ASSUME_ROLE_ARN=role("by-variable"))),
        session("by-variable"),
        assume=role("by-variable"),
    ),
    "AWS_ASSUME_ROLE_ARN with the instance's role": Source(
        both(instance("sandbox-instance"), variables(AWS_ASSUME_ROLE_ARN=role("by-instance"))),
        session("by-instance"),
        assume=role("by-instance"),
    ),
    "credentials file": Source(credentials_file(f"[default]\n{CONFIGURED.lines}"), CONFIGURED_USER),
    "credentials file: a profile": Source(
        both(
            credentials_file(f"[default]\n{LONG_TERM.lines}[team a]\n{TEMPORARY.lines}"),
            variables(AWS_PROFILE="team a"),
        ),
        TEMPORARY_USER,
    ),
    "config file: a profile": Source(
        both(
            config_file(f'[default]\nregion = x\n[profile "team a"]\n{CONFIGURED.lines}'),
            variables(AWS_PROFILE="team a"),
        ),
        CONFIGURED_USER,
    ),
    "profile: role with source profile": Source(
        both(config_file(PROFILE + "source_profile = other\n"), credentials_file(OTHER_SOURCE)),
        session("from-profile", "profile"),
    ),
    "profile: role of a role, with external id and duration": Source(
        both(
            config_file(
                f"[default]\nrole_arn = {role('external-id-42')}\nexternal_id = 42\nduration_seconds = 900\n"
                "role_session_name = last\nsource_profile = middle\n"
                f"[profile middle]\nrole_arn = {role('middle')}\nsource_profile = other\n"
            ),
            credentials_file(OTHER_SOURCE),
        ),
        session("external-id-42", "last"),
    ),
    "profile: role with the container's credentials": Source(
        both(config_file(PROFILE + "credential_source = EcsContainer\n"), task("task-role")),
        session("from-profile", "profile"),
    ),
    "profile: role with the instance's credentials": Source(
        both(config_file(PROFILE + "credential_source = Ec2InstanceMetadata\n"), instance("instance-role")),
        session("from-profile", "profile"),
    ),
    "profile: credential process": Source(process, TEMPORARY_USER),
    "profile: web identity": Source(
        lambda around: (
            around.file(
                "config",
                PROFILE.replace("from-profile", "web-profile")
                + f"web_identity_token_file = {around.file('token', identity_token())}\n",
            )
            and None
        ),
        session("web-profile", "profile"),
    ),
    "web identity": Source(web_identity("pod-role"), session("pod-role", "web")),
    "container: a task": Source(task("task-role"), session("task-role", "task")),
    "container: a pod's token": Source(pod, session("sandbox-pod", "pod")),
    "container: a pod's token in a file": Source(pod_with_file, session("pod-by-file", "pod")),
    "instance": Source(instance("sandbox-instance"), session("sandbox-instance", "i-0123456789abcdef0")),
    "Bedrock API key": Source(api_key, API_KEY_USER),
}

EVERYTHING_IN_THE_ENVIRONMENT = both(
    keys_of_environment(LONG_TERM),
    api_key,
    variables(AWS_ASSUME_ROLE_ARN=role("unused")),
)

CONFLICTS = {
    "extra data's keys before everything": Source(
        EVERYTHING_IN_THE_ENVIRONMENT,
        CONFIGURED_USER,
        CONFIGURED.members | {"aws_assume_role_arn": role("unused")},
    ),
    "extra data's keys do not take the token of the environment": Source(
        keys_of_environment(TEMPORARY), CONFIGURED_USER, CONFIGURED.members, keys=CONFIGURED
    ),
    "extra data's role before everything else": Source(
        EVERYTHING_IN_THE_ENVIRONMENT, session("wanted"), {"aws_assume_role_arn": role("wanted")}
    ),
    "an API key before keys of the environment": Source(EVERYTHING_IN_THE_ENVIRONMENT, API_KEY_USER),
    "keys of the environment before AWS_ASSUME_ROLE_ARN": Source(
        both(keys_of_environment(LONG_TERM), variables(AWS_ASSUME_ROLE_ARN=role("unused"))), USER
    ),
    "keys of the environment before a profile": Source(
        both(
            keys_of_environment(LONG_TERM),
            config_file(PROFILE + "credential_source = Environment\n"),
            credentials_file(OTHER_SOURCE),
            variables(AWS_PROFILE="default"),
        ),
        USER,
    ),
    "a profile's role before a web identity": Source(
        both(config_file(PROFILE + "source_profile = other\n"), credentials_file(OTHER_SOURCE), web_identity("unused")),
        session("from-profile", "profile"),
    ),
    "a web identity before the credentials file": Source(
        both(web_identity("web"), credentials_file(f"[default]\n{LONG_TERM.lines}")), session("web", "web")
    ),
    "the credentials file before a process and the config file": Source(
        both(process, credentials_file(f"[default]\n{CONFIGURED.lines}")), CONFIGURED_USER
    ),
    "a process before the config file's keys": Source(
        lambda around: (
            around.file(
                "config",
                f'[default]\ncredential_process = /bin/cat "{around.file("out", TEMPORARY.process_output)}"\n'
                + CONFIGURED.lines,
            )
            and None
        ),
        TEMPORARY_USER,
    ),
    "files before the container": Source(both(credentials_file(f"[default]\n{LONG_TERM.lines}"), task("unused")), USER),
    "the container before the instance": Source(
        both(task("task-role"), instance("unused")), session("task-role", "task")
    ),
    "AWS_DEFAULT_PROFILE before AWS_PROFILE": Source(
        both(
            credentials_file(f"[one]\n{LONG_TERM.lines}[two]\n{CONFIGURED.lines}"),
            variables(AWS_DEFAULT_PROFILE="two", AWS_PROFILE="one"),
        ),
        CONFIGURED_USER,
    ),
}

# boto3 has neither extra data nor the adapter's order of them.
ONLY_OURS = {
    "extra data's keys before everything",
    "extra data's role before everything else",
}


def check(name: str, source: Source, surroundings, adapter) -> None:
    around = surroundings()
    source.prepare(around)
    stack = adapter(around)
    assert identity_of_adapter(stack, source.extra) == source.expected
    # Once more: from the cache.
    assert identity_of_adapter(stack, source.extra) == source.expected
    if name not in ONLY_OURS:
        assert identity_of_boto(around, source.keys, source.assume) == source.expected


@pytest.mark.parametrize("name", SOURCES)
def test_each_source_makes_the_adapter_whom_boto_is(name, surroundings, adapter):
    check(name, SOURCES[name], surroundings, adapter)


@pytest.mark.parametrize("name", CONFLICTS)
def test_the_more_specific_source_wins(name, surroundings, adapter):
    check(name, CONFLICTS[name], surroundings, adapter)


def test_the_region_of_the_extra_data_is_signed(surroundings, adapter):
    around = surroundings()
    keys_of_environment(LONG_TERM)(around)
    del around.variables["AWS_DEFAULT_REGION"]
    stack = adapter(around)
    assert identity_of_adapter(stack, {"region": "eu-central-1"}) == USER
    # The line is written when the answer is out.
    until(lambda: "region=eu-central-1" in stack.log())


def test_files_that_change_are_read_again(surroundings, adapter):
    """A pod's identity token is replaced while the adapter runs."""
    around = surroundings()
    web_identity("expires-in-2,rewritten")(around)
    stack = adapter(around)
    arn = session("expires-in-2,rewritten", "web")
    assert identity_of_adapter(stack) == arn
    around.file("token", identity_token(7200))
    assert identity_of_adapter(stack) == arn


def test_boto_takes_the_sandbox_for_aws(issuing_sandbox, surroundings):
    """Every service of the sandbox that hands out credentials, by boto3 alone."""
    client = boto3.client(
        "sts",
        region_name="us-east-1",
        endpoint_url=issuing_sandbox,
        **LONG_TERM.members,
    )
    assert client.get_caller_identity()["Arn"] == USER
    answer = client.assume_role(
        RoleArn=role("tagged"), RoleSessionName="tests", Tags=[{"Key": "team", "Value": "a b"}], DurationSeconds=900
    )
    assert answer["AssumedRoleUser"]["Arn"] == session("tagged", "tests")
    assert answer["Credentials"]["Expiration"]
    for arguments, code in [
        ({"RoleArn": role("denied")}, "AccessDenied"),
        ({"RoleArn": "not-the-arn-of-any-role"}, "ValidationError"),
    ]:
        with pytest.raises(botocore.exceptions.ClientError) as error:
            client.assume_role(RoleSessionName="tests", **arguments)
        assert error.value.response["Error"]["Code"] == code
    with pytest.raises(botocore.exceptions.ClientError) as error:
        client.assume_role_with_web_identity(
            RoleArn=role("a"), RoleSessionName="tests", WebIdentityToken=identity_token(-1)
        )
    assert error.value.response["Error"]["Code"] == "ExpiredTokenException"


def test_a_command_is_heard_where_ends_of_children_are_ignored(upstream):
    """Whoever starts the program may have SIGCHLD ignored, and children inherit that."""
    hosting = Hosting()
    try:
        output = hosting.write("keys.json", TEMPORARY.process_output)
        config = hosting.write("config", f'[default]\ncredential_process = /bin/cat "{output}"\n')
        keys = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
        environment = {name: value for name, value in aws_environment(upstream.url).items() if name not in keys}
        hosting.adapter(
            "unix:adapter.sock",
            environment | {"AWS_CONFIG_FILE": str(config)},
            preexec_fn=lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN),
        )
        upstream.handler = speaking(["fine"])
        body = json.dumps(chat.body("Hello")).encode()
        with fastcgi.connect(str(hosting.folder / "adapter.sock")) as connection:
            parameters = fastcgi.params_for(chat.path(), body, "POST", api_key="k")
            connection.sendall(fastcgi.request(parameters, body))
            assert b'"fine"' in fastcgi.response(connection)
        assert TEMPORARY.access_key in upstream.exchanges[0].request.headers["authorization"]
    finally:
        hosting.close()
