// Puts an answer together from the chunks of its stream. No page, no network.

export class Answer {
  content = "";
  /** Each { name, content, status, attachments }. */
  stages = [];
  /** Each { id, type, function: { name, arguments } }. */
  toolCalls = [];
  attachments = [];
  state;
  finishReason;
  usage;
  /** The data of every event as it came. */
  events = [];
  startedAt;
  firstOutputAt;
  endedAt;

  constructor(now) {
    this.startedAt = now;
  }

  /** Takes the data of one event; `now` in milliseconds. */
  receive(data, now) {
    this.events.push(data);
    this.endedAt = now;
    const chunk = JSON.parse(data);
    if (chunk.usage) this.usage = chunk.usage;
    const choice = chunk.choices?.[0];
    if (!choice) return;
    if (choice.finish_reason) this.finishReason = choice.finish_reason;
    this.#merge(choice.delta);
    if (this.hasOutput) this.firstOutputAt ??= now;
  }

  get hasOutput() {
    return Boolean(this.content || this.stages.length || this.toolCalls.length || this.attachments.length);
  }

  #merge(delta) {
    if (delta.content) this.content += delta.content;
    for (const { index, ...piece } of delta.tool_calls ?? []) {
      const call = (this.toolCalls[index] ??= { id: "", type: "function", function: { name: "", arguments: "" } });
      call.id ||= piece.id ?? "";
      call.function.name += piece.function?.name ?? "";
      call.function.arguments += piece.function?.arguments ?? "";
    }
    const custom = delta.custom_content;
    for (const { index, ...attachment } of custom?.attachments ?? []) this.attachments[index] = attachment;
    for (const piece of custom?.stages ?? []) {
      const stage = (this.stages[piece.index] ??= { name: "", content: "", status: null, attachments: [] });
      stage.name += piece.name ?? "";
      stage.content += piece.content ?? "";
      stage.status = piece.status ?? stage.status;
      for (const { index, ...attachment } of piece.attachments ?? []) stage.attachments[index] = attachment;
    }
    if (custom?.state) this.state = custom.state;
  }

  /** The assistant's message as the next request carries it back. */
  message() {
    const message = { role: "assistant", content: this.content };
    if (this.toolCalls.length) message.tool_calls = this.toolCalls;
    const custom = {};
    if (this.state) custom.state = this.state;
    if (this.attachments.length) custom.attachments = this.attachments;
    if (Object.keys(custom).length) message.custom_content = custom;
    return message;
  }

  /** Milliseconds until the first output; undefined before. */
  get timeToFirstToken() {
    return this.firstOutputAt === undefined ? undefined : this.firstOutputAt - this.startedAt;
  }

  /** Tokens a second between the first output and the end; undefined where that says nothing. */
  get tokensPerSecond() {
    const seconds = (this.endedAt - this.firstOutputAt) / 1000;
    const tokens = this.usage?.completion_tokens;
    return tokens > 1 && seconds > 0.05 ? (tokens - 1) / seconds : undefined;
  }
}
