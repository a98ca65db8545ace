// The adapter's HTTP API as the page uses it.

/** A failure with what the API says of it; `status` is null for one within a stream. */
export class APIError extends Error {
  constructor(status, error) {
    super(error.display_message ?? error.message ?? `The server answered ${status}`);
    /** The status, and the code where it says more. */
    this.codes = [...new Set([status, error.code].filter(Boolean).map(String))];
    /** What developers are told, where a person is told something else. */
    this.detail = error.display_message && error.display_message !== error.message ? error.message : undefined;
  }
}

/** The path of a deployment's endpoint; ":" may stand as it is. */
export function endpoint(deployment, name) {
  return `/openai/deployments/${encodeURIComponent(deployment).replaceAll("%3A", ":")}/${name}`;
}

/** Ids of the deployments that chat. */
export async function chatDeployments() {
  const response = await fetch("/openai/models");
  if (!response.ok) throw await failure(response);
  const listing = await response.json();
  return listing.data.filter((model) => model.capabilities.chat_completion).map((model) => model.id);
}

/** The JSON Schema of a deployment's configuration; null where it has none. Throws an APIError for an unknown deployment. */
export async function configurationSchema(deployment, apiKey) {
  const response = await fetch(endpoint(deployment, "configuration"), { headers: { "Api-Key": apiKey } });
  if (response.ok) return response.json();
  const error = await failure(response);
  if (response.status !== 404 || error.codes.includes("DeploymentNotFound")) throw error;
  return null;
}

/**
 * Asks for a streamed answer and calls `receive` with the data of every event but the last.
 * Throws an APIError, also for an error within the stream, and an AbortError when the signal is.
 */
export async function streamChat(request, { apiKey, signal, receive }) {
  const response = await fetch(endpoint(request.deployment, "chat/completions"), {
    method: "POST",
    headers: { "Api-Key": apiKey, "Content-Type": "application/json" },
    body: JSON.stringify(request.body),
    signal,
  });
  if (!response.ok) throw await failure(response);
  for await (const data of eventData(response.body)) {
    if (data === "[DONE]") return;
    receive(data);
    const { error } = JSON.parse(data);
    if (error) throw new APIError(null, error);
  }
  throw new APIError(null, { message: "The connection ended before the answer did." });
}

/** The data of each server-sent event of a body. */
async function* eventData(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const events = (rest + value).split("\n\n");
    rest = events.pop();
    for (const event of events) {
      const lines = event.split("\n").filter((line) => line.startsWith("data:"));
      if (lines.length) yield lines.map((line) => line.slice(5).trimStart()).join("\n");
    }
  }
}

async function failure(response) {
  const text = await response.text();
  try {
    const body = JSON.parse(text);
    return new APIError(response.status, body.error ?? { message: body.detail });
  } catch {
    return new APIError(response.status, { message: text || response.statusText });
  }
}

/** The same request as a command line; the body goes through standard input, which has no limit of length. */
export function curl(request, apiKey) {
  const quoted = (text) => `'${text.replaceAll("'", `'\\''`)}'`;
  const url = location.origin + endpoint(request.deployment, "chat/completions");
  // This machine's certificate is self-made.
  const isSelfMade = /^https:\/\/(localhost|127[.\d]+|\[::1\])(:|$)/.test(location.origin);
  return [
    `curl -N ${isSelfMade ? "--insecure " : ""}${quoted(url)} \\`,
    `    -H ${quoted(`Api-Key: ${apiKey}`)} -H 'Content-Type: application/json' --data-binary @- <<'JSON'`,
    JSON.stringify(request.body),
    "JSON",
  ].join("\n");
}
