"""Checks a Signature Version 4 from what arrived, with nothing of the adapter's or botocore's code."""

import hashlib
import hmac
from urllib.parse import quote

from support.upstream import Request


def _sign(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def expected_signature(request: Request, secret: str) -> tuple[str, str]:
    """The signature the request carries and the one it should carry."""
    scheme, _, fields = request.headers["authorization"].partition(" ")
    assert scheme == "AWS4-HMAC-SHA256"
    parts = dict(part.strip().split("=", 1) for part in fields.split(","))
    _, date, region, service, terminator = parts["Credential"].split("/")
    assert terminator == "aws4_request"
    path, _, query = request.target.partition("?")
    names = parts["SignedHeaders"].split(";")
    assert {"host", "x-amz-date"} <= set(names)
    canonical = "\n".join(
        [
            request.method,
            quote(path, safe="/-_.~"),
            query,
            *(f"{name}:{' '.join(request.headers[name].split())}" for name in names),
            "",
            parts["SignedHeaders"],
            hashlib.sha256(request.body).hexdigest(),
        ]
    )
    scope = f"{date}/{region}/{service}/aws4_request"
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    to_sign = "\n".join(["AWS4-HMAC-SHA256", request.headers["x-amz-date"], scope, digest])
    key = f"AWS4{secret}".encode()
    for step in (date, region, service, "aws4_request"):
        key = _sign(key, step)
    return parts["Signature"], hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()
