// The form beside the conversation: which deployment, and with what.

import { chatDeployments, configurationSchema } from "./api.js";
import { byId, element } from "./dom.js";

const OTHER = "other";
const PREFERRED = "amazon.nova-lite-v1:0";
const EXAMPLE_TOOL = {
  type: "function",
  function: {
    name: "get_weather",
    description: "The weather at a place",
    parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  },
};

export const deployment = () =>
  byId("deployment").value === OTHER ? byId("other-deployment").value.trim() : byId("deployment").value;

export const apiKey = () => byId("api-key").value;

/**
 * The request for these messages; undefined where a field cannot be used, which then has the focus and says why.
 */
export function request(messages) {
  if (!deployment()) {
    byId("other-deployment").focus();
    return undefined;
  }
  const system = byId("system").value.trim();
  const body = { stream: true, messages: system ? [{ role: "system", content: system }, ...messages] : messages };
  const temperature = byId("temperature").valueAsNumber;
  if (!Number.isNaN(temperature)) body.temperature = temperature;
  const maxTokens = byId("max-tokens").valueAsNumber;
  if (!Number.isNaN(maxTokens)) body.max_tokens = maxTokens;
  const tools = readJSON("tools", Array.isArray, "an array of tools");
  const configuration = readJSON("configuration", (value) => value?.constructor === Object, "a JSON object");
  const wrong = [tools, configuration].find((field) => field.error);
  if (wrong) {
    openSettings(true);
    byId(wrong.error).focus();
    return undefined;
  }
  if (tools.value?.length) body.tools = tools.value;
  if (configuration.value) body.custom_fields = { configuration: configuration.value };
  return { deployment: deployment(), body };
}

/** The value of a JSON field, undefined where it is empty, or the id of the field where it is wrong. */
function readJSON(id, isRight, expectation) {
  const text = byId(id).value.trim();
  let complaint = "";
  let value;
  if (text) {
    try {
      value = JSON.parse(text);
      if (!isRight(value)) complaint = `This must be ${expectation}.`;
    } catch (error) {
      complaint = `This is not JSON: ${error.message}.`;
    }
  }
  complain(id, complaint);
  return complaint ? { error: id } : { value };
}

function complain(id, complaint) {
  byId(`${id}-error`).textContent = complaint;
  byId(id).setAttribute("aria-invalid", String(Boolean(complaint)));
}

function openSettings(open) {
  byId("settings").classList.toggle("open", open);
  byId("open-settings").setAttribute("aria-expanded", String(open));
}

/** Fills the list of deployments and watches the form. */
export async function start() {
  byId("example-tool").onclick = () => {
    byId("tools").value = JSON.stringify([EXAMPLE_TOOL], null, 2);
    complain("tools", "");
  };
  for (const id of ["tools", "configuration"]) byId(id).oninput = () => complain(id, "");
  byId("open-settings").onclick = () => openSettings(!byId("settings").classList.contains("open"));
  byId("settings").addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    openSettings(false);
    byId("open-settings").focus();
  });
  byId("settings-form").onsubmit = (event) => event.preventDefault();
  byId("deployment").onchange = chosen;
  byId("other-deployment").onchange = describeConfiguration;
  await listDeployments();
}

async function listDeployments() {
  const groups = Map.groupBy(await chatDeployments(), (id) => id.split(".")[0]);
  const option = (id) => element("option", { value: id }, id);
  byId("deployment").append(
    ...[...groups].map(([vendor, ids]) => element("optgroup", { label: vendor }, ...ids.map(option))),
    element("option", { value: OTHER }, "Another id…"),
  );
  const wanted = [localStorage.getItem("deployment"), PREFERRED].find((id) => id && [...groups.values()].flat().includes(id));
  if (wanted) byId("deployment").value = wanted;
  await chosen();
}

async function chosen() {
  const isOther = byId("deployment").value === OTHER;
  byId("other-deployment").hidden = !isOther;
  if (isOther) byId("other-deployment").focus();
  else localStorage.setItem("deployment", byId("deployment").value);
  await describeConfiguration();
}

async function describeConfiguration() {
  const asked = deployment();
  const { schema, hint } = asked ? await configurationOf(asked) : { hint: "" };
  // Another one may have been chosen meanwhile.
  if (asked !== deployment()) return;
  byId("configuration-hint").textContent = hint;
  byId("schema").hidden = !schema;
  byId("schema").querySelector("pre").textContent = schema ? JSON.stringify(schema, null, 2) : "";
}

/** The schema of a deployment's configuration, where it has one, and what to say of it. */
async function configurationOf(id) {
  try {
    const schema = await configurationSchema(id, apiKey());
    const names = Object.keys(schema?.properties ?? {});
    return { schema, hint: names.length ? `Takes ${names.join(", ")}.` : "This deployment has none." };
  } catch (error) {
    return { hint: error.message };
  }
}
