"""The pages in a browser, found as people and screen readers find things: by label, role and text."""

import base64
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect, sync_playwright

from support import openapi
from support.converse import DEEPSEEK, png
from support.stack import REPOSITORY, Stack

PHONE = {"width": 390, "height": 800}
DESKTOP = {"width": 1280, "height": 820}


@pytest.fixture(scope="module")
def stack():
    running = Stack(sandbox=True, environment={"SANDBOX_TOKENS_PER_SECOND": "200"})
    yield running
    running.close()


@pytest.fixture(scope="module")
def browser():
    chromium = shutil.which("chromium")
    assert chromium, "chromium is missing: make browser"
    # Nothing but this machine can be reached, so that a file from elsewhere would be missed.
    arguments = ["--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"]
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=arguments)
        yield running
        running.close()


@pytest.fixture
def open_page(browser, stack):
    """Opens a page; at the end nothing may have gone wrong in it that the test did not ask for."""
    contexts, wrong = [], []

    def note(message) -> None:
        # The browser's own note of a status that the page shows.
        if message.type == "error" and "the server responded with a status of" not in message.text:
            wrong.append(message.text)

    def begin(path: str = "/", *, viewport: dict = DESKTOP, scheme: str = "light", tls: bool = False) -> Page:
        context = browser.new_context(viewport=viewport, color_scheme=scheme, ignore_https_errors=tls)
        contexts.append(context)
        page = context.new_page()
        page.on("console", note)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto((stack.tls_url if tls else f"http://localhost:{stack.port}") + path)
        return page

    yield begin
    for context in contexts:
        context.close()
    assert not wrong


def prompt(page: Page):
    return page.get_by_label("Prompt", exact=True)


def choose(page: Page, deployment: str) -> None:
    page.get_by_label("Deployment", exact=True).select_option(deployment)


def ask(page: Page, text: str) -> None:
    prompt(page).fill(text)
    prompt(page).press("Enter")


def answers(page: Page):
    return page.locator(".answer > .text")


def wait_until_answered(page: Page) -> None:
    expect(page.get_by_role("button", name="Send", exact=True)).to_be_visible()
    expect(page.locator(".answer.running")).to_have_count(0)


def posted(page: Page) -> list:
    """The messages of each request from now on."""
    requests = []
    page.on("request", lambda it: requests.append(it.post_data_json["messages"]) if it.method == "POST" else None)
    return requests


def test_an_answer_streams_and_is_measured(open_page):
    page = open_page()
    expect(page.get_by_label("Deployment", exact=True)).to_have_value("amazon.nova-lite-v1:0")
    ask(page, "rate:20 words:30")
    expect(answers(page)).to_contain_text("river")
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    wait_until_answered(page)
    assert len(answers(page).inner_text().split()) == 30
    expect(page.get_by_text(re.compile(r"^First token after \d+"))).to_be_visible()
    expect(page.get_by_text(re.compile(r"^\d+\.\d tokens/s$"))).to_be_visible()
    expect(page.get_by_text(re.compile(r"tokens in, 30 out"))).to_be_visible()
    expect(page.locator("#announcement")).to_contain_text("river")
    page.get_by_text("Events (32)").click()
    expect(page.locator(".more pre").first).to_contain_text("chat.completion.chunk")


def test_a_prompt_waits_for_the_list_of_deployments(open_page):
    page = open_page()
    held = []
    page.route("**/openai/models", lambda route: held.append(route))
    with page.expect_request("**/openai/models"):
        page.reload()
    ask(page, "Early")
    expect(page.locator("#deployment option")).to_have_count(0)
    held[0].continue_()
    expect(answers(page)).to_contain_text("Early")


def test_what_a_model_says_is_never_html(open_page):
    page = open_page()
    text = '<img src=x onerror="document.title=1"><script>document.title=2</script><b>bold</b>'
    ask(page, text)
    wait_until_answered(page)
    assert text in answers(page).inner_text()
    assert page.locator("#turns img, #turns script, #turns b").count() == 0
    assert page.title().startswith("Playground")


def test_stop_cancels_and_keeps_what_there_is(open_page, stack):
    page = open_page()
    ask(page, "rate:20 words:1000")
    expect(answers(page)).to_contain_text("river")
    prompt(page).press("Escape")
    wait_until_answered(page)
    expect(page.get_by_text("Stopped").first).to_be_visible()
    assert 0 < len(answers(page).inner_text().split()) < 900
    ask(page, "And then?")
    wait_until_answered(page)
    expect(answers(page).nth(1)).to_contain_text("And then?")


def test_a_new_chat_knows_nothing_of_an_answer_under_way(open_page):
    page = open_page()
    requests = posted(page)
    ask(page, "rate:20 words:1000")
    expect(answers(page)).to_contain_text("river")
    page.get_by_role("button", name="New chat").click()
    ask(page, "Hello")
    expect(answers(page)).to_have_text("You said: Hello")
    wait_until_answered(page)
    assert requests[1:] == [[{"role": "user", "content": "Hello"}]]


def test_a_new_chat_has_no_files_of_the_old_one(open_page):
    page = open_page()
    page.locator("#files").set_input_files({"name": "sea.png", "mimeType": "image/png", "buffer": png(8)})
    expect(page.get_by_text("sea.png")).to_be_visible()
    page.get_by_role("button", name="New chat").click()
    expect(page.get_by_text("sea.png")).to_have_count(0)


def test_thinking_is_shown_and_carried_back(open_page):
    page = open_page()
    choose(page, DEEPSEEK)
    ask(page, "reasoning:5 Why?")
    wait_until_answered(page)
    page.get_by_text("Thinking", exact=True).click()
    expect(page.locator(".stage .text")).to_contain_text("river")
    ask(page, "echo:request")
    wait_until_answered(page)
    assert "You said: Why?" in answers(page).nth(1).inner_text()


def test_tools_are_called_and_answered(open_page):
    page = open_page()
    page.get_by_role("button", name="Insert an example").click()
    ask(page, 'call:get_weather {"city":"Paris"} call:get_weather {"city":"Rome"}')
    results = page.get_by_label("Result of get_weather")
    expect(results).to_have_count(2)
    expect(results.first).to_be_focused()
    expect(page.locator(".call pre").first).to_contain_text('"city": "Paris"')
    ask(page, "Something else")
    expect(page.get_by_role("status")).to_have_text("The model waits for its tools.")
    results.first.fill('{"celsius":21}')
    results.nth(1).fill('{"celsius":27}')
    page.get_by_role("button", name="Send the results").click()
    wait_until_answered(page)
    expect(answers(page).nth(1)).to_contain_text("27")


def test_results_stay_until_they_are_answered(open_page):
    page = open_page()
    page.get_by_role("button", name="Insert an example").click()
    ask(page, 'call:get_weather {"city":"Paris"}')
    result, send = page.get_by_label("Result of get_weather"), page.get_by_role("button", name="Send the result")
    result.fill('{"celsius":21}')

    page.get_by_label("Configuration").fill("{")
    send.click()
    expect(page.get_by_text("This is not JSON")).to_be_visible()
    expect(send).to_be_visible()
    expect(result).to_be_editable()
    page.get_by_label("Configuration").fill("")

    page.route("**/chat/completions", lambda route: None)
    send.click()
    expect(send).to_be_hidden()
    page.get_by_role("button", name="Stop").click()
    expect(send).to_be_visible()
    page.unroute("**/chat/completions")

    page.route("**/chat/completions", lambda route: route.fulfill(status=503, json={"error": {"message": "Busy"}}))
    send.click()
    expect(page.get_by_role("alert")).to_contain_text("Busy")
    ask(page, "Something else")
    expect(page.get_by_role("status")).to_have_text("The model waits for its tools.")
    page.unroute("**/chat/completions")

    requests = posted(page)
    send.click()
    expect(answers(page).nth(1)).to_contain_text("21")
    wait_until_answered(page)
    expect(send).to_be_hidden()
    expect(page.locator("#turns > li")).to_have_count(2)
    prompt(page).press("Enter")
    wait_until_answered(page)
    assert [[message["role"] for message in messages] for messages in requests] == [
        ["user", "assistant", "tool"],
        ["user", "assistant", "tool", "assistant", "user"],
    ]


def test_a_picture_is_attached(open_page):
    page = open_page()
    picture = {"name": "sea.png", "mimeType": "image/png", "buffer": png(8)}
    page.locator("#files").set_input_files([picture, picture | {"name": "sky.png"}])
    page.get_by_role("button", name="Remove sky.png").click()
    ask(page, "What is this?")
    wait_until_answered(page)
    expect(answers(page)).to_contain_text("1 image (png")
    expect(page.locator(".question").get_by_alt_text("sea.png")).to_be_visible()


def test_a_file_that_cannot_be_read_is_named(open_page, tmp_path):
    page = open_page()
    file = tmp_path / "gone.txt"
    file.write_text("Here")
    page.evaluate("document.body.append(Object.assign(document.createElement('input'), { type: 'file', id: 'own' }))")
    page.locator("#own").set_input_files(file)
    file.unlink()
    page.evaluate("""() => {
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(document.getElementById("own").files[0]);
        dataTransfer.items.add(new File(["Here"], "here.txt", { type: "text/plain" }));
        document.dispatchEvent(new DragEvent("drop", { dataTransfer, cancelable: true }));
    }""")
    expect(page.get_by_role("alert")).to_have_text("Cannot be read: gone.txt")
    expect(page.get_by_role("button", name="Remove here.txt")).to_be_visible()
    ask(page, "Hello")
    expect(page.get_by_role("alert")).to_have_count(0)


SLOW_READER = """() => {
  const read = FileReader.prototype.readAsDataURL;
  FileReader.prototype.readAsDataURL = function (file) { setTimeout(() => read.call(this, file), 500); };
}"""


def test_a_file_that_is_being_read_is_waited_for(open_page):
    page = open_page()
    page.evaluate(SLOW_READER)
    requests = posted(page)
    page.locator("#files").set_input_files({"name": "sea.png", "mimeType": "image/png", "buffer": png(8)})
    prompt(page).fill("What is it?")
    prompt(page).press("Enter")
    prompt(page).press("Enter")
    expect(page.locator(".answer")).to_have_count(1)
    wait_until_answered(page)
    ((message,),) = requests
    assert [it["title"] for it in message["custom_content"]["attachments"]] == ["sea.png"]
    expect(page.locator("#attachments li")).to_have_count(0)


def test_a_file_that_is_being_read_does_not_get_into_a_new_chat(open_page):
    page = open_page()
    page.evaluate(SLOW_READER)
    page.locator("#files").set_input_files({"name": "sea.png", "mimeType": "image/png", "buffer": png(8)})
    prompt(page).fill("What is it?")
    prompt(page).press("Enter")
    page.get_by_role("button", name="New chat").click()
    page.locator("#files").set_input_files({"name": "sky.png", "mimeType": "image/png", "buffer": png(8)})
    expect(page.locator("#attachments li")).to_have_text([re.compile("sky.png")])
    expect(page.locator(".answer")).to_have_count(0)
    expect(prompt(page)).to_have_value("What is it?")


def test_text_can_be_dragged_into_the_prompt(open_page):
    page = open_page()
    heading = page.get_by_role("heading", name="Ask something")
    heading.select_text()
    heading.drag_to(prompt(page))
    expect(prompt(page)).to_have_value(re.compile("Ask something"))


def test_a_generated_picture_is_shown(open_page):
    """The answer is written here: what counts is the page."""
    page = open_page()
    attachment = {"index": 0, "type": "image/png", "title": "Image", "data": base64.b64encode(png(8)).decode()}
    chunk = {
        "choices": [{"index": 0, "finish_reason": None, "delta": {"custom_content": {"attachments": [attachment]}}}]
    }
    stream = f"data: {json.dumps(chunk)}\n\ndata: [DONE]\n\n"
    page.route("**/chat/completions", lambda route: route.fulfill(content_type="text/event-stream", body=stream))
    ask(page, "A lighthouse")
    picture = page.locator(".answer").get_by_alt_text("Image")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.naturalWidth") == 8


@pytest.mark.parametrize(
    ("text", "code"),
    [("fault:access-denied", "403"), ("words:9 fault:stream-throttling@5", "429"), ("fault:cut", None)],
)
def test_an_error_is_shown_and_can_be_tried_again(open_page, text, code):
    page = open_page()
    ask(page, text)
    expect(page.get_by_role("alert")).to_be_visible()
    if code:
        expect(page.get_by_role("alert").locator(".code")).to_contain_text(code)
    wait_until_answered(page)
    page.get_by_role("button", name="Try again").click()
    wait_until_answered(page)
    expect(page.get_by_role("alert")).to_have_count(1)
    ask(page, "Still there?")
    wait_until_answered(page)
    expect(answers(page).last).to_contain_text("Still there?")


def test_nothing_is_tried_again_before_its_time(open_page):
    page = open_page()
    requests = posted(page)
    retry = page.get_by_role("button", name="Try again")
    ask(page, "fault:access-denied")
    expect(retry).to_be_enabled()
    ask(page, "rate:20 words:1000")
    expect(retry).to_be_disabled()
    page.get_by_role("button", name="Stop").click()
    expect(retry).to_be_enabled()
    page.get_by_role("button", name="Insert an example").click()
    ask(page, 'call:get_weather {"city":"Paris"}')
    expect(page.get_by_label("Result of get_weather")).to_be_visible()
    prompt(page).focus()
    retry.click()
    expect(page.get_by_label("Result of get_weather")).to_be_focused()
    expect(retry).to_be_visible()
    assert len(requests) == 3


def test_a_retry_that_is_refused_loses_nothing(open_page):
    page = open_page()
    requests = posted(page)
    ask(page, "fault:access-denied")
    page.get_by_label("Configuration").fill("{")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("This is not JSON")).to_be_visible()
    page.get_by_label("Configuration").fill("")
    page.get_by_role("button", name="Try again").click()
    wait_until_answered(page)
    expect(page.get_by_role("alert")).to_have_count(1)
    assert requests == [[{"role": "user", "content": "fault:access-denied"}]] * 2


def test_settings_reach_the_request_and_bad_ones_are_named(open_page):
    page = open_page()
    page.get_by_label("System prompt").fill("Be brief")
    page.get_by_label("Temperature").fill("0.5")
    page.get_by_label("Max tokens").fill("600")
    page.get_by_label("Configuration").fill('{"guardrailConfig":')
    ask(page, "echo:request")
    expect(page.get_by_text("This is not JSON")).to_be_visible()
    expect(page.get_by_label("Configuration")).to_be_focused()
    expect(prompt(page)).to_have_value("echo:request")
    guardrail = {"guardrailIdentifier": "abc", "guardrailVersion": "1"}
    page.get_by_label("Configuration").fill(json.dumps({"guardrailConfig": guardrail}))
    prompt(page).press("Enter")
    wait_until_answered(page)
    sent = json.loads(answers(page).inner_text())
    assert sent["system"] == [{"text": "Be brief"}]
    assert sent["inferenceConfig"] == {"temperature": 0.5, "maxTokens": 600}
    assert sent["guardrailConfig"].items() >= guardrail.items()


@pytest.mark.parametrize("field", ["Tools", "Configuration"])
def test_a_complaint_ends_with_its_cause(open_page, field):
    page = open_page()
    page.get_by_label(field, exact=True).fill("1")
    ask(page, "Hello")
    expect(page.get_by_text("This must be")).to_be_visible()
    page.get_by_label(field, exact=True).fill("")
    expect(page.get_by_text("This must be")).to_have_count(0)
    expect(page.get_by_label(field, exact=True)).to_have_attribute("aria-invalid", "false")


def test_an_unknown_deployment_is_told_from_one_without_a_configuration(open_page):
    page = open_page()
    choose(page, "cohere.command-text-v14")
    expect(page.get_by_text("This deployment has none.")).to_be_visible()
    choose(page, "other")
    page.get_by_label("Id of the deployment").fill("no-such-model")
    page.get_by_label("Id of the deployment").press("Enter")
    expect(page.get_by_text("The deployment id 'no-such-model' is unknown.")).to_be_visible()


@pytest.mark.parametrize("tls", [False, True], ids=["http", "https"])
def test_the_curl_works_as_it_stands(open_page, tls):
    page = open_page(tls=tls)
    ask(page, "It's 'quoted' $HOME `x` \\ é")
    wait_until_answered(page)
    page.get_by_text("curl", exact=True).click()
    command = page.locator(".more pre").nth(1).inner_text()
    assert ("--insecure" in command) == tls
    environment = {"PATH": os.environ["PATH"], "no_proxy": "*"}
    ran = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=30, env=environment)
    assert ran.stdout.endswith("data: [DONE]\n\n"), ran.stderr
    words = re.findall(r'"delta":\{"content":("(?:[^"\\]|\\.)*")', ran.stdout)
    assert "".join(map(json.loads, words)) == answers(page).inner_text()


def test_the_curl_is_copied_without_a_clipboard(open_page):
    """As on a page of another host without TLS."""
    page = open_page()
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    ask(page, "Hello")
    wait_until_answered(page)
    page.get_by_text("curl", exact=True).click()
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    command = page.locator(".more pre").nth(1).inner_text()
    prompt(page).press("Control+v")
    expect(prompt(page)).to_have_value(command)
    page.evaluate("document.execCommand = () => false")
    page.get_by_role("button", name=re.compile("Copy|Copied")).click()
    expect(page.get_by_role("button", name="Not copied, only selected")).to_be_visible()
    assert page.evaluate("getSelection().toString()") == command


def test_works_by_keyboard_alone(open_page):
    page = open_page()
    expect(prompt(page)).to_be_focused()
    page.keyboard.type("Hello")
    page.keyboard.press("Enter")
    wait_until_answered(page)
    expect(prompt(page)).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Attach")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Send", exact=True)).to_be_focused()


def test_the_focus_goes_on_with_what_a_button_began(open_page):
    page = open_page()
    stop, send = page.get_by_role("button", name="Stop"), page.get_by_role("button", name="Send", exact=True)
    page.get_by_role("button", name="Insert an example").click()
    ask(page, 'call:get_weather {"city":"Paris"}')
    result = page.get_by_label("Result of get_weather")
    expect(result).to_be_focused()
    result.fill('{"celsius":21}')
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Send the result")).to_be_focused()
    # An answer may be over before anybody looks.
    held = []
    page.route("**/chat/completions", lambda route: held.append(route))
    with page.expect_request("**/chat/completions"):
        page.keyboard.press("Enter")
    expect(stop).to_be_focused()
    held.pop().continue_()
    expect(send).to_be_focused()
    page.unroute("**/chat/completions")

    ask(page, "fault:access-denied")
    expect(page.get_by_role("alert")).to_be_visible()
    page.route("**/chat/completions", lambda route: held.append(route))
    with page.expect_request("**/chat/completions"):
        page.get_by_role("button", name="Try again").press("Enter")
    expect(stop).to_be_focused()
    held.pop().continue_()
    expect(send).to_be_focused()


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_fits_the_screen_and_the_colour_scheme(open_page, viewport, scheme):
    page = open_page(viewport=viewport, scheme=scheme)
    ask(page, "words:40 " + "unbroken" * 40)
    wait_until_answered(page)
    overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert overflow <= 0, f"{overflow} pixels too wide"
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    is_dark = sum(map(int, re.findall(r"\d+", background)[:3])) < 3 * 128
    assert is_dark == (scheme == "dark")
    if viewport is PHONE:
        expect(page.get_by_label("System prompt")).to_be_hidden()
        page.get_by_role("button", name="Settings").click()
    expect(page.get_by_label("System prompt")).to_be_visible()
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"{scheme}-{viewport['width']}.png")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_description_is_shown(open_page, scheme):
    page = open_page("/docs", scheme=scheme)
    expect(page.get_by_role("heading", name="DIAL adapter for AWS Bedrock")).to_be_visible()
    operations = sum(method in item for item in openapi.DOCUMENT["paths"].values() for method in openapi.METHODS)
    expect(page.locator(".opblock")).to_have_count(operations)
    assert page.evaluate("document.documentElement.classList.contains('dark-mode')") == (scheme == "dark")


def test_docs_answer_without_the_viewer(open_page):
    answer = httpx.get(open_page("/docs").url)
    assert "up and running" in answer.text
    assert "script-src 'self';" in answer.headers["content-security-policy"]


def test_only_development_has_the_playground():
    site = (REPOSITORY / "nginx" / "site.conf").read_text()
    assert "# include dial-adapter/playground.conf;" in site
    assert not re.search(r"^\s*include dial-adapter/playground", site, re.MULTILINE)


def test_the_playground_can_be_switched_off(start):
    stack = start(environment={"PLAYGROUND": "no"})
    assert httpx.get(stack.url + "/").json() == {"detail": "Not Found"}
    assert httpx.get(stack.url + "/docs").status_code == 200
