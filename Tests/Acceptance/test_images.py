"""Images of Stability AI through nginx and the adapter: made, stored in DIAL, fetched again."""

import base64
import struct
import zlib

import httpx
import pytest

from support import chat

SDXL = "stability.stable-diffusion-xl-v1"
SD3, SD35 = "stability.sd3-large-v1:0", "stability.sd3-5-large-v1:0"
ULTRA, CORE = "stability.stable-image-ultra-v1:0", "stability.stable-image-core-v1:0"
ALL = [SDXL, SD3, SD35, ULTRA, CORE]


def pixels(png: bytes) -> tuple[int, int]:
    """Width and height of a PNG that is whole: every checksum right, as much data as its size asks for."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    position, data, size = 8, b"", (0, 0)
    while position < len(png):
        (length,) = struct.unpack_from(">I", png, position)
        kind, content = png[position + 4 : position + 8], png[position + 8 : position + 8 + length]
        (checksum,) = struct.unpack_from(">I", png, position + 8 + length)
        assert zlib.crc32(kind + content) == checksum
        if kind == b"IHDR":
            size = struct.unpack_from(">II", content)
        data += content if kind == b"IDAT" else b""
        position += 12 + length
    assert kind == b"IEND"
    assert len(zlib.decompress(data)) == (3 * size[0] + 1) * size[1]
    return size


def picture(width: int, height: int) -> bytes:
    def part(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\x10\x20\x30" * width) * height)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", header) + part(b"IDAT", rows) + part(b"IEND", b"")


def draw(url: str, deployment: str, prompt, *, stream: bool = False, configuration=None, **more) -> httpx.Response:
    message = {"role": "user", "content": prompt}
    if attachments := more.pop("attachments", None):
        message["custom_content"] = {"attachments": attachments}
    body = {"messages": [message], "stream": stream, **more}
    if configuration is not None:
        body["custom_fields"] = {"configuration": configuration}
    with httpx.Client(timeout=60) as client:
        return client.post(url + chat.path(deployment), headers=chat.HEADERS, json=body)


def attachments(answer: httpx.Response) -> list[dict]:
    assert answer.status_code == 200, answer.text
    if "event-stream" not in answer.headers["content-type"]:
        return [each for c in answer.json()["choices"] for each in c["message"]["custom_content"]["attachments"]]
    found = []
    for chunk in chat.events(answer.text)[:-1]:
        for choice in chunk["choices"]:
            found += choice["delta"].get("custom_content", {}).get("attachments", [])
    return found


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("deployment", ALL)
def test_inline_without_storage(sandbox, deployment, stream):
    (image,) = attachments(draw(sandbox.url, deployment, "a fox", stream=stream))
    assert image["type"] == "image/png" and image["title"] == "Image"
    assert pixels(base64.b64decode(image["data"])) == (1024, 1024)


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("deployment", ALL)
def test_stored_and_fetched(sandbox, programs, deployment, stream):
    (inline,) = attachments(draw(sandbox.url, deployment, "a fox in the snow"))
    (stored,) = attachments(draw(programs.stack.url, deployment, "a fox in the snow", stream=stream))
    assert "data" not in stored and stored["url"].startswith("files/") and stored["url"].endswith(".png")
    file = httpx.get(f"{programs.storage}/v1/{stored['url']}", headers={"Api-Key": "any"})
    assert file.headers["content-type"] == "image/png"
    assert file.content == base64.b64decode(inline["data"])


def test_seed_and_configuration(sandbox, programs):
    def image(**more) -> bytes:
        (attachment,) = attachments(draw(sandbox.url, SD35, "a fox", **more))
        return base64.b64decode(attachment["data"])

    assert image(seed=7) == image(seed=7) != image(seed=8)
    assert pixels(image(configuration={"aspect_ratio": "21:9"})) == (1536, 640)
    assert image(configuration={"negative_prompt": "snow"}) != image(configuration={"negative_prompt": None})
    draw(programs.stack.url, SD35, "a fox", seed=7, configuration={"aspect_ratio": "2:3", "negative_prompt": None})
    assert programs.last.body == {
        "prompt": "a fox",
        "mode": "text-to-image",
        "output_format": "png",
        "seed": 7,
        "aspect_ratio": "2:3",
    }


def test_another_format(programs):
    answer = draw(programs.stack.url, ULTRA, "a fox", configuration={"output_format": "jpeg"})
    (image,) = attachments(answer)
    assert image["type"] == "image/jpeg"
    file = httpx.get(f"{programs.storage}/v1/{image['url']}", headers={"Api-Key": "any"})
    assert file.headers["content-type"] == "image/jpeg" and file.content.startswith(b"\xff\xd8\xff")


@pytest.mark.parametrize("deployment", [SD3, SD35])
def test_image_to_image(sandbox, programs, deployment):
    source = picture(700, 900)
    data = {"type": "image/png", "data": base64.b64encode(source).decode()}
    linked = {"type": "image/png", "url": programs.upload("source.png", source, "image/png")}
    (first,) = attachments(draw(sandbox.url, deployment, "night", attachments=[data]))
    assert pixels(base64.b64decode(first["data"])) == (700, 900)
    attachments(draw(programs.stack.url, deployment, "night", attachments=[linked]))
    assert base64.b64decode(programs.last.body["image"]) == source
    assert programs.last.body["mode"] == "image-to-image" and programs.last.body["strength"] == 0.5


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    ("deployment", "what", "status", "code", "message"),
    [
        (ULTRA, "prompt", 400, "content_filter", "Filter reason: prompt"),
        (SD35, "output", 400, "content_filter", "Filter reason: output image"),
        (SD3, "error", 500, "500", "Inference error"),
        (SDXL, "prompt", 400, "content_filter", "One or more prompts contains filtered words."),
        (SDXL, "error", 500, "500", "Inference error"),
    ],
)
def test_filters(sandbox, deployment, what, status, code, message, stream):
    answer = draw(sandbox.url, deployment, f"a fox filter:{what}", stream=stream)
    assert answer.status_code == status
    error = answer.json()["error"]
    assert error["message"] == message
    assert error["code"] == code


def test_several_choices(programs):
    answer = draw(programs.stack.url, CORE, "a fox", n=2)
    assert len(attachments(answer)) == 2
    assert answer.json()["usage"]["completion_tokens"] == 2


@pytest.mark.parametrize(
    ("deployment", "size", "count", "message"),
    [
        (ULTRA, 700, 1, "Image-to-Image is not supported"),
        (SDXL, 700, 1, "Image-to-Image is not supported"),
        (SD35, 700, 2, "Only one input image is supported"),
        (SD35, 639, 1, "Image width is 639, but should be between 640 and 1536"),
    ],
)
def test_refused_images(programs, deployment, size, count, message):
    data = {"type": "image/png", "data": base64.b64encode(picture(size, 700)).decode()}
    answer = draw(programs.stack.url, deployment, "night", attachments=[data] * count)
    assert answer.status_code == 422
    assert answer.json()["error"]["message"] == answer.json()["error"]["display_message"] == message
    assert not programs.requests


def test_refusals_of_the_service_come_through(programs):
    answer = draw(programs.stack.url, ULTRA, "a fox", configuration={"aspect_ratio": "7:1"})
    assert answer.status_code == 400
    assert "#/aspect_ratio: 7:1 is not a valid enum value" in answer.json()["error"]["message"]
