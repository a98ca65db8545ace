"""nginx that passes the upstream's bytes on unread: the yardstick."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

CONFIGURATION = """
{user}
worker_processes 1;
daemon off;
pid nginx.pid;
events {{ worker_connections 8192; }}
http {{
    access_log off;
    client_body_temp_path body;
    fastcgi_temp_path fastcgi;
    proxy_temp_path proxy;
    scgi_temp_path scgi;
    uwsgi_temp_path uwsgi;
    keepalive_requests 1000000;
    upstream model {{ server 127.0.0.1:{upstream}; keepalive 64; keepalive_requests 1000000; }}
    server {{
        listen 127.0.0.1:{port}{certificate};
        location / {{
            proxy_pass {scheme}://model;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Host $http_host;
            proxy_buffering off;
            proxy_buffer_size 16k;
            proxy_buffers 8 16k;
            proxy_read_timeout 660s;
            client_max_body_size 64m;
            client_body_buffer_size 64m;
        }}
    }}
}}
"""


class RawProxy:
    def __init__(self, port: int, upstream: int, *, to_tls: bool = False, certificate: str | None = None):
        """`certificate` is a PEM file with `key.pem` beside it, and makes it speak TLS to its clients."""
        self.port = port
        self.directory = Path(tempfile.mkdtemp(prefix="benchmark-"))
        user = "user root;" if os.geteuid() == 0 else ""
        key = certificate and Path(certificate).with_name("key.pem")
        text = CONFIGURATION.format(
            port=port,
            upstream=upstream,
            user=user,
            scheme="https" if to_tls else "http",
            certificate=f" ssl; ssl_certificate {certificate}; ssl_certificate_key {key}" if certificate else "",
        )
        (self.directory / "nginx.conf").write_text(text)
        path = os.environ["PATH"] + ":/usr/sbin"
        command = [shutil.which("nginx", path=path), "-p", str(self.directory), "-c", "nginx.conf", "-e", "stderr"]
        self.process = subprocess.Popen(command)
        deadline = time.monotonic() + 5
        while True:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                return
            except ConnectionRefusedError:
                if time.monotonic() > deadline or self.process.poll() is not None:
                    raise RuntimeError("the raw proxy did not start") from None
                time.sleep(0.02)

    @property
    def processes(self) -> list[int]:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [self.process.pid, *map(int, children)]

    def close(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(10)
        shutil.rmtree(self.directory, ignore_errors=True)
