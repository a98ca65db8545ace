// Files beside the prompt: chosen, dropped or pasted.

import { byId, element } from "./dom.js";

let attached = [];

/** The attachments of the next message. */
export const all = () => attached;

export function clear() {
  attached = [];
  complain([]);
  show();
}

export function start() {
  byId("attach").onclick = () => byId("files").click();
  byId("files").onchange = async (event) => {
    await add(event.target.files);
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

async function add(files) {
  const names = [...files].map((file) => file.name);
  const read = await Promise.allSettled([...files].map(readAttachment));
  attached = [...attached, ...read.flatMap(({ value }) => value ?? [])];
  complain(names.filter((_, index) => read[index].status === "rejected"));
  show();
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
    ...attached.map((attachment) => {
      const isPicture = attachment.type.startsWith("image/");
      const remove = () => {
        attached = attached.filter((other) => other !== attachment);
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
