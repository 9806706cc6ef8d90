// Requests that grow in one respect, in each protocol: what a stranger can repeat. Not a test.
import type { Json, JsonObject } from "../../src/core/json.ts";

/** The names are the protocols'. */
export type ClientProtocol = "openai-chat" | "openai-responses" | "anthropic-messages" | "gemini-generate";

/** What the kinds are made of. */
interface Words {
  readonly path: string;
  readonly base: JsonObject;
  /** The member with the conversation. */
  readonly list: string;
  readonly say: (role: "user" | "assistant", text: string, members?: JsonObject) => JsonObject;
  /** A turn of several parts. */
  readonly parts: (texts: readonly string[]) => JsonObject;
  readonly calls: (ids: readonly string[]) => readonly JsonObject[];
  readonly results: (ids: readonly string[]) => readonly JsonObject[];
  readonly tool: (name: string, schema: JsonObject) => JsonObject;
}

const words: Readonly<Record<ClientProtocol, Words>> = {
  "openai-chat": {
    path: "/v1/chat/completions",
    base: {},
    list: "messages",
    say: (role, content, members) => ({ role, content, ...members }),
    parts: (texts) => ({ role: "user", content: texts.map((text) => ({ type: "text", text })) }),
    calls: (ids) => [
      {
        role: "assistant",
        tool_calls: ids.map((id) => ({ id, type: "function", function: { name: "f", arguments: "{}" } })),
      },
    ],
    results: (ids) => ids.map((id) => ({ role: "tool", tool_call_id: id, content: "r" })),
    tool: (name, parameters) => ({ type: "function", function: { name, parameters } }),
  },
  "openai-responses": {
    path: "/v1/responses",
    base: {},
    list: "input",
    say: (role, content, members) => ({ role, content, ...members }),
    parts: (texts) => ({ role: "user", content: texts.map((text) => ({ type: "input_text", text })) }),
    calls: (ids) => ids.map((id) => ({ type: "function_call", call_id: id, name: "f", arguments: "{}" })),
    results: (ids) => ids.map((id) => ({ type: "function_call_output", call_id: id, output: "r" })),
    tool: (name, parameters) => ({ type: "function", name, parameters, strict: false }),
  },
  "anthropic-messages": {
    path: "/v1/messages",
    base: { max_tokens: 100 },
    list: "messages",
    say: (role, content, members) => ({ role, content, ...members }),
    parts: (texts) => ({ role: "user", content: texts.map((text) => ({ type: "text", text })) }),
    calls: (ids) => [{ role: "assistant", content: ids.map((id) => ({ type: "tool_use", id, name: "f", input: {} })) }],
    results: (ids) => [
      { role: "user", content: ids.map((id) => ({ type: "tool_result", tool_use_id: id, content: "r" })) },
    ],
    tool: (name, input_schema) => ({ name, input_schema }),
  },
  "gemini-generate": {
    path: "/v1beta/models/MODEL:generateContent",
    base: {},
    list: "contents",
    say: (role, text, members) => ({ role: role === "user" ? "user" : "model", parts: [{ text }], ...members }),
    parts: (texts) => ({ role: "user", parts: texts.map((text) => ({ text })) }),
    calls: (ids) => [{ role: "model", parts: ids.map((id) => ({ functionCall: { id, name: "f", args: {} } })) }],
    results: (ids) => [
      { role: "user", parts: ids.map((id) => ({ functionResponse: { id, name: "f", response: { r: 1 } } })) },
    ],
    tool: (name, parametersJsonSchema) => ({ functionDeclarations: [{ name, parametersJsonSchema }] }),
  },
};

const each = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, at) => make(at));
const named = (count: number, value: (index: number) => Json): JsonObject =>
  Object.fromEntries(each(count, (at) => [`m${at}`, value(at)]));
const object = (members: JsonObject): JsonObject => ({
  type: "object",
  properties: { a: { type: "string" } },
  ...members,
});

/** By what there is more and more of: the whole body's members. */
const kinds: Readonly<Record<string, (count: number, write: Words) => JsonObject>> = {
  "unknown members at the top": (count) => named(count, () => 1),
  "an unknown member in each message": (count, { list, say }) => ({
    [list]: each(count, (at) => say("user", "x", { [`m${at}`]: 1 })),
  }),
  "unknown members in one message": (count, { list, say }) => ({
    [list]: [
      say(
        "user",
        "x",
        named(count, () => 1),
      ),
    ],
  }),
  "messages of one role": (count, { list, say }) => ({ [list]: each(count, () => say("user", "x")) }),
  "alternating messages": (count, { list, say }) => ({
    [list]: [...each(count, (at) => say(at % 2 === 0 ? "user" : "assistant", "x")), say("user", "x")],
  }),
  "parts of a message": (count, { list, parts }) => ({ [list]: [parts(each(count, () => "x"))] }),
  "calls, each with its result": (count, { list, say, calls, results }) => ({
    [list]: [say("user", "x"), ...each(count, (at) => [...calls([`c${at}`]), ...results([`c${at}`])]).flat()],
  }),
  "calls with one id": (count, { list, say, calls, results }) => ({
    [list]: [say("user", "x"), ...each(count, () => [...calls(["c"]), ...results(["c"])]).flat()],
  }),
  "parallel calls": (count, { list, say, calls, results }) => {
    const ids = each(count, (at) => `c${at}`);
    return { [list]: [say("user", "x"), ...calls(ids), ...results(ids)] };
  },
  "parallel calls with one id": (count, { list, say, calls, results }) => {
    const ids = each(count, () => "c");
    return { [list]: [say("user", "x"), ...calls(ids), ...results(ids)] };
  },
  "results in reverse order": (count, { list, say, calls, results }) => {
    const ids = each(count, (at) => `c${at}`);
    return { [list]: [say("user", "x"), ...calls(ids), ...results(ids.toReversed())] };
  },
  "calls without results": (count, { list, say, calls }) => ({
    [list]: [say("user", "x"), ...each(count, (at) => calls([`c${at}`])).flat(), say("user", "x")],
  }),
  "results without calls": (count, { list, say, results }) => ({
    [list]: [say("user", "x"), ...results(each(count, (at) => `c${at}`)), say("user", "x")],
  }),
  tools: (count, { tool }) => ({ tools: each(count, (at) => tool(`t${at}`, object({}))) }),
  "tools of one name": (count, { tool }) => ({ tools: each(count, () => tool("t", object({}))) }),
  "unknown members of tools": (count, { tool }) => ({
    tools: each(count, (at) => ({ ...tool(`t${at}`, object({})), [`m${at}`]: 1 })),
  }),
  "branches of allOf": (count, { tool }) => ({
    tools: [tool("t", object({ allOf: each(count, (at) => object({ required: [`a${at}`] })) }))],
  }),
  "branches of allOf with properties": (count, { tool }) => ({
    tools: [tool("t", object({ allOf: each(count, (at) => ({ properties: { [`p${at}`]: { type: "string" } } })) }))],
  }),
  "branches of anyOf": (count, { tool }) => ({
    tools: [tool("t", object({ anyOf: each(count, (at) => object({ required: [`a${at}`] })) }))],
  }),
  "types of a property": (count, { tool }) => ({
    tools: [tool("t", object({ properties: { a: { type: each(count, (at) => (at % 2 ? "string" : "number")) } } }))],
  }),
  "values of an enum": (count, { tool }) => ({
    tools: [tool("t", object({ properties: { a: { enum: each(count, (at) => (at % 2 ? `v${at}` : at)) } } }))],
  }),
  "required names": (count, { tool }) => ({ tools: [tool("t", object({ required: each(count, (at) => `r${at}`) }))] }),
  properties: (count, { tool }) => ({
    tools: [tool("t", object({ properties: named(count, () => ({ type: "string", format: "x" })), required: ["m1"] }))],
  }),
  "unknown keywords": (count, { tool }) => ({ tools: [tool("t", object(named(count, () => 1)))] }),
  "a chain of $ref": (count, { tool }) => ({
    tools: [
      tool(
        "t",
        object({
          properties: { a: { $ref: "#/$defs/m0" } },
          $defs: named(count, (at) => (at + 1 < count ? { $ref: `#/$defs/m${at + 1}` } : { type: "string" })),
        }),
      ),
    ],
  }),
  "a chain of $ref through properties": (count, { tool }) => ({
    tools: [
      tool(
        "t",
        object({
          properties: { a: { $ref: "#/$defs/m0" } },
          $defs: named(count, (at) =>
            at + 1 < count ? object({ properties: { a: { $ref: `#/$defs/m${at + 1}` } } }) : { type: "string" },
          ),
        }),
      ),
    ],
  }),
  "uses of one $ref": (count, { tool }) => ({
    tools: [tool("t", object({ properties: named(count, () => ({ $ref: "#/$defs/d" })), $defs: { d: object({}) } }))],
  }),
};

export const growingKinds: readonly string[] = Object.keys(kinds);

export interface GrowingRequest {
  readonly path: string;
  readonly body: JsonObject;
}

export function growRequest(
  kind: string,
  count: number,
  { protocol, model }: { readonly protocol: ClientProtocol; readonly model: string },
): GrowingRequest {
  const write = words[protocol];
  const ask: JsonObject = { ...write.base, [write.list]: [write.say("user", "Hi")] };
  const named = protocol === "gemini-generate" ? {} : { model };
  return { path: write.path.replace("MODEL", model), body: { ...named, ...ask, ...kinds[kind]!(count, write) } };
}
