"""What `deploy` has for systemd, Kubernetes and Compose, as far as it can be run without them."""

import json
import os
import re
import signal
import socket
import subprocess
import threading
import time

import httpx
import pytest
import yaml

from support import chat, fastcgi
from support.hosting import Hosting, answers, program
from support.stack import BINARIES, REPOSITORY, aws_environment, clean_environment, free_ports
from support.upstream import speaking

DEPLOY = REPOSITORY / "deploy"
WORDS = [f"word{number:02d} " for number in range(20)]


@pytest.fixture
def hosting():
    hosting = Hosting()
    yield hosting
    hosting.close()


def manifests() -> dict[tuple[str, str], dict]:
    found = {}
    for path in sorted((DEPLOY / "kubernetes").glob("*.yaml")):
        for document in yaml.safe_load_all(path.read_text()):
            if document["kind"] != "Kustomization":
                found[document["kind"], document["metadata"]["name"]] = document
    return found


def stream(url: str, result: list[str]) -> threading.Thread:
    """Reads one streamed answer in the background; the first piece is there when this returns."""
    started = threading.Event()

    def read() -> None:
        with (
            httpx.Client(timeout=30) as client,
            client.stream("POST", url + chat.path(), headers=chat.HEADERS, json=chat.body("x", stream=True)) as answer,
        ):
            for piece in answer.iter_text():
                result.append(piece)
                started.set()

    thread = threading.Thread(target=read)
    thread.start()
    assert started.wait(10)
    return thread


def assert_whole(text: str) -> None:
    chunks = chat.events(text)
    assert chunks[-1] == "[DONE]"
    assert chat.content(chunks) == "".join(WORDS)


class Pod(Hosting):
    """The two containers of the pod as processes, with the manifests' commands and nginx configuration."""

    def __init__(self, upstream):
        super().__init__()
        (self.port,) = free_ports(1)
        objects = manifests()
        spec = objects["Deployment", "bedrock-adapter"]["spec"]["template"]["spec"]
        (self.adapter_container,) = spec["initContainers"]
        (self.nginx_container,) = spec["containers"]
        environment = objects["ConfigMap", "bedrock-adapter"]["data"] | aws_environment(upstream.url)
        environment["OTEL_METRICS_EXPORTER"] = "none"
        path = self.folder / "fcgi.sock"
        command = self.here(self.adapter_container["command"])
        self.adapter_process = self.run(command, until=lambda: answers(str(path)), environment=environment).process
        startup = self.here(self.adapter_container["startupProbe"]["exec"]["command"])
        assert subprocess.run(startup).returncode == 0

        for source in (REPOSITORY / "nginx").glob("*.conf"):
            self.write(f"nginx/{source.name}", self.text(source.read_text()))
        configuration = objects["ConfigMap", "bedrock-adapter-nginx"]["data"]["nginx.conf"]
        assert "listen 5000;" in configuration
        configuration = self.text(configuration).replace("listen 5000;", f"listen 127.0.0.1:{self.port};")
        if os.getuid() == 0:
            configuration = "user root;\n" + configuration
        self.write("nginx.conf", configuration)
        self.environment = {"PATH": os.environ["PATH"] + ":/usr/sbin"}
        self.nginx_process = self.run(
            self.here(self.nginx_container["command"]),
            until=lambda: answers(("127.0.0.1", self.port)),
            environment=self.environment,
        ).process

    def text(self, text: str) -> str:
        places = {
            "/run/dial-adapter": self.folder,
            "/etc/dial-adapter": self.folder,
            "/opt/dial-adapter/nginx": self.folder / "nginx",
            "/opt/dial-adapter/bin": BINARIES,
            "/usr/bin/tini": program("tini"),
            "/tmp/": f"{self.folder}/",
        }
        # Once per place: what replaces one may contain another.
        return re.sub("|".join(map(re.escape, places)), lambda match: str(places[match[0]]), text)

    def here(self, command: list[str]) -> list[str]:
        return [self.text(part) for part in command]

    def stop(self) -> None:
        """As the kubelet does: the hook, then SIGTERM to what still runs, the sidecar last."""
        hook = self.here(self.nginx_container["lifecycle"]["preStop"]["exec"]["command"])
        assert "sleep 5;" in hook[-1]
        hook[-1] = hook[-1].replace("sleep 5;", "sleep 0.2;")
        subprocess.run(hook, check=True, timeout=30, env=clean_environment(self.folder) | self.environment)
        self.nginx_process.wait(1)
        self.adapter_process.send_signal(signal.SIGTERM)


def test_a_pod_serves_and_stops_without_losing_a_stream(upstream):
    upstream.handler = speaking(WORDS, pause=0.1)
    pod = Pod(upstream)
    try:
        url = f"http://127.0.0.1:{pod.port}"
        for probe in (pod.nginx_container["readinessProbe"], pod.adapter_container["livenessProbe"]):
            assert httpx.get(url + probe["httpGet"]["path"]).status_code == 200
        pieces: list[str] = []
        reader = stream(url, pieces)
        pod.stop()
        reader.join(10)
        assert_whole("".join(pieces))
        assert pod.adapter_process.wait(5) == 0
        assert pod.nginx_process.returncode == 0
    finally:
        pod.close()


def test_manifests_agree_with_each_other():
    objects = manifests()
    deployment = objects["Deployment", "bedrock-adapter"]["spec"]
    template = deployment["template"]
    labels = template["metadata"]["labels"]
    for selector in (
        deployment["selector"]["matchLabels"],
        objects["Service", "bedrock-adapter"]["spec"]["selector"],
        objects["PodDisruptionBudget", "bedrock-adapter"]["spec"]["selector"]["matchLabels"],
        objects["NetworkPolicy", "bedrock-adapter"]["spec"]["podSelector"]["matchLabels"],
    ):
        assert selector.items() <= labels.items()
    target = objects["HorizontalPodAutoscaler", "bedrock-adapter"]["spec"]["scaleTargetRef"]
    assert (target["kind"], target["name"]) in objects
    assert ("ServiceAccount", template["spec"]["serviceAccountName"]) in objects
    containers = template["spec"]["initContainers"] + template["spec"]["containers"]
    volumes = {volume["name"] for volume in template["spec"]["volumes"]}
    for container in containers:
        assert {mount["name"] for mount in container["volumeMounts"]} <= volumes
        assert container["securityContext"]["readOnlyRootFilesystem"]
        assert "memory" in container["resources"]["limits"]
    settings = objects["ConfigMap", "bedrock-adapter"]["data"]
    grace = template["spec"]["terminationGracePeriodSeconds"]
    assert int(settings["DIAL_ADAPTER_SHUTDOWN_GRACE_SECONDS"]) + 5 < grace
    kustomization = yaml.safe_load((DEPLOY / "kubernetes" / "kustomization.yaml").read_text())
    listed = set(kustomization["resources"]) | {"kustomization.yaml"}
    assert listed == {path.name for path in (DEPLOY / "kubernetes").iterdir()}


def test_the_manifests_user_is_the_images():
    user = re.findall(r"^USER (\d+):(\d+)$", (REPOSITORY / "Dockerfile").read_text(), re.MULTILINE)[-1]
    context = manifests()["Deployment", "bedrock-adapter"]["spec"]["template"]["spec"]["securityContext"]
    assert user == (str(context["runAsUser"]), str(context["runAsGroup"]))


def test_composed_models_are_deployments_of_the_adapter(sandbox):
    configuration = json.loads((DEPLOY / "compose" / "core" / "config.json").read_text())
    served = {model["id"] for model in httpx.get(f"{sandbox.url}/openai/models").json()["data"]}
    for name, model in configuration["models"].items():
        host, deployment = re.match(r"http://([a-z-]+):5000/openai/deployments/([^/]+)/", model["endpoint"]).groups()
        assert host in yaml.safe_load((DEPLOY / "compose" / "compose.yaml").read_text())["services"]
        assert re.sub(r"^(us|eu|apac)\.", "", deployment) in served
        assert name in configuration["roles"]["default"]["limits"]
        for endpoint in model.get("features", {}).values():
            method = "GET" if endpoint.endswith("/configuration") else "POST"
            path = endpoint.removeprefix(f"http://{host}:5000")
            answer = httpx.request(method, sandbox.url + path, headers=chat.HEADERS, json={"inputs": []})
            assert answer.status_code == 200, f"{endpoint}: {answer.text}"


def activated(listener: socket.socket, environment: dict[str, str], folder, redirections: str = "") -> subprocess.Popen:
    """The adapter with the listener at descriptor 3, as systemd starts it."""
    (command,) = re.findall(
        r"^ExecStart=(.*)$", (DEPLOY / "systemd" / "dial-adapter.service").read_text(), re.MULTILINE
    )
    assert command == "/usr/local/bin/bedrock-adapter --listen fd:3"
    script = f'exec 3<&{listener.fileno()}; export LISTEN_FDS=1 LISTEN_PID=$$; exec "$0" --listen fd:3 {redirections}'
    return subprocess.Popen(
        ["bash", "-c", script, BINARIES / "bedrock-adapter"],
        env=clean_environment(folder) | environment,
        cwd=folder,
        pass_fds=[listener.fileno()],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def test_socket_activation_loses_no_request_at_a_restart(hosting, upstream):
    path = str(hosting.folder / "fcgi.sock")
    body = b'{"messages":[{"role":"user","content":"Hello"}]}'
    whole = fastcgi.request(fastcgi.params_for(chat.path(), body, "POST", api_key="k"), body)

    def connect() -> socket.socket:
        connection = fastcgi.connect(path)
        connection.sendall(whole)
        return connection

    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen(128)
        first = activated(listener, aws_environment(upstream.url), hosting.folder)
        # Asked before the program is up: the socket is what answers.
        assert b"Status: 200" in fastcgi.response(connect())
        first.send_signal(signal.SIGTERM)
        assert first.wait(5) == 0
        waiting = connect()
        time.sleep(0.1)
        second = activated(listener, aws_environment(upstream.url), hosting.folder)
        try:
            assert b"Status: 200" in fastcgi.response(waiting)
        finally:
            second.send_signal(signal.SIGTERM)
        assert second.wait(5) == 0


def test_the_log_has_no_connection_where_the_program_starts_without_descriptors(hosting, upstream):
    """A FastCGI program may be started with nothing but its listener (FastCGI specification, 2.2)."""
    path = str(hosting.folder / "fcgi.sock")
    body = b'{"messages":[{"role":"user","content":"Hello"}]}'
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen(128)
        adapter = activated(listener, aws_environment(upstream.url), hosting.folder, "<&- >&- 2>&-")
        try:
            with fastcgi.connect(path) as connection:
                connection.sendall(fastcgi.request(fastcgi.params_for(chat.path(), body, "POST", api_key="k"), body))
                assert b"Status: 200" in fastcgi.response(connection)
            for descriptor in range(3):
                assert os.readlink(f"/proc/{adapter.pid}/fd/{descriptor}") == "/dev/null"
        finally:
            adapter.send_signal(signal.SIGTERM)
        assert adapter.wait(5) == 0


def test_units_give_running_streams_time_to_finish():
    service = (DEPLOY / "systemd" / "dial-adapter.service").read_text()
    compose = yaml.safe_load((DEPLOY / "compose" / "compose.yaml").read_text())
    table = (REPOSITORY / "docs" / "configuration.md").read_text()
    grace = int(re.search(r"`DIAL_ADAPTER_SHUTDOWN_GRACE_SECONDS` \| (\d+) ", table)[1])
    # The start script waits for nginx that long, and 5 seconds more for the adapter.
    assert int(re.search(r"^TimeoutStopSec=(\d+)$", service, re.MULTILINE)[1]) > grace
    assert int(compose["services"]["bedrock-adapter"]["stop_grace_period"].removesuffix("s")) > grace + 5
