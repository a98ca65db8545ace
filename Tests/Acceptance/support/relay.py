"""Hands requests on to another server and its answers back, unchanged, and lets a test look at both."""

import http.client
import http.server
import threading
import urllib.parse
from dataclasses import dataclass


@dataclass
class Answered:
    method: str
    target: str
    request: bytes
    status: int
    headers: dict[str, str]
    body: bytes
    is_whole: bool = True


class Relay:
    def __init__(self, target: str) -> None:
        address = urllib.parse.urlsplit(target)
        relay = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # Else the kernel holds each body back until the head is acknowledged, which the adapter takes its time for.
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                relay.asked(self.path, body, {name.lower(): value for name, value in self.headers.items()})
                server = http.client.HTTPConnection(address.hostname, address.port, timeout=60)
                try:
                    server.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
                    # A signature covers the host that the client named.
                    for name, value in self.headers.items():
                        if name.lower() not in ("connection", "expect"):
                            server.putheader(name, value)
                    server.endheaders(body)
                    self.pass_on(server.getresponse(), body)
                except (http.client.HTTPException, OSError):
                    self.close_connection = True
                finally:
                    server.close()

            do_POST = do_GET

            def pass_on(self, answer: http.client.HTTPResponse, request: bytes) -> None:
                self.send_response_only(answer.status, answer.reason)
                for name, value in answer.getheaders():
                    if name.lower() not in ("connection", "transfer-encoding", "content-length"):
                        self.send_header(name, value)
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                whole = b""
                while piece := answer.read1(65536):
                    whole += piece
                    self.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
                    self.wfile.flush()
                headers = {name.lower(): value for name, value in answer.getheaders()}
                relay.answered(Answered(self.command, self.path, request, answer.status, headers, whole))
                self.wfile.write(b"0\r\n\r\n")

            def log_message(self, *_) -> None:
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_) -> None:
                """A connection that ends with its program is none."""

        self._server = Server(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def asked(self, target: str, body: bytes, headers: dict[str, str]) -> None:
        """Called before the request is handed on."""

    def answered(self, exchange: Answered) -> None:
        """Called before the client sees the end of the answer."""

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
