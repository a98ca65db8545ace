"""Stands between the adapter and the sandbox, hands everything on unchanged, and remembers the requests."""

import http.client
import http.server
import json
import threading
import urllib.parse
from dataclasses import dataclass

OPERATIONS = {
    "converse": "Converse",
    "converse-stream": "ConverseStream",
    "invoke": "InvokeModel",
    "invoke-with-response-stream": "InvokeModelWithResponseStream",
}
MESSAGES = "Messages"
"""Of Anthropic's own API, which has the model in the body."""


@dataclass
class Recorded:
    operation: str
    model: str
    body: dict
    headers: dict[str, str]


class Recorder:
    def __init__(self, target: str) -> None:
        self.requests: list[Recorded] = []
        address = urllib.parse.urlsplit(target)
        recorder = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                recorder.note(self.path, body, {name.lower(): value for name, value in self.headers.items()})
                upstream = http.client.HTTPConnection(address.hostname, address.port, timeout=60)
                try:
                    upstream.putrequest("POST", self.path, skip_host=True, skip_accept_encoding=True)
                    # The signature covers the host that the adapter named.
                    for name, value in self.headers.items():
                        if name.lower() not in ("connection", "expect"):
                            upstream.putheader(name, value)
                    upstream.endheaders(body)
                    self.pass_on(upstream.getresponse())
                except (http.client.HTTPException, OSError):
                    self.close_connection = True
                finally:
                    upstream.close()

            def pass_on(self, answer: http.client.HTTPResponse) -> None:
                self.send_response_only(answer.status, answer.reason)
                for name, value in answer.getheaders():
                    if name.lower() not in ("connection", "transfer-encoding", "content-length"):
                        self.send_header(name, value)
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                while piece := answer.read1(65536):
                    self.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
                    self.wfile.flush()
                self.wfile.write(b"0\r\n\r\n")

            def log_message(self, *_) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def note(self, target: str, body: bytes, headers: dict[str, str]) -> None:
        content = json.loads(body)
        match urllib.parse.urlsplit(target).path.strip("/").split("/"):
            case ["model", model, operation]:
                recorded = Recorded(OPERATIONS[operation], urllib.parse.unquote(model), content, headers)
            case ["v1", "messages"]:
                recorded = Recorded(MESSAGES, content["model"], content, headers)
            case _:
                raise ValueError(f"no known operation: {target}")
        self.requests.append(recorded)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
