// Hosts of open models with this protocol: the model's own template renders a history and raises an error on an
// unsupported order, and the server passes the message on. Throws a Complaint.
import { asText, recordsOf, show, type JsonRecord } from "../json-record.ts";
import { Complaint } from "./envelope.ts";

/** The template of a model's host. */
export type ChatTemplate =
  | "qwen"
  | "gemma"
  | "gemma-2"
  | "mistral"
  | "mistral-7b"
  | "llama-3.1"
  | "deepseek"
  | "joined"
  | "sonar";

const templates: readonly (readonly [RegExp, ChatTemplate])[] = [
  [/^qwen/, "qwen"],
  [/^gemma-?2/, "gemma-2"],
  [/^gemma/, "gemma"],
  [/^mistral-7b/, "mistral-7b"],
  [/^meta-llama-3\.1/, "llama-3.1"],
  [/^deepseek-(?:chat|reasoner)/, "deepseek"],
  [/^(?:yi|phi-3)-/, "joined"],
  [/^sonar/, "sonar"],
  [/^(mistral|ministral|devstral)/, "mistral"],
];

export function templateOf(model: string): ChatTemplate | undefined {
  return templates.find(([pattern]) => pattern.test(model))?.[1];
}

export function checkTemplate(body: JsonRecord, template: ChatTemplate): void {
  const messages = recordsOf(body["messages"]);
  const roles = messages.map(({ role }) => show(role));
  checks[template](messages, roles);
}

type TemplateCheck = (messages: readonly JsonRecord[], roles: readonly string[]) => void;

const checks: Readonly<Record<ChatTemplate, TemplateCheck>> = {
  qwen: (_, roles) => checkQwen(roles),
  gemma: (_, roles) => checkGemma(roles),
  // The template of Gemma 2
  "gemma-2"(_, roles) {
    if (roles[0] === "system") throw raised("System role not supported");
    checkGemma(roles);
  },
  mistral: checkMistral,
  "mistral-7b": (_, roles) => checkMistral7B(roles),
  // The template of Llama 3.1
  "llama-3.1"(messages) {
    if (messages.some((message) => recordsOf(message["tool_calls"]).length > 1))
      throw raised("This model only supports single tool-calls at once!");
  },
  // As api.deepseek.com answers
  deepseek(messages) {
    const place = messages.findIndex(({ content }) => Array.isArray(content));
    if (place < 0) return;
    const rule = `messages[${place}]: invalid type: sequence, expected a string at line 1 column 64`;
    throw new Complaint({
      message: `Failed to deserialize the JSON body into the target type: ${rule}`,
      code: "invalid_request_error",
    });
  },
  // Templates that add texts up, in vLLM
  joined(messages) {
    if (messages.some(({ content }) => Array.isArray(content)))
      throw raised('can only concatenate str (not "list") to str');
  },
  // Perplexity (perplexityai/api-discussion#265)
  sonar(_, roles) {
    const turns = roles.slice(roles.findIndex((role) => role !== "system"));
    if (!alternates(turns))
      throw new Complaint({
        message: "After the (optional) system message(s), user and assistant roles should be alternating.",
        type: "invalid_message",
        code: "400",
      });
  },
};

/** Source: the template of Qwen 3.5, as vLLM answers. */
function checkQwen(roles: readonly string[]): void {
  if (roles.includes("developer")) throw raised("Unexpected message role.");
  if (roles.lastIndexOf("system") > 0) throw raised("System message must be at the beginning.");
  if (!roles.includes("user")) throw raised("No user query found in messages.");
}

/** Source: the template of Gemma 3. */
function checkGemma(roles: readonly string[]): void {
  const turns = roles[0] === "system" ? roles.slice(1) : roles;
  if (!alternates(turns)) throw raised("Conversation roles must alternate user/assistant/user/assistant/...");
}

function alternates(turns: readonly string[]): boolean {
  return turns.every((role, index) => (role === "user") === (index % 2 === 0));
}

/** Source: the template of Mistral 7B Instruct v0.3 (vllm-project/vllm#6862). */
function checkMistral7B(roles: readonly string[]): void {
  const turns = (roles[0] === "system" ? roles.slice(1) : roles).filter((role) => role !== "tool");
  const turnRoles = new Set(["user", "assistant"]);
  if (turns.some((role) => !turnRoles.has(role)))
    throw raised(
      "Only user and assistant roles are supported, with the exception of an initial optional system message!",
    );
  if (!alternates(turns))
    throw raised(
      "After the optional system message, conversation roles must alternate user/assistant/user/assistant/...",
    );
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
