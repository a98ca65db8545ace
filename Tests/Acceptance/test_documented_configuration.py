"""What the documents say of the configuration is what the program reads, and nothing else."""

import json
import re

import httpx
import pytest

from support.stack import REPOSITORY

CONFIGURATION = (REPOSITORY / "docs" / "configuration.md").read_text()
EXAMPLE = (REPOSITORY / ".env.example").read_text()

LIBCURL = {"HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"}
"""Read by libcurl itself."""

FASTCGI = {
    "CONTENT_LENGTH",
    "CONTENT_TYPE",
    "PATH_INFO",
    "QUERY_STRING",
    "REQUEST_METHOD",
    "REQUEST_SCHEME",
    "REQUEST_URI",
    "SCRIPT_NAME",
    "SERVER_NAME",
}
"""Parameters of a request, which look the same."""

OTHERS = {
    # Parts of a name: AWS_ENDPOINT_URL_ and one of these.
    "BEDROCK_RUNTIME",
    # Set for libfcgi, not read.
    "LIBFCGI_OS_CLOSE_POLL_TIMEOUT",
    # A type that telemetry gives what has none.
    "_OTHER",
}

MADE_UP = {"AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "AWS_ENDPOINT_URL_STS"}
"""Put together from parts in the code."""

SEED = {
    "AWS_ACCESS_KEY_ID": "",
    "AWS_SECRET_ACCESS_KEY": "",
    "AWS_DEFAULT_REGION": "",
    "AWS_ASSUME_ROLE_ARN": "",
    "LOG_LEVEL": "INFO",
    "AIDIAL_LOG_LEVEL": "WARNING",
    "DIAL_URL": "",
    "WEB_CONCURRENCY": "1",
    "COMPATIBILITY_MAPPING": "{}",
    "CLAUDE_DEFAULT_MAX_TOKENS": "1536",
    "ANTHROPIC_MAX_CONNECTIONS": "1000",
    "ANTHROPIC_MAX_KEEPALIVE_CONNECTIONS": "100",
    "BOTOCORE_CLIENT_MAX_POOL_CONNECTIONS": "1000",
}
"""The variables of the Python adapter's description with their defaults."""

NAME = r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+"


def read_by_the_code() -> set[str]:
    """Every string of the adapter's sources that is spelt like a variable."""
    found = set()
    for folder in ("Gateway", "AWS", "Bedrock", "HTTPClient", "FastCGI", "bedrock-adapter"):
        for source in (REPOSITORY / "Sources" / folder).rglob("*.swift"):
            found |= set(re.findall(rf'"({NAME})"', source.read_text()))
    return (found - FASTCGI - OTHERS) | MADE_UP


def documented() -> set[str]:
    """Every variable that configuration.md names in code type."""
    return set(re.findall(rf"`({NAME})`", CONFIGURATION))


def test_every_variable_that_is_read_is_documented():
    assert read_by_the_code() - documented() == set()


def test_every_variable_that_is_documented_is_read():
    script = (REPOSITORY / "nginx" / "start.sh").read_text()
    read_by_the_script = set(re.findall(r"\$\{([A-Z_]+)[:-]", script))
    assert documented() - read_by_the_code() - read_by_the_script - LIBCURL == set()


def defaults() -> dict[str, str]:
    """First and second column of the tables of single variables."""
    rows = re.findall(rf"^\| `({NAME})` \| ([^|]*) \|", CONFIGURATION, re.MULTILINE)
    return {name: default.strip() for name, default in rows}


def test_the_example_has_every_variable_of_the_seed_with_its_default():
    lines = dict(re.findall(rf"^({NAME})=(.*)$", EXAMPLE, re.MULTILINE))
    assert SEED.items() <= lines.items()
    assert set(lines) <= documented()


def test_documented_defaults_are_those_of_the_seed():
    found = defaults()
    for name, default in SEED.items():
        if name in found:
            assert found[name] == default, name


INTEGER_DEFAULT = re.compile(rf'reader\.(?:integer|seconds)\(\s*"({NAME})",\s*default: ([0-9_]+(?: << [0-9]+)?),')


def test_documented_defaults_are_those_of_the_code():
    found = defaults()
    code = "".join(file.read_text() for file in (REPOSITORY / "Sources" / "Gateway").rglob("*.swift"))
    in_code = {name: eval(text.replace("_", ""), {}) for name, text in INTEGER_DEFAULT.findall(code)}
    assert len(in_code) >= 12
    for name, default in in_code.items():
        if name in found:
            assert found[name] == str(default), name


# --- The configuration of DIAL Core

CORE = json.loads((REPOSITORY / "docs" / "dial-core" / "config.json").read_text())
MODELS = CORE["models"]
FEATURES = {
    "rateEndpoint": "rate",
    "tokenizeEndpoint": "tokenize",
    "truncatePromptEndpoint": "truncate_prompt",
    "configurationEndpoint": "configuration",
}


@pytest.mark.parametrize("name", list(MODELS))
def test_endpoints_of_a_model_are_complete_and_of_one_deployment(name):
    model = MODELS[name]
    kind = {"chat": "chat/completions", "embedding": "embeddings"}[model["type"]]
    base = model["endpoint"].removesuffix("/" + kind)
    assert base != model["endpoint"] and "/openai/deployments/" in base
    for feature, path in FEATURES.items():
        if feature in model.get("features", {}):
            assert model["features"][feature] == f"{base}/{path}"


@pytest.mark.parametrize("name", list(MODELS))
def test_upstreams_can_be_told_apart_and_hold_what_the_adapter_reads(name):
    upstreams = MODELS[name].get("upstreams", [])
    endpoints = [upstream.get("endpoint") for upstream in upstreams]
    assert all(endpoints) and len(set(endpoints)) == len(endpoints)
    known = {"region", "aws_access_key_id", "aws_secret_access_key", "aws_session_token", "aws_assume_role_arn"}
    for upstream in upstreams:
        assert set(upstream) <= {"endpoint", "key", "extraData", "weight", "tier"}
        extra = upstream.get("extraData", {})
        assert set(extra) <= known | {"compatible_model_id"}
        # Keys come in pairs.
        assert ("aws_access_key_id" in extra) == ("aws_secret_access_key" in extra)
        # A key is for Anthropic, which knows no region.
        assert not ("key" in upstream and extra.keys() & known)


def test_claude_has_a_default_of_max_tokens():
    for name, model in MODELS.items():
        if "claude" in model["endpoint"]:
            assert model["defaults"]["max_tokens"] > 0, name


def test_every_model_is_granted_to_the_roles_that_use_it():
    for name, model in MODELS.items():
        for role in model["userRoles"]:
            assert name in CORE["roles"][role]["limits"]
    for key in CORE["keys"].values():
        assert key["role"] in CORE["roles"]


def test_the_adapter_serves_every_endpoint(start, upstream):
    """Each address of the configuration leads to a route, and those of features to one that the model has."""
    stack = start(environment={"DIAL_URL": upstream.url})
    headers = {"Api-Key": "key"}
    listed = {entry["id"] for entry in httpx.get(stack.url + "/openai/models").json()["data"]}
    for name, model in MODELS.items():
        deployment = model["endpoint"].split("/deployments/")[1].split("/")[0]
        mapped = {each.get("extraData", {}).get("compatible_model_id") for each in model["upstreams"]} - {None}
        for each in mapped or {deployment}:
            assert each in listed or each.partition(".")[2] in listed, name
        for feature, path in FEATURES.items():
            if feature not in model.get("features", {}):
                continue
            url = stack.url + model["features"][feature][model["features"][feature].index("/openai/") :]
            body = {"inputs": []} if path in ("tokenize", "truncate_prompt") else {}
            if path == "configuration":
                answer = httpx.get(url, headers=headers)
            else:
                answer = httpx.post(url, headers=headers, json=body)
            assert answer.status_code == 200, f"{name} {feature}: {answer.text}"


def test_attachments_have_types_and_a_number():
    for name, model in MODELS.items():
        types = model.get("inputAttachmentTypes", [])
        assert bool(types) == ("maxInputAttachments" in model), name
        assert all("/" in each for each in types)
