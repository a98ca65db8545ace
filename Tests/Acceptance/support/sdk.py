"""The DIAL SDK in this process: what it says to a request is what the adapter has to say."""

import logging
import os

# The SDK reads it when it is imported; the wording of validation is that of pydantic 2.
os.environ["PYDANTIC_V2"] = "True"

import httpx
from aidial_sdk import DIALApp
from aidial_sdk.chat_completion import ChatCompletion
from aidial_sdk.deployment.tokenize import TokenizeResponse
from aidial_sdk.deployment.truncate_prompt import TruncatePromptResponse
from aidial_sdk.embeddings import Embeddings
from aidial_sdk.embeddings.response import Response as EmbeddingsResponse
from aidial_sdk.embeddings.response import Usage


class _Chat(ChatCompletion):
    async def chat_completion(self, request, response):
        for _ in range(request.n or 1):
            with response.create_choice():
                pass

    async def tokenize(self, request):
        return TokenizeResponse(outputs=[])

    async def truncate_prompt(self, request):
        return TruncatePromptResponse(outputs=[])

    async def rate_response(self, request):
        pass


class _Embeddings(Embeddings):
    async def embeddings(self, request):
        return EmbeddingsResponse(data=[], model="m", usage=Usage(prompt_tokens=0, total_tokens=0))


class Judge:
    """Use as an asynchronous context."""

    async def __aenter__(self) -> "Judge":
        logging.getLogger("aidial_sdk").setLevel(logging.CRITICAL)
        app = DIALApp()
        app.add_chat_completion("chat", _Chat())
        app.add_embeddings("embeddings", _Embeddings())
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        self._client = httpx.AsyncClient(transport=transport, base_url="http://sdk")
        return self

    async def __aexit__(self, *_) -> None:
        await self._client.aclose()

    async def complaint(self, endpoint: str, body: bytes) -> str | None:
        """The message of the refusal; None where the request is accepted."""
        deployment = "embeddings" if endpoint == "embeddings" else "chat"
        path = f"/openai/deployments/{deployment}/{endpoint}"
        answer = await self._client.post(path, content=body, headers={"Api-Key": "k"})
        return None if answer.status_code == 200 else answer.json()["error"]["message"]
