"""What stands between the adapter and a server, and hands bytes on in both directions."""

import contextlib
import socket
import ssl
import threading


class Tunnel:
    """Each connection is one to a port of this machine."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def port(self) -> int:
        return self._listener.getsockname()[1]

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._run, args=(connection,), daemon=True).start()

    def _run(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            self._serve(connection)

    def _serve(self, connection: socket.socket) -> None:
        """Says what has to be said, then `_hand_on`."""
        raise NotImplementedError

    def _hand_on(self, client: socket.socket) -> None:
        with socket.create_connection(("127.0.0.1", self._target)) as server:
            back = threading.Thread(target=self._copy, args=(server, client), daemon=True)
            back.start()
            self._copy(client, server)
            back.join()

    @staticmethod
    def _copy(source: socket.socket, destination: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                destination.sendall(data)
            destination.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        self._listener.close()


class TLSFront(Tunnel):
    """TLS for a server that has none; the certificate is for `localhost`."""

    def __init__(self, port: int, certificate: str, key: str) -> None:
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate, key)
        super().__init__(port)

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}"

    def _serve(self, connection: socket.socket) -> None:
        with self._context.wrap_socket(connection, server_side=True) as client:
            self._hand_on(client)


class ConnectProxy(Tunnel):
    """Connects to one server, whatever it is asked for; or refuses to."""

    def __init__(self, port: int, refusal: bytes = b"") -> None:
        self._refusal = refusal
        self.asked: list[bytes] = []
        super().__init__(port)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def _serve(self, connection: socket.socket) -> None:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            byte = connection.recv(1)
            if not byte:
                return
            head += byte
        self.asked.append(head.split(b"\r\n")[0])
        if self._refusal:
            connection.sendall(self._refusal)
            return
        connection.sendall(b"HTTP/1.1 200 Connection established\r\nRetry-After: 99\r\n\r\n")
        self._hand_on(connection)
