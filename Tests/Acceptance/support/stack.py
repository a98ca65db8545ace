"""nginx, the adapter and, where wanted, the sandbox: started as `make serve` starts them."""

import contextlib
import os
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[3]
START = REPOSITORY / "nginx" / "start.sh"
BINARIES = Path(os.environ.get("BINARIES", REPOSITORY / ".build" / "release")).resolve()

ACCESS_KEY = "AKIDEXAMPLE"
SECRET_KEY = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
REGION = "us-east-1"


def free_ports(count: int) -> list[int]:
    """Ports that nothing listens on, found while all of them are held."""
    held = [socket.socket() for _ in range(count)]
    try:
        for each in held:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in held]
    finally:
        for each in held:
            each.close()


def clean_environment(home: Path) -> dict[str, str]:
    """Nothing of the developer's own AWS, proxy or adapter settings reaches the programs under test."""
    kept = ("PATH", "ASAN_OPTIONS", "LSAN_OPTIONS", "TSAN_OPTIONS")
    environment = {name: os.environ[name] for name in kept if name in os.environ}
    if "EVENT_LOOPS" in os.environ:
        environment["WEB_CONCURRENCY"] = os.environ["EVENT_LOOPS"]
    return environment | {"HOME": str(home), "LANG": "C.UTF-8"}


def aws_environment(endpoint: str) -> dict[str, str]:
    return {
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": endpoint,
    }


def _hear_interrupts() -> None:
    """A shell that runs the tests in the background has them ignore SIGINT, and children inherit that."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Stack:
    """One running set. Its folder is short-lived and short-named: a unix socket's path has 107 bytes."""

    def __init__(self, *, sandbox: bool | None, environment: dict[str, str] | None = None, dotenv: str | None = None):
        self.directory = Path(tempfile.mkdtemp(prefix="acceptance-"))
        self.port, self.tls_port, self.sandbox_port = free_ports(3)
        self.log_path = self.directory / "log"
        if dotenv is not None:
            (self.directory / ".env").write_text(dotenv)
        settings = {
            "PORT": str(self.port),
            "TLS_PORT": str(self.tls_port),
            "SANDBOX_PORT": str(self.sandbox_port),
            "SANDBOX": {True: "yes", False: "no", None: "auto"}[sandbox],
            "BINARIES": str(BINARIES),
            "STATE": str(self.directory / "state"),
            "TMPDIR": str(self.directory),
        }
        self._environment = clean_environment(self.directory) | settings | (environment or {})
        with self.log_path.open("wb") as log:
            self.process = subprocess.Popen(
                [START],
                cwd=self.directory,
                env=self._environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_hear_interrupts,
            )
        try:
            self._wait_until_ready()
        except BaseException:
            self.close()
            raise

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + 30
        while "Stop:" not in self.log():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"start.sh did not come up:\n{self.log()}")
            time.sleep(0.02)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def tls_url(self) -> str:
        return f"https://localhost:{self.tls_port}"

    @property
    def sandbox_url(self) -> str:
        return f"http://127.0.0.1:{self.sandbox_port}"

    @property
    def certificate(self) -> str:
        return str(self.directory / "state" / "certificate.pem")

    @property
    def socket_path(self) -> str:
        """The adapter's own FastCGI socket."""
        return str(next(self.directory.glob("dial-adapter.*")) / "adapter.sock")

    @property
    def tls(self) -> ssl.SSLContext:
        """Trusts the self-made certificate and nothing else."""
        return ssl.create_default_context(cafile=self.certificate)

    def log(self) -> str:
        return self.log_path.read_text(errors="replace")

    def children(self) -> dict[str, int]:
        """Process ids by program name, of what the start script started."""
        programs = ("bedrock-adapter", "bedrock-sandbox", "nginx")
        return {name: process for name, process in children(self.process.pid) if name in programs}

    @property
    def adapter(self) -> int:
        return self.children()["bedrock-adapter"]

    def wait(self, timeout: float = 40) -> int:
        return self.process.wait(timeout)

    def interrupt(self) -> None:
        """What Ctrl-C does."""
        os.killpg(self.process.pid, signal.SIGINT)

    def close(self) -> None:
        """At once: how all of it ends in good order is what test_serve.py and test_shutdown.py look at."""
        if self.process.poll() is None:
            started = [process for _, process in children(self.process.pid)]
            self.process.kill()
            for process in started:
                # Each leads a group of its own, nginx that of its workers.
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process, signal.SIGKILL)
            self.process.wait()
        shutil.rmtree(self.directory, ignore_errors=True)


def children(process: int) -> Iterator[tuple[str, int]]:
    """Name and process id of each."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = stat.read_text()
        except OSError:
            continue
        if int(text[text.rindex(")") + 2 :].split()[1]) == process:
            yield text[text.index("(") + 1 : text.rindex(")")], int(stat.parent.name)


def memory(process: int) -> int:
    """Bytes of private memory that a process holds now."""
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) * 1024
    raise RuntimeError("no RssAnon in /proc/PID/status")


def threads(process: int) -> int:
    return len(list(Path(f"/proc/{process}/task").iterdir()))


def descriptors(process: int) -> int:
    return len(list(Path(f"/proc/{process}/fd").iterdir()))


def processor_time(process: int) -> float:
    """Seconds that a process has used, of all its threads, also of those that ended."""
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
