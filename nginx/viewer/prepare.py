#!/usr/bin/env python3
"""Puts the viewer of /docs, Swagger UI, beside the page's own files in nginx/static/docs.

It comes from the package that requirements.txt pins by hash. Without it /docs still answers, with a page that links to
/openapi.json.
"""

import pathlib
import sys

# A build leaves nothing behind but its result.
sys.dont_write_bytecode = True

NGINX = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(NGINX.parent / "scripts"))

import pinned_wheel  # noqa: E402

FOLDER = "drf_spectacular_sidecar/static/drf_spectacular_sidecar/swagger-ui-dist"
FILES = [
    "swagger-ui.css",
    "swagger-ui-bundle.js.LICENSE.txt",
    # The last one to be written: make takes it for the whole.
    "swagger-ui-bundle.js",
]


def main() -> None:
    try:
        contents = pinned_wheel.read(NGINX / "viewer" / "requirements.txt", [f"{FOLDER}/{name}" for name in FILES])
    except pinned_wheel.WheelError as error:
        sys.exit(f"The viewer of /docs cannot be prepared: {error}")
    for name, content in zip(FILES, contents, strict=True):
        target = NGINX / "static" / "docs" / name
        partial = target.with_name(f"{name}.partial")
        partial.write_bytes(content)
        partial.replace(target)


if __name__ == "__main__":
    main()
