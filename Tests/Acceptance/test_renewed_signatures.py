"""What makes AWS refuse a signature is put right where that is possible, for every call it concerns."""

import asyncio
import calendar
import email.utils
import re
import time
from concurrent.futures import ThreadPoolExecutor

from support import chat
from support.stack import REGION
from support.upstream import Exchange, speaking
from support.waiting import until

AHEAD = 3600


async def refuse(exchange: Exchange, code: str) -> None:
    body = f'{{"message": "refused as {code}"}}'.encode()
    headers = {"x-amzn-ErrorType": code, "Date": email.utils.formatdate(time.time() + AHEAD, usegmt=True)}
    await exchange.respond(403, "application/json", body, headers)


def an_hour_ahead(calls: int):
    """Refuses what is signed for another hour, the first calls when all of them are there."""
    answer = speaking(["Hello"])
    waiting: list[Exchange] = []

    async def handler(exchange: Exchange) -> None:
        signed = calendar.timegm(time.strptime(exchange.request.headers["x-amz-date"], "%Y%m%dT%H%M%SZ"))
        if abs(time.time() + AHEAD - signed) < 300:
            await answer(exchange)
            return
        waiting.append(exchange)
        while len(waiting) < calls:
            await asyncio.sleep(0.01)
        await refuse(exchange, "InvalidSignatureException")

    return handler


def test_a_wrong_clock_is_corrected_for_all_calls_under_way(start, upstream):
    stack = start()
    upstream.handler = an_hour_ahead(8)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: chat.post(stack.url), range(8)))
    assert [answer.status_code for answer in answers] == [200] * 8


def test_a_wrong_clock_is_corrected_for_every_choice(start, upstream):
    stack = start()
    upstream.handler = an_hour_ahead(3)
    assert chat.post(stack.url, n=3).status_code == 200


def test_keys_that_were_replaced_in_their_file_are_read_again(start, upstream, tmp_path):
    file = tmp_path / "credentials"

    def keys(name: str) -> None:
        file.write_text(f"[default]\naws_access_key_id = {name}\naws_secret_access_key = secret\n")

    answer = speaking(["Hello"])
    seen: list[str] = []

    async def handler(exchange: Exchange) -> None:
        key = re.search(r"Credential=(\w+)/", exchange.request.headers["authorization"])[1]
        seen.append(key)
        if key == "AKIDNEW":
            await answer(exchange)
        else:
            await refuse(exchange, "UnrecognizedClientException")

    upstream.handler = handler
    keys("AKIDOLD")
    # A .env of its own: the ordinary environment has keys.
    settings = {
        "AWS_SHARED_CREDENTIALS_FILE": str(file),
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": upstream.url,
    }
    stack = start(dotenv="".join(f"{name}={value}\n" for name, value in settings.items()))
    refused = chat.post(stack.url)
    assert refused.status_code == 403 and "UnrecognizedClientException" in refused.text
    assert seen == ["AKIDOLD"]
    keys("AKIDNEW")
    assert chat.post(stack.url).status_code == 200
    assert chat.post(stack.url).status_code == 200
    assert seen == ["AKIDOLD", "AKIDOLD", "AKIDNEW", "AKIDNEW"]
    # Each line is written when its answer is out.
    until(lambda: stack.log().count("status=") == 3)
    lines = [line for line in stack.log().splitlines() if "status=" in line]
    assert ["attempts=2" in line for line in lines] == [False, True, False]


def test_keys_whose_time_is_over_are_not_sent(start, upstream):
    stack = start(environment={"AWS_CREDENTIAL_EXPIRATION": "2020-01-01T00:00:00Z"})
    answer = chat.post(stack.url)
    assert answer.status_code == 500 and "already expired" in answer.text
    assert upstream.exchanges == []
