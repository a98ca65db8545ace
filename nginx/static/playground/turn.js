// One question with its answer in the conversation.

import { attachmentView, copyText, element, extendText, pretty } from "./dom.js";

export class Turn {
  #stages = [];
  #calls = [];
  #attachmentCount = 0;

  /** `question` is a user message; null where tool results were sent instead. */
  constructor(question, deployment) {
    this.item = element("li");
    if (question) {
      const files = (question.custom_content?.attachments ?? []).map(attachmentView);
      const text = question.content && element("div", { className: "text" }, question.content);
      this.item.append(
        element("div", { className: "question" }, element("h2", { className: "visually-hidden" }, "You"), ...files, text),
      );
    }
    this.text = element("div", { className: "text" });
    this.facts = element("p", { className: "facts" });
    this.more = element("div", { className: "more" });
    this.answer = element(
      "div",
      { className: "answer running" },
      element("h2", { className: "model" }, deployment),
      this.text,
      this.facts,
      this.more,
    );
    this.item.append(this.answer);
  }

  /** Shows what an answer has come to. */
  update(answer) {
    answer.stages.forEach((stage, index) => this.#showStage(stage, index));
    extendText(this.text, answer.content);
    answer.toolCalls.forEach((call, index) => this.#showCall(call, index));
    for (const attachment of answer.attachments.slice(this.#attachmentCount)) {
      this.facts.before(attachmentView(attachment));
    }
    this.#attachmentCount = answer.attachments.length;
  }

  #showStage(stage, index) {
    if (!this.#stages[index]) {
      const summary = element("summary");
      const text = element("div", { className: "text" });
      const details = element("details", { className: "stage", open: true }, summary, text);
      this.text.before(details);
      this.#stages[index] = { details, summary, text, status: null };
    }
    const view = this.#stages[index];
    extendText(view.summary, stage.name);
    extendText(view.text, stage.content);
    if (stage.status === view.status) return;
    view.status = stage.status;
    view.details.classList.toggle("failed", stage.status === "failed");
    // Read while it is made, out of the way afterwards.
    if (stage.status === "completed" && stage.name !== "Usage") view.details.open = false;
  }

  #showCall(call, index) {
    if (!this.#calls[index]) {
      const name = element("code");
      const input = element("pre");
      const card = element("div", { className: "call" }, element("h3", {}, "Calls ", name), input);
      this.facts.before(card);
      this.#calls[index] = { card, name, input };
    }
    const view = this.#calls[index];
    extendText(view.name, call.function.name);
    extendText(view.input, call.function.arguments);
  }

  /** Ends the answer: figures, events, the command line. */
  finish(answer, command, { wasStopped = false } = {}) {
    this.answer.classList.remove("running");
    answer.toolCalls.forEach((call, index) => this.#calls[index].input.replaceChildren(pretty(call.function.arguments)));
    this.facts.replaceChildren(...factsOf(answer, wasStopped).map((fact) => element("span", {}, fact)));
    this.more.append(eventsView(answer.events), commandView(command));
  }

  /** Shows why there is no answer, or only a part of one. Without `retry` it cannot be tried again from here. */
  fail(error, retry) {
    this.item.classList.add("dropped");
    const again = retry && element("button", { type: "button", className: "quiet", onclick: retry }, "Try again");
    this.facts.before(
      element(
        "div",
        { className: "failure", role: "alert" },
        element("p", {}, error.message),
        error.detail && element("p", {}, error.detail),
        error.codes?.length && element("p", { className: "code" }, error.codes.join(" · ")),
        again,
      ),
    );
  }

  /** Asks for what the tools gave; `send` gets one text a call, in order, and says whether they need not be sent again. */
  askForResults(calls, send) {
    const fields = calls.map((call, index) => {
      const id = `result-${call.id || index}`;
      const field = element("textarea", { id, className: "code", rows: 2, placeholder: '{"celsius": 21}' });
      this.#calls[index].card.append(element("label", { htmlFor: id }, `Result of ${call.function.name}`), field);
      return field;
    });
    const button = element("button", { className: "primary" }, calls.length > 1 ? "Send the results" : "Send the result");
    const form = element("form", { className: "results-form" });
    this.#calls[0].card.before(form);
    form.append(...this.#calls.map((view) => view.card), button);
    const close = (isClosed) => {
      button.hidden = isClosed;
      for (const field of fields) field.readOnly = isClosed;
    };
    form.onsubmit = async (event) => {
      event.preventDefault();
      close(true);
      close(await send(fields.map((field) => field.value)));
    };
    return fields[0];
  }
}

function factsOf(answer, wasStopped) {
  const facts = [];
  if (wasStopped) facts.push("Stopped");
  if (answer.timeToFirstToken !== undefined) facts.push(`First token after ${duration(answer.timeToFirstToken)}`);
  if (answer.tokensPerSecond !== undefined) facts.push(`${answer.tokensPerSecond.toFixed(1)} tokens/s`);
  const { usage } = answer;
  if (usage) {
    facts.push(`${usage.prompt_tokens} tokens in, ${usage.completion_tokens} out`);
    if (usage.prompt_tokens_details?.cached_tokens) facts.push(`${usage.prompt_tokens_details.cached_tokens} from the cache`);
    if (usage.completion_tokens_details?.reasoning_tokens) {
      facts.push(`${usage.completion_tokens_details.reasoning_tokens} reasoning`);
    }
  }
  if (answer.finishReason && !["stop", "tool_calls"].includes(answer.finishReason)) {
    facts.push(`Ended by ${answer.finishReason}`);
  }
  return facts;
}

const duration = (milliseconds) =>
  milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(2)} s`;

/** Filled when first opened: an answer can have thousands. */
function eventsView(events) {
  const pre = element("pre", { tabIndex: 0 });
  const details = element("details", {}, element("summary", {}, `Events (${events.length})`), pre);
  details.addEventListener("toggle", () => pre.replaceChildren(events.join("\n")), { once: true });
  return details;
}

function commandView(command) {
  const pre = element("pre", { tabIndex: 0 }, command);
  const copy = element("button", { type: "button", className: "quiet" }, "Copy");
  copy.onclick = async () => {
    copy.textContent = (await copyText(pre)) ? "Copied" : "Not copied, only selected";
    setTimeout(() => (copy.textContent = "Copy"), 2000);
  };
  return element("details", {}, element("summary", {}, "curl"), pre, copy);
}
