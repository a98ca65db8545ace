// Files beside the prompt: chosen, dropped or pasted.

import { byId, element } from "./dom.js";

const empty = () => ({ attached: [], reading: Promise.resolve() });
/** The next message: its attachments in the order in which they were chosen, and the end of reading them. */
let next = empty();

/** The attachments of the next message, when all of them have been read. */
export async function all() {
  const message = next;
  let reading;
  do {
    reading = message.reading;
    await reading;
  } while (reading !== message.reading);
  return message.attached;
}

export function clear() {
  // What is still being read goes to the message that it was chosen for.
  next = empty();
  complain([]);
  show();
}

export function start() {
  byId("attach").onclick = () => byId("files").click();
  byId("files").onchange = (event) => {
    add(event.target.files);
    event.target.value = "";
    byId("prompt").focus();
  };
  byId("prompt").addEventListener("paste", (event) => {
    if (!event.clipboardData.files.length) return;
    event.preventDefault();
    add(event.clipboardData.files);
  });
  // Dragged text goes where it is dropped.
  const hasFiles = (event) => event.dataTransfer.types.includes("Files");
  document.addEventListener("dragover", (event) => hasFiles(event) && event.preventDefault());
  document.addEventListener("drop", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    add(event.dataTransfer.files);
  });
}

function add(list) {
  const message = next;
  const files = [...list];
  const outcomes = Promise.allSettled(files.map(readAttachment));
  message.reading = message.reading.then(async () => {
    const read = await outcomes;
    message.attached.push(...read.flatMap(({ value }) => value ?? []));
    if (message !== next) return;
    complain(files.filter((_, index) => read[index].status === "rejected").map((file) => file.name));
    show();
  });
}

function complain(unreadable) {
  byId("files-error").textContent = unreadable.length ? `Cannot be read: ${unreadable.join(", ")}` : "";
}

async function readAttachment(file) {
  const url = await new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
  const type = file.type || (file.name.endsWith(".md") ? "text/markdown" : "application/octet-stream");
  return { type, title: file.name, data: url.slice(url.indexOf(",") + 1) };
}

function show() {
  byId("attachments").replaceChildren(
    ...next.attached.map((attachment) => {
      const isPicture = attachment.type.startsWith("image/");
      const remove = () => {
        next.attached = next.attached.filter((other) => other !== attachment);
        show();
        byId("prompt").focus();
      };
      return element(
        "li",
        {},
        isPicture && element("img", { src: `data:${attachment.type};base64,${attachment.data}`, alt: "" }),
        element("span", {}, attachment.title),
        element("button", { type: "button", className: "quiet", onclick: remove, "aria-label": `Remove ${attachment.title}` }, "Remove"),
      );
    }),
  );
}
