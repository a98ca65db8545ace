// The conversation: sends, shows what streams in, carries it back in the next request.

import { curl, streamChat } from "./api.js";
import { Answer } from "./answer.js";
import * as attachments from "./attachments.js";
import { byId } from "./dom.js";
import * as settings from "./settings.js";
import { Turn } from "./turn.js";

/** What the next request begins with: only turns that came to an answer. */
let messages = [];
/** Ends the answer under way. */
let running = null;
/** The newest stays in sight until somebody scrolls away from it. */
let followsEnd = true;
/** The field for a tool's result that has to come before anything else. */
let awaitedResult = null;

function say(text) {
  byId("status").textContent = text;
}

function setRunning(controller) {
  running = controller;
  // The focus stays on the one button there is.
  const hadFocus = [byId("send"), byId("stop")].includes(document.activeElement);
  byId("send").hidden = Boolean(controller);
  byId("stop").hidden = !controller;
  if (hadFocus) byId(controller ? "stop" : "send").focus();
}

/** Asks with `added` after the messages so far. Returns false where nothing was sent. */
async function ask(added) {
  const request = settings.request([...messages, ...added]);
  if (!request) return false;
  byId("welcome").hidden = true;
  const question = added[0].role === "user" ? added[0] : null;
  const turn = new Turn(question, request.deployment);
  byId("turns").append(turn.item);
  followsEnd = true;
  scrollToEnd();
  await run(turn, request, added);
  return true;
}

async function run(turn, request, added) {
  const controller = new AbortController();
  const apiKey = settings.apiKey();
  const answer = new Answer(performance.now());
  setRunning(controller);
  say("Waiting…");
  let shown = 0;
  const show = () => {
    shown = 0;
    turn.update(answer);
    scrollToEnd();
  };
  let failure = null;
  try {
    await streamChat(request, {
      apiKey,
      signal: controller.signal,
      receive: (data) => {
        answer.receive(data, performance.now());
        if (answer.hasOutput) say("Answering…");
        // Once a frame is often enough for the eye.
        shown ||= requestAnimationFrame(show);
      },
    });
  } catch (error) {
    failure = error;
  }
  cancelAnimationFrame(shown);
  const wasStopped = controller.signal.aborted;
  turn.update(answer);
  turn.finish(answer, curl(request, apiKey), { wasStopped });
  setRunning(null);
  if (failure && !wasStopped) {
    turn.fail(failure, () => {
      turn.item.remove();
      ask(added);
    });
    say("");
  } else {
    keep(turn, answer, added, wasStopped);
  }
  scrollToEnd();
}

/** Makes an answer part of the conversation. A stopped one counts with what it has, if that is text. */
function keep(turn, answer, added, wasStopped) {
  if (wasStopped && (!answer.content || answer.toolCalls.length)) {
    turn.item.classList.add("dropped");
    say("Stopped. Not part of the conversation.");
    return;
  }
  messages = [...messages, ...added, answer.message()];
  say(wasStopped ? "Stopped" : "");
  byId("announcement").textContent = answer.content || "The answer has no text.";
  if (!answer.toolCalls.length) return;
  awaitedResult = turn.askForResults(answer.toolCalls, (results) => {
    awaitedResult = null;
    const added = answer.toolCalls.map((call, index) => ({ role: "tool", tool_call_id: call.id, content: results[index] }));
    ask(added);
  });
  awaitedResult.focus({ preventScroll: true });
  say("The model waits for its tools.");
}

function scrollToEnd() {
  const area = byId("conversation");
  if (followsEnd) area.scrollTop = area.scrollHeight;
}

async function submit() {
  await listed;
  if (running) return;
  const prompt = byId("prompt");
  const text = prompt.value.trim();
  if (awaitedResult) {
    say("The model waits for its tools.");
    awaitedResult.focus();
    return;
  }
  const files = attachments.take();
  if (!text && !files.length) return;
  const message = { role: "user", content: text };
  if (files.length) message.custom_content = { attachments: files };
  prompt.value = "";
  fitPrompt();
  if (await ask([message])) return;
  prompt.value = text;
  attachments.put(files);
  fitPrompt();
}

function fitPrompt() {
  const prompt = byId("prompt");
  prompt.style.height = "auto";
  prompt.style.height = `${prompt.scrollHeight}px`;
}

function newChat() {
  running?.abort();
  messages = [];
  awaitedResult = null;
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
