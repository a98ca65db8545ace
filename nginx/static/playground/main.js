// The conversation: sends, shows what streams in, carries it back in the next request.

import { curl, streamChat } from "./api.js";
import { Answer } from "./answer.js";
import * as attachments from "./attachments.js";
import { byId } from "./dom.js";
import * as settings from "./settings.js";
import { Turn } from "./turn.js";

/** What the next request begins with: only turns that came to an answer. */
let messages = [];
/** Counts the chats, so that nothing of one gets into the next. */
let chat = 0;
/** Ends the answer under way. */
let running = null;
/** The newest stays in sight until somebody scrolls away from it. */
let followsEnd = true;
/** The field for a tool's result that has to be answered before anything else is asked. */
let awaitedResult = null;

function say(text) {
  byId("status").textContent = text;
}

function setRunning(controller) {
  running = controller;
  // The focus stays on the one button there is, also where another button began this and is gone.
  const focused = document.activeElement;
  const isGone = controller && (focused === document.body || focused.hidden);
  const hadFocus = isGone || [byId("send"), byId("stop")].includes(focused);
  byId("send").hidden = Boolean(controller);
  byId("stop").hidden = !controller;
  for (const retry of byId("turns").querySelectorAll(".failure button")) retry.disabled = Boolean(controller);
  if (hadFocus) byId(controller ? "stop" : "send").focus();
}

/** Whether something else comes first. */
function isBusy() {
  if (awaitedResult && !running) {
    say("The model waits for its tools.");
    awaitedResult.focus();
  }
  return Boolean(running || awaitedResult);
}

/**
 * Asks with `added` after the messages so far; `begin` is called once there is a request, and not where a setting is wrong.
 * Returns whether it became part of the conversation.
 */
async function ask(added, begin) {
  const request = settings.request([...messages, ...added]);
  if (!request) return false;
  begin();
  byId("welcome").hidden = true;
  const question = added[0].role === "user" ? added[0] : null;
  const turn = new Turn(question, request.deployment);
  byId("turns").append(turn.item);
  followsEnd = true;
  scrollToEnd();
  return run(turn, request, added);
}

async function run(turn, request, added) {
  const controller = new AbortController();
  const apiKey = settings.apiKey();
  const answer = new Answer(performance.now());
  setRunning(controller);
  say("Waiting…");
  const failure = await receive(turn, answer, request, apiKey, controller.signal);
  // Of an earlier chat nothing is left.
  if (running !== controller) return false;
  setRunning(null);
  const wasStopped = controller.signal.aborted;
  turn.update(answer);
  turn.finish(answer, curl(request, apiKey), { wasStopped });
  const isKept = failure && !wasStopped ? fail(turn, failure, added) : keep(turn, answer, added, wasStopped);
  scrollToEnd();
  return isKept;
}

/** Shows an answer as it comes. Returns why there is no more of it, null at its end. */
async function receive(turn, answer, request, apiKey, signal) {
  let shown = 0;
  const show = () => {
    shown = 0;
    turn.update(answer);
    scrollToEnd();
  };
  try {
    await streamChat(request, {
      apiKey,
      signal,
      receive: (data) => {
        if (signal.aborted) return;
        answer.receive(data, performance.now());
        if (answer.hasOutput) say("Answering…");
        // Once a frame is often enough for the eye.
        shown ||= requestAnimationFrame(show);
      },
    });
    return null;
  } catch (error) {
    return error;
  } finally {
    cancelAnimationFrame(shown);
  }
}

function fail(turn, failure, added) {
  const retry = () => isBusy() || ask(added, () => turn.item.remove());
  // Results are sent again where they stand.
  turn.fail(failure, awaitedResult ? null : retry);
  say(awaitedResult ? "The model waits for its tools." : "");
  return false;
}

/** Makes an answer part of the conversation. A stopped one counts with what it has, if that is text. */
function keep(turn, answer, added, wasStopped) {
  if (wasStopped && (!answer.content || answer.toolCalls.length)) {
    turn.item.classList.add("dropped");
    say("Stopped. Not part of the conversation.");
    return false;
  }
  messages = [...messages, ...added, answer.message()];
  say(wasStopped ? "Stopped" : "");
  byId("announcement").textContent = answer.content || "The answer has no text.";
  awaitedResult = answer.toolCalls.length ? askForResults(turn, answer.toolCalls) : null;
  return true;
}

function askForResults(turn, calls) {
  const field = turn.askForResults(calls, (results) => {
    const added = calls.map((call, index) => ({ role: "tool", tool_call_id: call.id, content: results[index] }));
    // After this turn there can only be an attempt that came to nothing.
    return ask(added, () => turn.item.nextElementSibling?.remove());
  });
  field.focus({ preventScroll: true });
  say("The model waits for its tools.");
  return field;
}

function scrollToEnd() {
  const area = byId("conversation");
  if (followsEnd) area.scrollTop = area.scrollHeight;
}

async function submit() {
  const began = chat;
  await listed;
  const files = await attachments.all();
  if (chat !== began || isBusy()) return;
  const text = byId("prompt").value.trim();
  if (!text && !files.length) return;
  const message = { role: "user", content: text };
  if (files.length) message.custom_content = { attachments: files };
  await ask([message], () => {
    byId("prompt").value = "";
    fitPrompt();
    attachments.clear();
  });
}

function fitPrompt() {
  const prompt = byId("prompt");
  prompt.style.height = "auto";
  prompt.style.height = `${prompt.scrollHeight}px`;
}

function newChat() {
  chat += 1;
  running?.abort();
  setRunning(null);
  messages = [];
  awaitedResult = null;
  attachments.clear();
  byId("turns").replaceChildren();
  byId("welcome").hidden = false;
  byId("announcement").textContent = "";
  say("");
  byId("prompt").focus();
}

byId("composer").onsubmit = (event) => {
  event.preventDefault();
  submit();
};
byId("prompt").oninput = fitPrompt;
byId("prompt").onkeydown = (event) => {
  // Not while an input method composes a character.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  submit();
};
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") running?.abort();
});
byId("conversation").onscroll = (event) => {
  const { scrollHeight, scrollTop, clientHeight } = event.target;
  followsEnd = scrollHeight - scrollTop - clientHeight < 60;
};
byId("stop").onclick = () => running?.abort();
byId("new-chat").onclick = newChat;
for (const button of byId("suggestions").querySelectorAll("button")) {
  button.onclick = () => {
    byId("prompt").value = button.textContent;
    submit();
  };
}

attachments.start();
const listed = settings.start().catch((error) => say(`The deployments cannot be listed: ${error.message}`));
byId("prompt").focus();
