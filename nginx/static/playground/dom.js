// Elements out of text: nothing that a model says is ever read as HTML.

/** An element with a class, properties and children; strings become text, and what is empty is left out. */
export function element(tag, { className = "", ...properties } = {}, ...children) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  for (const [name, value] of Object.entries(properties)) {
    if (name.includes("-")) node.setAttribute(name, value);
    else node[name] = value;
  }
  node.append(...children.filter(Boolean));
  return node;
}

export const byId = (id) => document.getElementById(id);

/** Brings an element's text up to one that begins with it: only the new piece is added. */
export function extendText(node, text) {
  const shown = node.firstChild;
  if (!shown) node.append(text);
  else if (text.length > shown.length) shown.appendData(text.slice(shown.length));
}

/** JSON text, indented where it is whole. */
export function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** Copies an element's text and returns whether that went well. If not, the text is selected. */
export async function copyText(node) {
  try {
    await navigator.clipboard.writeText(node.textContent);
    return true;
  } catch {
    // Plain HTTP from another host has no clipboard.
    getSelection().selectAllChildren(node);
    return document.execCommand("copy");
  }
}

/** A picture, or the name of a file with a link where there is something to follow. */
export function attachmentView({ type, title, data, url }) {
  const source = data ? `data:${type};base64,${data}` : url;
  const name = title || type || "Attachment";
  if (type?.startsWith("image/") && source?.startsWith("data:image/")) {
    return element("img", { className: "picture", src: source, alt: name });
  }
  if (/^https?:\/\//.test(source ?? "")) {
    return element("a", { className: "file", href: source, rel: "noreferrer", target: "_blank" }, name);
  }
  return element("span", { className: "file" }, source && !data ? `${name}: ${source}` : name);
}
