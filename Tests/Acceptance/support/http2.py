"""One HTTP/2 connection under full control: client libraries do not reset a stream that they stop reading."""

import json
import socket
import ssl

import h2.config
import h2.connection
import h2.events


class HTTP2Client:
    def __init__(self, port: int, certificate: str):
        context = ssl.create_default_context(cafile=certificate)
        context.set_alpn_protocols(["h2"])
        self._socket = context.wrap_socket(socket.create_connection(("127.0.0.1", port)), server_hostname="localhost")
        self._socket.settimeout(10)
        assert self._socket.selected_alpn_protocol() == "h2"
        self._connection = h2.connection.H2Connection(h2.config.H2Configuration(header_encoding="utf-8"))
        self._connection.initiate_connection()
        self._flush()

    def _flush(self) -> None:
        self._socket.sendall(self._connection.data_to_send())

    def post(self, path: str, body: dict) -> int:
        """Sends a request; gives the number of its stream."""
        content = json.dumps(body).encode()
        stream = self._connection.get_next_available_stream_id()
        headers = [
            (":method", "POST"),
            (":scheme", "https"),
            (":authority", "localhost"),
            (":path", path),
            ("api-key", "acceptance-key"),
            ("content-type", "application/json"),
            ("content-length", str(len(content))),
        ]
        self._connection.send_headers(stream, headers)
        self._connection.send_data(stream, content, end_stream=True)
        self._flush()
        return stream

    def wait_for_data(self, stream: int) -> None:
        """Reads until something of this stream's body comes."""
        while True:
            received = self._connection.receive_data(self._socket.recv(65536))
            found = False
            for event in received:
                if isinstance(event, h2.events.DataReceived):
                    self._connection.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
                    found = found or event.stream_id == stream
                elif isinstance(event, h2.events.ConnectionTerminated):
                    raise ConnectionError("the server ended the connection")
            self._flush()
            if found:
                return

    def reset(self, stream: int) -> None:
        self._connection.reset_stream(stream)
        self._flush()

    def close(self) -> None:
        self._socket.close()
