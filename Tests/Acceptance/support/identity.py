"""Where credentials come from: the same files and variables for the adapter and for boto3, and who each of them is to
the sandbox."""

import base64
import functools
import json
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from support import chat
from support.stack import ACCESS_KEY, REGION, SECRET_KEY, Stack, clean_environment

ACCOUNT = "123456789012"
USER = f"arn:aws:iam::{ACCOUNT}:user/sandbox"
TEMPORARY_USER = f"arn:aws:iam::{ACCOUNT}:user/sandbox-temporary"
CONFIGURED_USER = f"arn:aws:iam::{ACCOUNT}:user/sandbox-configured"
API_KEY_USER = f"arn:aws:iam::{ACCOUNT}:user/BedrockAPIKey-sandbox"
SESSION_NAME = "BedrockAccessSession"


@dataclass(frozen=True)
class Keys:
    access_key: str
    secret: str = SECRET_KEY
    token: str | None = None

    @property
    def environment(self) -> dict[str, str]:
        found = {"AWS_ACCESS_KEY_ID": self.access_key, "AWS_SECRET_ACCESS_KEY": self.secret}
        return found | ({"AWS_SESSION_TOKEN": self.token} if self.token else {})

    @property
    def members(self) -> dict[str, str]:
        """As parameters of boto3 and as members of extra data, lines of a file and so on."""
        return {name.lower(): value for name, value in self.environment.items()}

    @property
    def lines(self) -> str:
        return "\n".join(f"{name} = {value}" for name, value in self.members.items()) + "\n"

    @property
    def process_output(self) -> str:
        output = {"Version": 1, "AccessKeyId": self.access_key, "SecretAccessKey": self.secret}
        return json.dumps(output | ({"SessionToken": self.token} if self.token else {}))


LONG_TERM = Keys(ACCESS_KEY)
TEMPORARY = Keys("ASIDEXAMPLE", token="SANDBOX/SESSION+TOKEN==")
EXPIRED = Keys("ASIDEXPIRED", token="SANDBOX/EXPIRED+TOKEN==")
CONFIGURED = Keys("AKIDCONFIGURED", "configured/secret+of+another")


def role(name: str) -> str:
    return f"arn:aws:iam::{ACCOUNT}:role/{name}"


def session(name: str, session_name: str = SESSION_NAME) -> str:
    return f"arn:aws:sts::{ACCOUNT}:assumed-role/{name}/{session_name}"


def identity_token(seconds: float = 3600) -> str:
    """A JSON Web Token such as EKS puts into a pod."""

    def part(value: dict) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    claims = {"iss": "https://issuer", "sub": "pod", "aud": ["sts"], "exp": int(time.time() + seconds)}
    return f"{part({'alg': 'RS256'})}.{part(claims)}.c2lnbmF0dXJl"


@dataclass
class Surroundings:
    """What a program finds: variables and files."""

    folder: Path
    sandbox: str
    secure_sandbox: str
    certificate: str
    variables: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.folder.mkdir(exist_ok=True)
        self.variables = {
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": self.sandbox,
            "AWS_ENDPOINT_URL_STS": self.sandbox,
            "AWS_CONFIG_FILE": str(self.folder / "config"),
            "AWS_SHARED_CREDENTIALS_FILE": str(self.folder / "credentials"),
            # Nobody asks the machine that the tests run on.
            "AWS_EC2_METADATA_SERVICE_ENDPOINT": f"{self.sandbox}/instance/missing/",
        } | self.variables

    def file(self, name: str, text: str) -> str:
        path = self.folder / name
        path.write_text(text)
        return str(path)

    @property
    def environment(self) -> dict[str, str]:
        return clean_environment(self.folder) | self.variables


BOTO = """
import json, os, sys, traceback, boto3

def identity(order):
    session = boto3.Session(**order["session"])
    if order["role"]:
        keys = session.client("sts").assume_role(RoleArn=order["role"], RoleSessionName=order["name"])["Credentials"]
        session = boto3.Session(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])
    answer = session.client("bedrock-runtime").converse(
        modelId=order["model"], messages=[{"role": "user", "content": [{"text": "echo:identity"}]}]
    )
    return answer["output"]["message"]["content"][0]["text"]

for line in sys.stdin:
    order = json.loads(line)
    if os.fork() == 0:
        os.chdir(order["folder"])
        os.environ.clear()
        os.environ.update(order["environment"])
        try:
            answer = {"identity": identity(order)}
        except BaseException:
            answer = {"failure": traceback.format_exc()}
        print(json.dumps(answer), flush=True)
        os._exit(0)
    os.wait()
"""


@functools.cache
def _boto() -> subprocess.Popen:
    """Has boto3 loaded, which takes longer than a question to it. Each is answered by a child, which knows nothing of
    those before it."""
    return subprocess.Popen([sys.executable, "-c", BOTO], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def identity_of_boto(around: Surroundings, keys: Keys | None = None, assume: str | None = None) -> str:
    """Who boto3 is: by the default chain, with these keys, or with this role."""
    order = {
        "session": keys.members if keys else {},
        "role": assume,
        "name": SESSION_NAME,
        "model": chat.DEPLOYMENT,
        "environment": around.environment,
        "folder": str(around.folder),
    }
    boto = _boto()
    print(json.dumps(order), file=boto.stdin, flush=True)
    answer = json.loads(boto.stdout.readline())
    assert "identity" in answer, answer["failure"]
    return answer["identity"]


def ask(stack: Stack, prompt: str = "echo:identity", extra: dict | None = None, **more) -> httpx.Response:
    headers = {"X-UPSTREAM-EXTRA-DATA": json.dumps(extra)} if extra is not None else {}
    return chat.post(stack.url, prompt, headers=headers, **more)


def identity_of_adapter(stack: Stack, extra: dict | None = None) -> str:
    answer = ask(stack, extra=extra)
    assert answer.status_code == 200, answer.text
    return answer.json()["choices"][0]["message"]["content"]


class Sessions:
    """What the sandbox handed out."""

    def __init__(self, sandbox: str) -> None:
        self.url = f"{sandbox}/sandbox/credentials"

    def all(self) -> list[dict]:
        return httpx.get(self.url).json()["sessions"]

    def of(self, arn: str) -> list[dict]:
        return [each for each in self.all() if each["arn"] == arn]

    def revoke(self, arn: str) -> None:
        for each in self.of(arn):
            httpx.delete(f"{self.url}/{each['accessKeyId']}").raise_for_status()
