"""AWS's own description of a request, and whether a body is one."""

import base64
import functools
import re

import botocore.loaders
import botocore.model
import botocore.validate


@functools.cache
def _service() -> botocore.model.ServiceModel:
    return botocore.model.ServiceModel(botocore.loaders.Loader().load_service_model("bedrock-runtime", "service-2"))


def violations(operation: str, model: str, body: dict) -> list[str]:
    """What botocore would refuse to send and, beyond it, what the description's enums, patterns and limits exclude.

    Only the bodies of Converse are described.
    """
    if not operation.startswith("Converse"):
        return []
    shape = _service().operation_model(operation).input_shape
    parameters = body | {"modelId": model}
    report = botocore.validate.ParamValidator().validate(parameters, shape)
    return ([report.generate_report()] if report.has_errors() else []) + list(_strictly(parameters, shape, ""))


def _strictly(value, shape, place):
    metadata = shape.metadata
    match shape.type_name:
        case "structure" if not getattr(shape, "is_document_type", False):
            for name, member in value.items():
                if name not in shape.members:
                    yield f"{place}.{name} is unknown"
                elif member is None:
                    yield f"{place}.{name} is null"
                else:
                    yield from _strictly(member, shape.members[name], f"{place}.{name}")
        case "list":
            if len(value) > metadata.get("max", len(value)):
                yield f"{place} has {len(value)} items"
            for index, each in enumerate(value):
                yield from _strictly(each, shape.member, f"{place}[{index}]")
        case "string":
            if shape.enum and value not in shape.enum:
                yield f"{place}: {value!r} is none of {shape.enum}"
            if len(value) > metadata.get("max", len(value)):
                yield f"{place} has {len(value)} characters"
            if "pattern" in metadata and not re.fullmatch(metadata["pattern"], value):
                yield f"{place}: {value!r} does not match {metadata['pattern']}"
        case "blob":
            try:
                base64.b64decode(value, validate=True)
            except ValueError as error:
                yield f"{place}: {error}"
        case "integer" | "float" if value > metadata.get("max", value):
            yield f"{place}: {value} is above {metadata['max']}"
