"""The container without an engine: the Dockerfile's command in a read-only root of its own, as an ordinary user."""

import json
import os
import re
import shlex
import signal
import socket
import subprocess
import time

import httpx
import pytest

from support import chat
from support.hosting import Hosting, program
from support.stack import BINARIES, REPOSITORY, aws_environment, children, free_ports
from support.upstream import speaking

DOCKERFILE = (REPOSITORY / "Dockerfile").read_text()
IMAGE = DOCKERFILE.rpartition("\nFROM ")[2]
WORDS = [f"word{number:02d} " for number in range(20)]


def instruction(name: str) -> str:
    """The last instruction of that name in the image's own stage."""
    return re.findall(rf"^{name} (.*)$", IMAGE, re.MULTILINE)[-1]


class Container(Hosting):
    """What the image would run, in bubblewrap: this machine's /usr and /etc, the image's files, a /tmp of its own."""

    def __init__(self, environment: dict[str, str]):
        super().__init__()
        (self.port,) = free_ports(1)
        settings = dict(pair.split("=", 1) for pair in shlex.split(instruction("ENV")))
        settings |= {"PORT": str(self.port), "HOST": "127.0.0.1", "PATH": "/usr/bin:/bin"} | environment
        user, _, group = instruction("USER").partition(":")
        home = instruction("WORKDIR")
        command = [program("bwrap"), "--unshare-user", "--uid", user, "--gid", group, "--unshare-pid", "--as-pid-1"]
        command += ["--die-with-parent"]
        command += ["--clearenv", *(part for pair in settings.items() for part in ("--setenv", *pair))]
        for folder in ("lib", "lib64", "bin", "sbin"):
            if os.path.islink(f"/{folder}"):
                command += ["--symlink", f"usr/{folder}", f"/{folder}"]
        folders = {"/usr": "/usr", "/etc": "/etc", REPOSITORY / "nginx": f"{home}/nginx", BINARIES: f"{home}/bin"}
        if BINARIES.name != "release":
            # Only the released program has Swift's libraries inside.
            folders["/opt/swift"] = "/opt/swift"
        for source, target in folders.items():
            command += ["--ro-bind", source, target]
        command += ["--ro-bind", program("tini"), "/run/tini", "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"]
        command += ["--remount-ro", "/", "--chdir", home, "--"]
        entry = json.loads(instruction("ENTRYPOINT"))
        assert entry[0] == "/usr/bin/tini"
        self.process = self.run([*command, "/run/tini", *entry[1:]])

    def wait_until_healthy(self) -> None:
        command = json.loads(re.search(r"^HEALTHCHECK.* CMD (.*)$", IMAGE, re.MULTILINE)[1])
        environment = os.environ | {"PORT": str(self.port)}
        self.process.wait_until(lambda: subprocess.run(command, env=environment, capture_output=True).returncode == 0)

    @property
    def init(self) -> int:
        """tini as this side sees it, which is what an engine sends its signals to: bubblewrap's child."""
        ((_, process),) = children(self.process.process.pid)
        return process


@pytest.fixture
def container(upstream):
    container = Container(aws_environment(upstream.url))
    yield container
    container.close()


def test_it_serves_and_ends_with_0_when_its_streams_have(container, upstream):
    upstream.handler = speaking(WORDS, pause=0.1)
    container.wait_until_healthy()
    with (
        httpx.Client(timeout=30) as client,
        client.stream(
            "POST",
            f"http://127.0.0.1:{container.port}{chat.path()}",
            headers=chat.HEADERS,
            json=chat.body("Hello", stream=True),
        ) as answer,
    ):
        pieces = answer.iter_text()
        text = next(pieces)
        os.kill(container.init, getattr(signal, instruction("STOPSIGNAL")))
        time.sleep(0.3)
        assert container.process.process.poll() is None
        with socket.socket() as late:
            assert late.connect_ex(("127.0.0.1", container.port)) != 0, "new connections are still taken"
        text += "".join(pieces)
    chunks = chat.events(text)
    assert chunks[-1] == "[DONE]"
    assert chat.content(chunks) == "".join(WORDS)
    assert container.process.process.wait(10) == 0, container.process.log()


def test_it_ends_when_the_adapter_does(container):
    container.wait_until_healthy()
    ((_, script),) = children(container.init)
    os.kill(dict(children(script))["bedrock-adapter"], signal.SIGKILL)
    assert container.process.process.wait(15) != 0
    assert "bedrock-adapter ended" in container.process.log()


def dependencies(packages: set[str]) -> set[str]:
    """The packages with all that they depend on, as far as this machine has them."""
    listing = subprocess.run(
        ["dpkg-query", "--show", "--showformat", "${Package}\\t${Depends}, ${Pre-Depends}\\n"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    depends = {}
    for line in listing.splitlines():
        name, _, rest = line.partition("\t")
        depends[name] = {part.split("(")[0].split(":")[0].strip() for part in re.split(r"[,|]", rest)} - {""}
    found, missing = set(), set(packages)
    while missing:
        found |= missing
        missing = set().union(*(depends.get(name, set()) for name in missing)) - found
    return found


def test_the_image_has_the_libraries_of_the_program():
    listed = set(re.search(r"--no-install-recommends \\\n\s+(.*?) \\\n", IMAGE)[1].split())
    assert {"nginx", "curl", "tini", "ca-certificates"} <= listed
    packages = dependencies(listed)
    linked = subprocess.run(["ldd", BINARIES / "bedrock-adapter"], capture_output=True, text=True, check=True).stdout
    # Swift's own libraries are inside the released program.
    libraries = {line.split()[2] for line in linked.splitlines() if " => /" in line and "swift" not in line}
    assert len(libraries) >= 5
    paths = {library: os.path.realpath(library) for library in libraries}
    # Debian's own records may have a library without the /usr that leads to it.
    wanted = [spelt for path in paths.values() for spelt in (path, path.removeprefix("/usr"))]
    search = subprocess.run(["dpkg", "--search", *wanted], capture_output=True, text=True).stdout
    owners = {place: names for names, _, place in (line.partition(": ") for line in search.splitlines())}
    for library, path in paths.items():
        package = (owners.get(path) or owners.get(path.removeprefix("/usr"), "")).split(":")[0]
        assert package in packages, f"the image lacks {package or 'a package'} for {library}"
