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
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://model;
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
    def __init__(self, port: int, upstream: int):
        self.port = port
        self.directory = Path(tempfile.mkdtemp(prefix="benchmark-"))
        user = "user root;" if os.geteuid() == 0 else ""
        text = CONFIGURATION.format(port=port, upstream=upstream, user=user)
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
