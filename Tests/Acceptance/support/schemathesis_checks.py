"""What schemathesis looks for besides its own checks; it loads this file itself."""

import json

import schemathesis
from schemathesis import GenerationMode

from support import openapi
from support.relay import Answered


@schemathesis.check
def described(context, response, case) -> None:
    """Every answer, events of streams included, is as described, down to members nobody told of."""
    exchange = Answered(
        case.method,
        response.request.path_url,
        b"",
        response.status_code,
        {name.lower(): values[0] for name, values in response.headers.items()},
        b"" if case.method == "HEAD" else response.content,
        # schemathesis reads the first events of a stream.
        is_whole=False,
    )
    found = [] if response.status_code == 405 else list(openapi.answer_violations(exchange))
    assert not found, "\n".join(found)


@schemathesis.check
def structure_as_described(context, response, case) -> None:
    """What the description allows, the adapter's own reading of the body must not refuse."""
    is_valid = case.meta and case.meta.generation.mode == GenerationMode.POSITIVE
    if is_valid and response.status_code == 400 and not _has_integral_fraction(case.body):
        message = json.loads(response.text)["error"]["message"]
        assert "invalid structure" not in message, message


@schemathesis.check
def no_failure_of_the_adapter(context, response, case) -> None:
    if response.status_code == 500:
        message = json.loads(response.text)["error"]["message"]
        assert "X-DIAL-DEPLOYMENT-ID" in message, message


def _has_integral_fraction(value: object) -> bool:
    """True of `2.0` anywhere: an integer to JSON Schema, but not to the strict fields of the DIAL SDK."""
    if isinstance(value, dict):
        return any(map(_has_integral_fraction, value.values()))
    if isinstance(value, list):
        return any(map(_has_integral_fraction, value))
    return isinstance(value, float) and value.is_integer()
