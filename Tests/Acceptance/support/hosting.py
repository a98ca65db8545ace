"""The adapter alone, and web servers other than `make serve`'s in front of it."""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from support.stack import BINARIES, REPOSITORY, clean_environment

PROGRAMS = Path(os.environ.get("PROGRAMS", REPOSITORY / ".build" / "test-programs"))
"""Where `make integration_tests` unpacks the Debian packages of programs that only tests need."""


def program(name: str) -> Path:
    for folder in ("usr/sbin", "usr/bin"):
        if (path := PROGRAMS / folder / name).exists():
            return path
    raise RuntimeError(f"{name} is missing in {PROGRAMS}: make integration_tests unpacks it there")


def libraries() -> dict[str, str]:
    return {"LD_LIBRARY_PATH": ":".join(str(path) for path in PROGRAMS.glob("usr/lib/*-linux-gnu"))}


def answers(address: str | tuple[str, int]) -> bool:
    """Whether something accepts connections at a path or at a host and port."""
    with socket.socket(socket.AF_UNIX if isinstance(address, str) else socket.AF_INET) as probe:
        return probe.connect_ex(address) == 0


def until(condition, process: subprocess.Popen, log: Path, seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"{process.args[0]} did not come up:\n{log.read_text(errors='replace')}")
        time.sleep(0.01)


class Process:
    """A program in a folder of its own, with its output in a file unless told otherwise."""

    def __init__(self, folder: Path, command: list, environment: dict[str, str] | None = None, **more):
        more.setdefault("stderr", subprocess.STDOUT)
        self.log_path = folder / f"{Path(command[0]).name}.{time.monotonic_ns()}.log"
        with self.log_path.open("wb") as log:
            self.process = subprocess.Popen(
                [str(part) for part in command],
                cwd=folder,
                env=clean_environment(folder) | (environment or {}),
                stdout=log,
                start_new_session=True,
                **more,
            )

    def log(self) -> str:
        return self.log_path.read_text(errors="replace")

    def wait_until(self, condition) -> None:
        try:
            until(condition, self.process, self.log_path)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Ends the program and whatever it started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


class Hosting:
    """A short-named folder (a unix socket's path has 107 bytes) with the programs that a test starts in it."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="acceptance-"))
        self._running: list[Process] = []

    def run(self, command: list, *, until=None, environment: dict[str, str] | None = None, **more) -> Process:
        process = Process(self.folder, command, environment, **more)
        self._running.append(process)
        if until is not None:
            process.wait_until(until)
        return process

    def adapter(self, listen: str, environment: dict[str, str], **more) -> Process:
        """The adapter, ready at `unix:NAME` in the folder, or at any other address."""
        kind, _, rest = listen.removeprefix("scgi+").partition(":")
        if kind == "unix":
            target = str(self.folder / rest)
            listen = listen.replace(f"unix:{rest}", f"unix:{target}")
        else:
            host, _, port = rest.rpartition(":")
            target = (host, int(port))
        command = [BINARIES / "bedrock-adapter", "--listen", listen]
        return self.run(command, until=lambda: answers(target), environment=environment, **more)

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        return path

    def nginx(self, http: str, port: int) -> Process:
        """nginx with the given lines in its `http` block; those of a server listen on `port`."""
        temporary = "".join(
            f"{kind}_temp_path {kind};\n" for kind in ("client_body", "proxy", "fastcgi", "scgi", "uwsgi")
        )
        user = "user root;\n" if os.getuid() == 0 else ""
        configuration = self.write(
            "nginx.conf",
            f"{user}daemon off; pid nginx.pid; events {{}}\nhttp {{\naccess_log off;\n{temporary}{http}\n}}\n",
        )
        with contextlib.suppress(FileExistsError):
            (self.folder / "dial-adapter").symlink_to(REPOSITORY / "nginx")
        command = [shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin"), "-p", self.folder]
        command += ["-c", configuration, "-e", "stderr"]
        return self.run(command, until=lambda: answers(("127.0.0.1", port)))

    def lighttpd(self, configuration: str, port: int, environment: dict[str, str] | None = None) -> Process:
        text = f'server.port = {port}\nserver.bind = "127.0.0.1"\nserver.document-root = "{self.folder}"\n'
        path = self.write("lighttpd.conf", text + configuration)
        modules = next(PROGRAMS.glob("usr/lib/lighttpd"))
        command = [program("lighttpd"), "-D", "-f", path, "-m", modules]
        environment = libraries() | (environment or {})
        return self.run(command, until=lambda: answers(("127.0.0.1", port)), environment=environment)

    def apache(self, configuration: str, port: int) -> Process:
        modules = PROGRAMS / "usr/lib/apache2/modules"
        names = ("mpm_event", "authz_core", "proxy", "proxy_fcgi")
        lines = [f"LoadModule {name}_module {modules}/mod_{name}.so" for name in names]
        lines += [f"Listen 127.0.0.1:{port}", "ServerName localhost", f"ServerRoot {self.folder}", "PidFile apache.pid"]
        lines += ["ErrorLog /dev/stderr", f"DefaultRuntimeDir {self.folder}", f"Mutex file:{self.folder}"]
        if os.getuid() == 0:
            lines += ["User nobody", "Group nogroup"]
        path = self.write("apache.conf", "\n".join(lines) + "\n" + configuration)
        command = [program("apache2"), "-D", "FOREGROUND", "-f", path]
        return self.run(command, until=lambda: answers(("127.0.0.1", port)), environment=libraries())

    def close(self) -> None:
        for process in reversed(self._running):
            process.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def documented(page: str, heading: str, language: str) -> str:
    """The first block of that language under a heading of a page in docs."""
    text = (REPOSITORY / "docs" / page).read_text()
    section = re.split(rf"^#+ {re.escape(heading)}$", text, maxsplit=1, flags=re.MULTILINE)[1]
    return re.search(rf"```{language}\n(.*?)```", section, re.DOTALL)[1]
