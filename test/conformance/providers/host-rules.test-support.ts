// What hosts refuse, each in its own words: a rule reads a chat's body and says what is wrong with it, or null. Not a test.
import type { Json, JsonObject } from "../../../src/core/json.ts";

type Rule = (body: JsonObject) => string | null;

export function recordOf(value: Json | undefined): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

export function listOf(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? (value as readonly Json[]).map(recordOf) : [];
}

export function memberOf(body: JsonObject, name: string, inner: string): Json | undefined {
  return recordOf(body[name])[inner];
}

/** Members that it does not take; `%` in the words is the member. */
export function members(words: string, ...names: readonly string[]): Rule {
  return (body) => {
    const found = names.find((name) => body[name] !== undefined && body[name] !== null);
    return found === undefined ? null : words.replace("%", found);
  };
}

/** The only words that `reasoning_effort` may be; null is none. */
export function efforts(...words: readonly string[]): Rule {
  return ({ reasoning_effort: effort }) =>
    effort === undefined || effort === null || (typeof effort === "string" && words.includes(effort))
      ? null
      : `reasoning_effort must be one of ${words.join(", ")}`;
}

export const noEffort: Rule = members("Unrecognized request argument supplied: %", "reasoning_effort");

export const noTools: Rule = members("Tools are not supported: %", "tools", "tool_choice");

export function noJsonSchema(words: string): Rule {
  return (body) => (memberOf(body, "response_format", "type") === "json_schema" ? words : null);
}

/** Moonshot: can1357/oh-my-pi#1077. */
export const noForcedChoice: Rule = (body) => {
  const choice = body["tool_choice"];
  if (choice === undefined || choice === "auto" || choice === "none") return null;
  if (memberOf(body, "thinking", "type") === "disabled") return null;
  return `tool_choice '${choice === "required" ? "required" : "specified"}' is incompatible with thinking enabled`;
};

/** Temperature and others are fixed. */
export const fixedSampling: Rule = (body) => {
  const { temperature, top_p: topP, n } = body;
  if (temperature !== undefined && temperature !== 1) return "invalid temperature: only 1 is allowed for this model";
  return topP !== undefined || (n !== undefined && n !== 1) ? "invalid top_p or n for this model" : null;
};

/** `reasoning_content is missing in assistant tool call message`: DeepSeek, Kimi, MiMo. */
export const echoesReasoning: Rule = (body) => {
  const isThinking = memberOf(body, "thinking", "type") !== "disabled";
  const bare = listOf(body["messages"]).some(
    ({ role, tool_calls: calls, reasoning_content: reasoning }) =>
      role === "assistant" && calls !== undefined && typeof reasoning !== "string",
  );
  return isThinking && bare ? "reasoning_content is missing in assistant tool call message" : null;
};

export const onlyLeadingSystem: Rule = (body) => {
  const roles = listOf(body["messages"]).map(({ role }) => role);
  const last = roles.lastIndexOf("system");
  return roles.slice(0, last + 1).every((role) => role === "system")
    ? null
    : "system message must be put on the beginning of the message sequence";
};

/** Perplexity: perplexityai/api-discussion#265. */
export const alternation: Rule = (body) => {
  const roles = listOf(body["messages"]).flatMap(({ role }) => (role === "system" ? [] : [role]));
  const isStrict = roles.every((role, index) => role === (index % 2 === 0 ? "user" : "assistant"));
  return isStrict
    ? null
    : "After the (optional) system message(s), user or tool message(s) should alternate with assistant message(s).";
};

/** Mistral. */
export const nineLetterIds: Rule = (body) => {
  const ids = listOf(body["messages"]).flatMap(({ tool_call_id: id, tool_calls: calls }) => [
    ...(id === undefined ? [] : [id]),
    ...listOf(calls).map((call) => call["id"]),
  ]);
  return ids.every((id) => typeof id === "string" && /^[A-Za-z0-9]{9}$/u.test(id))
    ? null
    : "Tool call id has to be defined in format [a-zA-Z0-9] with length 9.";
};

export const anyForRequired: Rule = ({ tool_choice: choice }) =>
  choice === "required" ? "Input should be 'auto', 'none' or 'any': tool_choice" : null;

export const assistantAfterTool: Rule = (body) => {
  const roles = listOf(body["messages"]).map(({ role }) => role);
  const at = roles.findIndex((role, index) => role === "user" && roles[index - 1] === "tool");
  return at === -1 ? null : "Unexpected role 'user' after role 'tool'";
};

/** FTShare-Lab/FTShare-MCP#7, MoonshotAI/kimi-cli#1595. */
export const moonshotSchemas: Rule = (body) => {
  for (const tool of listOf(body["tools"])) {
    const wrong = schemaFault(recordOf(tool["function"])["parameters"], "root");
    if (wrong !== null)
      return `tools.function.parameters is not a valid moonshot flavored json schema, details: <${wrong}>`;
  }
  return null;
};

function schemaFault(value: Json | undefined, path: string): string | null {
  const schema = recordOf(value);
  const branches = schema["anyOf"] ?? schema["oneOf"];
  if (branches !== undefined && schema["type"] !== undefined)
    return `At path '${path}': when using anyOf, type should be defined in anyOf items instead of the parent schema`;
  for (const [name, inner] of Object.entries(recordOf(schema["properties"]))) {
    const own = recordOf(inner);
    const speaks = ["type", "$ref", "anyOf", "oneOf", "allOf"].some((one) => own[one] !== undefined);
    if (!speaks) return `At path 'properties.${name}': type is not defined`;
    const wrong = schemaFault(inner, `properties.${name}`);
    if (wrong !== null) return wrong;
  }
  return null;
}
