// Hosts of open models with this protocol: the model's own template renders a history and raises an error on an
// unsupported order, and the server passes the message on. Throws a Complaint.
import { asText, recordsOf, show, type JsonRecord } from "../json-record.ts";
import { Complaint } from "./envelope.ts";

/** The template of a model's host. */
export type ChatTemplate = "qwen" | "gemma" | "mistral";

const templates: readonly (readonly [RegExp, ChatTemplate])[] = [
  [/^qwen/, "qwen"],
  [/^gemma/, "gemma"],
  [/^(mistral|ministral|devstral)/, "mistral"],
];

export function templateOf(model: string): ChatTemplate | undefined {
  return templates.find(([pattern]) => pattern.test(model))?.[1];
}

export function checkTemplate(body: JsonRecord, template: ChatTemplate): void {
  const messages = recordsOf(body["messages"]);
  const roles = messages.map(({ role }) => show(role));
  if (template === "qwen") checkQwen(roles);
  else if (template === "gemma") checkGemma(roles);
  else checkMistral(messages, roles);
}

/** Source: the template of Qwen 3.5, as vLLM answers. */
function checkQwen(roles: readonly string[]): void {
  if (roles.includes("developer")) throw raised("Unexpected message role.");
  if (roles.lastIndexOf("system") > 0) throw raised("System message must be at the beginning.");
  if (!roles.includes("user")) throw raised("No user query found in messages.");
}

/** Source: the template of Gemma 3. */
function checkGemma(roles: readonly string[]): void {
  const turns = roles[0] === "system" ? roles.slice(1) : roles;
  const isOrdered = turns.every((role, index) => (role === "user") === (index % 2 === 0));
  if (!isOrdered) throw raised("Conversation roles must alternate user/assistant/user/assistant/...");
}

function raised(message: string): Complaint {
  return new Complaint({ message, type: "BadRequestError", code: "400" });
}

/**
 * The roles that may follow each role. Source: the validator of `mistral-common`, and its messages at api.mistral.ai.
 */
const followers: Readonly<Record<string, readonly string[]>> = {
  system: ["user", "assistant", "system"],
  user: ["assistant", "system", "user"],
  assistant: ["assistant", "user", "tool"],
  tool: ["assistant", "tool"],
};

function checkMistral(messages: readonly JsonRecord[], roles: readonly string[]): void {
  for (const [index, role] of roles.entries()) {
    const before = roles[index - 1];
    const isKnown = before === undefined ? role !== "tool" : (followers[before] ?? []).includes(role);
    if (!isKnown) throw disorder(`Unexpected role '${role}' after role '${before ?? "None"}'`);
  }
  if (roles.at(-1) === "assistant" && messages.at(-1)?.["prefix"] !== true) {
    throw disorder("Expected last role User or Tool (or Assistant with prefix True) for serving but got assistant");
  }
  const called = messages.flatMap((message) => recordsOf(message["tool_calls"]).map(({ id }) => asText(id) ?? ""));
  const answeredIds = messages
    .filter(({ role }) => role === "tool")
    .map((message) => asText(message["tool_call_id"]) ?? "");
  for (const id of [...called, ...answeredIds]) {
    if (/^[a-zA-Z0-9]{9}$/.test(id)) continue;
    const message = `Tool call id was ${id} but must be a-z, A-Z, 0-9, with a length of 9.`;
    throw new Complaint({ message, type: "invalid_function_call", code: "3280" });
  }
  if (called.length !== answeredIds.length) throw disorder("Not the same number of function calls and responses");
}

function disorder(message: string): Complaint {
  return new Complaint({ message, type: "invalid_request_message_order", code: "3230" });
}
