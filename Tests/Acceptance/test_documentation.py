"""The documentation keeps up with the program: docs/troubleshooting.md has every text that the program can say."""

import json
import re

import httpx
import pytest

from support import chat
from support.stack import REPOSITORY
from support.swift_literals import HOLE, sentences

SAYING = [
    "AWS",
    "Adapters",
    "Bedrock",
    "Catalog",
    "DIAL",
    "FastCGI",
    "Gateway",
    "HTTPClient",
    "JSON",
    "bedrock-adapter",
]

NO_MESSAGES = {
    "BedrockAdapter.swift": "the help text",
    "ChatFormat.swift": "what a model is told",
    "ClaudeConfiguration+Schema.swift": "descriptions in a schema",
    "ClaudeTextTools.swift": "what a model is told",
    "ConverseConfiguration+Schema.swift": "descriptions in a schema",
    "Gateway+Documentation.swift": "headers of the documentation page",
    "JSONView.swift": "a programmer's mistake",
    "MetricsReport.swift": "descriptions of metrics",
    "MetricsServer.swift": "HTTP's own words",
    "ReasonPhrase.swift": "HTTP's own words",
    "UpstreamError+Response.swift": "HTTP's own words",
    "XMLElement.swift": "details that end as 'Unable to parse function call' or as an answer of STS that is none",
}
"""Files whose sentences are not looked for, and what they are."""

NO_MESSAGE = [
    r"[a-z]+/[a-z-]+;.*",  # media types
    r"--….*",  # a part of a multipart body
    r"AWS4-HMAC-SHA256 .*",
    r"(the default chain|profile with assumed role)",  # names of credential sources, within lines that are listed
    r"Give your answer by calling this.*",  # said to models
    # What others' messages are searched for.
    r"The Canonical String for this request",
    r"(input is too long|prompt is too long|too many input tokens|exceed context limit|"
    r"maximum context length|too many total text bytes)",
    r"invalid sequence as part of ToolUse",
]


def patterns() -> list[re.Pattern]:
    text = (REPOSITORY / "docs" / "troubleshooting.md").read_text()
    spans = re.findall(r"`([^`]+)`", text.replace("\n", " "))
    return [re.compile(re.escape(span.strip()).replace(re.escape(HOLE), ".*")) for span in spans if " " in span]


def spoken() -> list[tuple[str, str]]:
    found = []
    for target in SAYING:
        for place, text in sentences(REPOSITORY / "Sources" / target):
            file = place.rpartition(":")[0]
            if file not in NO_MESSAGES and not any(re.fullmatch(each, text) for each in NO_MESSAGE):
                # Code spans of the page cannot hold backticks.
                found.append((f"{target}/{place}", re.sub(r"`[^`]*`", HOLE, text)))
    configuration = (REPOSITORY / "nginx" / "upstream.conf").read_text()
    messages = re.search(r"map \$status \$dial_adapter_error_message \{(.*?)\}", configuration, re.DOTALL)[1]
    found += [("nginx/upstream.conf", text) for text in re.findall(r'"([^"]+)"', messages)]
    return found


def test_every_text_of_the_program_is_in_troubleshooting():
    listed = patterns()
    missing = [f"{place}: {text}" for place, text in spoken() if not any(each.fullmatch(text) for each in listed)]
    assert not missing, "docs/troubleshooting.md lacks these texts:\n" + "\n".join(missing)


def test_the_search_for_texts_finds_them():
    """Some of each kind, so that a search that finds nothing does not pass for a page that has everything."""
    texts = [text for _, text in spoken()]
    assert len(texts) > 250
    for text in (
        "Api-Key header is required",
        f"The request body is larger than {HOLE} bytes (DIAL_ADAPTER_MAX_BODY_BYTES)",
        "The adapter is unavailable",
        "Unable to locate credentials",
    ):
        assert text in texts
    assert any(text.startswith("The requested maximum prompt tokens is") and "Please reduce" in text for text in texts)


def test_configurations_are_those_of_the_models_page(sandbox):
    chats = (REPOSITORY / "docs" / "models.md").read_text().split("## Embeddings")[0]
    rows = re.findall(r"^\| `([^`]+)` \|.* \| (yes|—) \|$", chats, re.MULTILINE)
    assert len(rows) > 50
    for model, offered in rows:
        answer = httpx.get(f"{sandbox.url}/openai/deployments/{model}/configuration", headers=chat.HEADERS)
        if offered == "yes":
            assert answer.status_code == 200 and answer.json()["type"] == "object", model
        else:
            assert answer.status_code == 404, model


def test_configurations_of_the_models_page_are_taken(sandbox):
    text = (REPOSITORY / "docs" / "models.md").read_text()
    rows = re.findall(r"^\| `([^`]+)`.* \| `(\{.*?\})` \|", text, re.MULTILINE)
    assert len(rows) >= 7
    for model, configuration in rows:
        for key in json.loads(configuration):
            url = f"{sandbox.url}/openai/deployments/{model}/configuration"
            properties = httpx.get(url, headers=chat.HEADERS).json()["properties"]
            assert key in properties, (model, key)
        body = chat.body("x", max_tokens=2000, custom_fields={"configuration": json.loads(configuration)})
        answer = httpx.post(sandbox.url + chat.path(model), headers=chat.HEADERS, json=body)
        assert answer.status_code == 200, (model, configuration, answer.text[:500])


def test_fields_of_the_log_are_those_of_the_operations_page():
    written = re.findall(
        r'\badd(?:Literal)?\("(\w+)"',
        (REPOSITORY / "Sources" / "Gateway" / "Logging" / "RequestLog.swift").read_text(),
    )
    table = (REPOSITORY / "docs" / "operations.md").read_text().split("| field | meaning |")[1].split("\n\n")[0]
    documented = [name for row in table.splitlines() if row for name in re.findall(r"`(\w+)`", row.split("|")[1])]
    assert len(written) > 15 and sorted(written) == sorted(documented)


PAGES = sorted([*REPOSITORY.glob("*.md"), *(REPOSITORY / "docs").rglob("*.md")])


def anchors(text: str) -> set[str]:
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
        if target.startswith(("http://", "https://", "mailto:")):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        assert file.exists(), f"{page.name} links to {target}"
        if anchor:
            assert anchor in anchors(file.read_text()), f"{page.name} links to {target}"
