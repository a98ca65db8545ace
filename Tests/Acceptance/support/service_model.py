"""What AWS's own description of its service says of a request."""

import botocore.session
from botocore.validate import ParamValidator

_OPERATIONS = botocore.session.get_session().get_service_model("bedrock-runtime")


def assert_valid(operation: str, body: dict, model: str = "amazon.nova-pro-v1:0") -> None:
    """Fails with botocore's report unless the body is a valid input of the operation, such as `Converse`."""
    shape = _OPERATIONS.operation_model(operation).input_shape
    report = ParamValidator().validate({"modelId": model} | body, shape)
    assert not report.has_errors(), report.generate_report()
