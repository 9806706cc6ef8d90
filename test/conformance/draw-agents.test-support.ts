// Requests as agents send them, drawn at random in the wire form of each client protocol and written by hand, without our
// codecs: many tools with odd schemas, several system messages, blocks inside results, words after results. Not a test.
import fc from "fast-check";
import type { JsonObject } from "../../src/core/json.ts";
import type { Four } from "./protocols.test-support.ts";

export interface DrawnRequest {
  readonly path: (model: string) => string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: (model: string) => JsonObject;
}

const words = fc.string({ unit: "grapheme", minLength: 1, maxLength: 16 }).filter((text) => text.trim() !== "");
const maybe = <T>(arbitrary: fc.Arbitrary<T>, freq = 3): fc.Arbitrary<T | null> =>
  fc.option(arbitrary, { freq, nil: null });
const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";
const pdf = "JVBERi0xLjQKJcOkw7zDtsOfCjIgMCBvYmoKPDwvTGVuZ3RoIDMgMCBSPj4Kc3RyZWFtCg==";

// Schemas, as MCP servers and SDKs write them.
const leaf: fc.Arbitrary<JsonObject> = fc.constantFrom<JsonObject>(
  { type: "string" },
  { type: "string", description: "A path.", minLength: 1, maxLength: 500 },
  { type: "string", format: "uri" },
  { type: "string", pattern: "^[a-z]+$" },
  { type: "string", pattern: "^(?!\\s)\\p{L}+$" },
  { type: "string", enum: ["a", "b"], default: "a" },
  { type: "integer", exclusiveMinimum: 0, maximum: 9_007_199_254_740_991 },
  { type: "number", multipleOf: 0.5 },
  { type: "boolean", default: false },
  { type: ["string", "null"] },
  { type: ["string", "integer"] },
  { const: "fixed" },
  { description: "Anything." },
  { anyOf: [{ type: "string" }, { type: "null" }] },
  { oneOf: [{ type: "string", const: "x" }, { type: "integer" }] },
  { type: "object", additionalProperties: { type: "string" } },
  { type: "object", propertyNames: { type: "string" }, additionalProperties: {} },
  { type: "array", items: {} },
  { $ref: "#/$defs/Node" },
);
const property = fc.stringMatching(/^[a-z][a-z_]{0,9}$/);
const inner: fc.Arbitrary<JsonObject> = fc.oneof(
  { weight: 4, arbitrary: leaf },
  { weight: 1, arbitrary: leaf.map((items): JsonObject => ({ type: "array", items, maxItems: 4 })) },
  {
    weight: 1,
    arbitrary: fc
      .dictionary(property, leaf, { minKeys: 1, maxKeys: 3 })
      .map((properties): JsonObject => ({ type: "object", properties, additionalProperties: false })),
  },
);
const node: JsonObject = {
  type: "object",
  properties: { next: { anyOf: [{ $ref: "#/$defs/Node" }, { type: "null" }] } },
};
const usualSchema = fc
  .record({ properties: fc.dictionary(property, inner, { maxKeys: 5 }), closed: fc.boolean(), draft: fc.boolean() })
  .chain(({ properties, closed, draft }) =>
    fc.subarray(Object.keys(properties)).map((required): JsonObject => ({
      ...(draft ? { $schema: "http://json-schema.org/draft-07/schema#" } : {}),
      type: "object",
      properties,
      ...(required.length > 0 ? { required } : {}),
      ...(closed ? { additionalProperties: false } : {}),
      ...(JSON.stringify(properties).includes("$ref") ? { $defs: { Node: node } } : {}),
    })),
  );
/** Roots that one vendor takes and another refuses. */
const oddSchema = fc.constantFrom<JsonObject>(
  { type: "object" },
  {},
  { type: "object", properties: {}, anyOf: [{ required: ["a"] }, { required: ["b"] }] },
  {
    anyOf: [
      { type: "object", properties: { a: { type: "string" } } },
      { type: "object", properties: { b: { type: "string" } } },
    ],
  },
  { $ref: "#/$defs/Node", $defs: { Node: node } },
  { type: ["object", "null"], properties: { a: { type: "string" } } },
);
interface DrawnTool {
  readonly name: string;
  readonly schema: JsonObject;
}
const toolName = fc.oneof(
  { weight: 4, arbitrary: fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9_-]{2,20}$/) },
  { weight: 1, arbitrary: fc.stringMatching(/^mcp__[a-z]{3,30}__[a-z_]{3,26}$/) },
);
const tools = fc.uniqueArray(
  fc.record({
    name: toolName,
    schema: fc.oneof({ weight: 6, arbitrary: usualSchema }, { weight: 1, arbitrary: oddSchema }),
  }),
  { selector: ({ name }) => name.toLowerCase(), minLength: 1, maxLength: 8 },
);

// What is said, and what tools answer.
type Block = { readonly kind: "text" | "image" | "pdf" | "note" | "found"; readonly text: string };
const asked: fc.Arbitrary<Block> = fc.record({
  kind: fc.constantFrom("text", "text", "text", "text", "image", "pdf", "note", "found"),
  text: words,
});
interface DrawnCall {
  readonly id: string;
  readonly tool: number;
  readonly result: readonly Block[];
  readonly failed: boolean;
}
const call: fc.Arbitrary<DrawnCall> = fc.record({
  id: fc.oneof(
    { weight: 3, arbitrary: fc.stringMatching(/^[a-z]{4}[A-Za-z0-9]{12,20}$/) },
    // Some hosts count anew in each answer.
    { weight: 1, arbitrary: fc.constantFrom("call_0", "call_1") },
  ),
  tool: fc.nat(7),
  result: fc.array(
    fc.record({ kind: fc.constantFrom<Block["kind"]>("text", "text", "text", "image", "found"), text: words }),
    { minLength: 1, maxLength: 2 },
  ),
  failed: fc.boolean(),
});
interface Step {
  readonly said: string | null;
  readonly calls: readonly DrawnCall[];
  /** A reminder beside the results. */
  readonly reminder: string | null;
}
const step: fc.Arbitrary<Step> = fc.record({
  said: maybe(words, 2),
  calls: fc.uniqueArray(call, { selector: ({ id }) => id, minLength: 1, maxLength: 3 }),
  reminder: maybe(words, 2),
});
interface Plan {
  readonly system: readonly string[];
  readonly late: string | null;
  readonly turns: readonly {
    readonly asked: readonly Block[];
    readonly steps: readonly Step[];
    readonly answer: string;
  }[];
  readonly last: string;
  readonly tools: readonly DrawnTool[];
  readonly choice: "auto" | "required" | null;
  readonly thinks: boolean;
  readonly temperature: number | null;
  readonly stream: boolean;
}
const plan: fc.Arbitrary<Plan> = fc.record({
  system: fc.array(words, { maxLength: 3 }),
  late: maybe(words, 5),
  turns: fc.array(
    fc.record({
      asked: fc
        .tuple(fc.array(asked, { maxLength: 2 }), words)
        .map(([blocks, text]): Block[] => [...blocks, { kind: "text", text }]),
      steps: fc.array(step, { maxLength: 3 }),
      answer: words,
    }),
    { maxLength: 2 },
  ),
  last: words,
  tools,
  choice: fc.constantFrom("auto", "required", null, null),
  thinks: fc.boolean(),
  temperature: maybe(fc.constantFrom(0, 0.2, 1), 2),
  stream: fc.boolean(),
});

const json = (text: string): string => JSON.stringify({ note: text });
const nameOf = (one: DrawnCall, { tools: offered }: Plan): string => offered[one.tool % offered.length]?.name ?? "";

const chat = (drawn: Plan): DrawnRequest["body"] => {
  const part = ({ kind, text }: Block): JsonObject => {
    if (kind === "image") return { type: "image_url", image_url: { url: `data:image/png;base64,${pixel}` } };
    if (kind === "pdf")
      return { type: "file", file: { filename: "a.pdf", file_data: `data:application/pdf;base64,${pdf}` } };
    return { type: "text", text };
  };
  const textOf = (blocks: readonly Block[]): string => blocks.map(({ text }) => text).join("\n");
  const messages: JsonObject[] = drawn.system.map((content) => ({ role: "system", content }));
  for (const turn of drawn.turns) {
    messages.push({ role: "user", content: turn.asked.map(part) });
    for (const { said, calls, reminder } of turn.steps) {
      messages.push({
        role: "assistant",
        content: said,
        tool_calls: calls.map((one) => ({
          id: one.id,
          type: "function",
          function: { name: nameOf(one, drawn), arguments: json(one.id) },
        })),
      });
      for (const one of calls) messages.push({ role: "tool", tool_call_id: one.id, content: textOf(one.result) });
      if (reminder !== null) messages.push({ role: "user", content: reminder });
    }
    messages.push({ role: "assistant", content: turn.answer });
  }
  if (drawn.late !== null) messages.push({ role: "system", content: drawn.late });
  messages.push({ role: "user", content: drawn.last });
  return (model) => ({
    model,
    messages,
    tools: drawn.tools.map(({ name, schema }) => ({ type: "function", function: { name, parameters: schema } })),
    ...(drawn.choice === null ? {} : { tool_choice: drawn.choice }),
    ...(drawn.thinks
      ? { reasoning_effort: "low" }
      : drawn.temperature === null
        ? {}
        : { temperature: drawn.temperature }),
    stream: drawn.stream,
    ...(drawn.stream ? { stream_options: { include_usage: true } } : {}),
    user: "someone",
    // OpenAI takes notes with it alone.
    ...(drawn.stream ? { store: true, metadata: { origin: "agent" } } : {}),
  });
};

const responses = (drawn: Plan): DrawnRequest["body"] => {
  const part = ({ kind, text }: Block): JsonObject => {
    if (kind === "image") return { type: "input_image", detail: "auto", image_url: `data:image/png;base64,${pixel}` };
    if (kind === "pdf")
      return { type: "input_file", filename: "a.pdf", file_data: `data:application/pdf;base64,${pdf}` };
    return { type: "input_text", text };
  };
  const message = (role: string, content: JsonObject[]): JsonObject => ({ type: "message", role, content });
  const input: JsonObject[] = drawn.system.slice(1).map((text) => message("developer", [{ type: "input_text", text }]));
  for (const turn of drawn.turns) {
    input.push(message("user", turn.asked.map(part)));
    for (const { said, calls, reminder } of turn.steps) {
      if (said !== null) input.push(message("assistant", [{ type: "output_text", text: said, annotations: [] }]));
      for (const one of calls)
        input.push({ type: "function_call", call_id: one.id, name: nameOf(one, drawn), arguments: json(one.id) });
      for (const one of calls)
        input.push({ type: "function_call_output", call_id: one.id, output: one.result.map(part) });
      if (reminder !== null) input.push(message("user", [{ type: "input_text", text: reminder }]));
    }
    input.push(message("assistant", [{ type: "output_text", text: turn.answer, annotations: [] }]));
  }
  if (drawn.late !== null) input.push(message("developer", [{ type: "input_text", text: drawn.late }]));
  input.push(message("user", [{ type: "input_text", text: drawn.last }]));
  return (model) => ({
    model,
    ...(drawn.system[0] === undefined ? {} : { instructions: drawn.system[0] }),
    input,
    tools: [
      ...drawn.tools.map(({ name, schema }) => ({ type: "function", name, parameters: schema, strict: false })),
      ...(drawn.thinks ? [{ type: "web_search", external_web_access: false }] : []),
    ],
    tool_choice: drawn.choice ?? "auto",
    parallel_tool_calls: true,
    ...(drawn.thinks
      ? { reasoning: { effort: "low", summary: "auto" }, include: ["reasoning.encrypted_content"] }
      : {}),
    store: false,
    stream: drawn.stream,
    prompt_cache_key: "some-thread",
    client_metadata: { installation: "some-id" },
  });
};

const messagesBody = (drawn: Plan): DrawnRequest["body"] => {
  const block = ({ kind, text }: Block): JsonObject => {
    if (kind === "image") return { type: "image", source: { type: "base64", media_type: "image/png", data: pixel } };
    if (kind === "pdf")
      return { type: "document", source: { type: "base64", media_type: "application/pdf", data: pdf }, title: text };
    if (kind === "note")
      return {
        type: "document",
        source: { type: "text", media_type: "text/plain", data: text },
        context: "some notes",
      };
    if (kind === "found")
      return {
        type: "search_result",
        source: "https://example.com/a",
        title: "Found",
        content: [{ type: "text", text }],
      };
    return { type: "text", text };
  };
  const messages: JsonObject[] = [];
  for (const turn of drawn.turns) {
    messages.push({ role: "user", content: turn.asked.map(block) });
    for (const { said, calls, reminder } of turn.steps) {
      const uses = calls.map((one) => ({
        type: "tool_use",
        id: one.id,
        name: nameOf(one, drawn),
        input: { note: one.id },
      }));
      messages.push({
        role: "assistant",
        content: [...(said === null ? [] : [{ type: "text", text: said }]), ...uses],
      });
      const results = calls.map((one) => ({
        type: "tool_result",
        tool_use_id: one.id,
        content: one.failed ? one.result.map(({ text }) => text).join("\n") : one.result.map(block),
        is_error: one.failed,
      }));
      messages.push({
        role: "user",
        content: [...results, ...(reminder === null ? [] : [{ type: "text", text: reminder }])],
      });
    }
    messages.push({ role: "assistant", content: turn.answer });
  }
  messages.push({ role: "user", content: [{ type: "text", text: drawn.last, cache_control: { type: "ephemeral" } }] });
  return (model) => ({
    model,
    max_tokens: 4000,
    system: drawn.system.map((text) => ({ type: "text", text })),
    messages,
    tools: drawn.tools.map(({ name, schema }) => ({ name, description: "A tool.", input_schema: schema })),
    ...(drawn.choice === null || drawn.thinks
      ? {}
      : { tool_choice: { type: drawn.choice === "required" ? "any" : "auto" } }),
    ...(drawn.thinks && drawn.turns.every(({ steps }) => steps.length === 0)
      ? {
          thinking: { type: "enabled", budget_tokens: 1024 },
          context_management: { edits: [{ type: "clear_thinking_20251015", keep: "all" }] },
        }
      : drawn.temperature === null
        ? {}
        : { temperature: drawn.temperature }),
    metadata: { user_id: "someone" },
    stream: drawn.stream,
  });
};

const gemini = (drawn: Plan): DrawnRequest["body"] => {
  const part = ({ kind, text }: Block): JsonObject => {
    if (kind === "image") return { inlineData: { mimeType: "image/png", data: pixel } };
    if (kind === "pdf") return { inlineData: { mimeType: "application/pdf", data: pdf } };
    return { text };
  };
  const contents: JsonObject[] = [];
  for (const turn of drawn.turns) {
    contents.push({ role: "user", parts: turn.asked.map(part) });
    for (const { said, calls } of turn.steps) {
      const uses = calls.map((one) => ({ functionCall: { name: nameOf(one, drawn), args: { note: one.id } } }));
      contents.push({ role: "model", parts: [...(said === null ? [] : [{ text: said }]), ...uses] });
      const results = calls.map((one) => ({
        functionResponse: {
          name: nameOf(one, drawn),
          response: { output: one.result.map(({ text }) => text).join("\n") },
        },
      }));
      contents.push({ role: "user", parts: results });
    }
    contents.push({ role: "model", parts: [{ text: turn.answer }] });
  }
  contents.push({ role: "user", parts: [{ text: drawn.last }] });
  const mode = drawn.choice === "required" ? "ANY" : "AUTO";
  return () => ({
    contents,
    ...(drawn.system.length === 0 ? {} : { systemInstruction: { parts: drawn.system.map((text) => ({ text })) } }),
    tools: [{ functionDeclarations: drawn.tools.map(({ name, schema }) => ({ name, parametersJsonSchema: schema })) }],
    ...(drawn.choice === null ? {} : { toolConfig: { functionCallingConfig: { mode } } }),
    generationConfig: {
      ...(drawn.temperature === null ? {} : { temperature: drawn.temperature }),
      ...(drawn.thinks ? { thinkingConfig: { includeThoughts: true, thinkingBudget: 1024 } } : {}),
    },
  });
};

const bodies: Readonly<Record<Four, (drawn: Plan) => DrawnRequest["body"]>> = {
  "openai-chat": chat,
  "openai-responses": responses,
  "anthropic-messages": messagesBody,
  "gemini-generate": gemini,
};
const paths: Readonly<Record<Four, (model: string, stream: boolean) => string>> = {
  "openai-chat": () => "/v1/chat/completions",
  "openai-responses": () => "/v1/responses",
  "anthropic-messages": () => "/v1/messages",
  "gemini-generate": (model, stream) =>
    `/v1beta/models/${model}:${stream ? "streamGenerateContent?alt=sse" : "generateContent"}`,
};

/** A request that clients of that protocol send; most are taken by the vendor of the protocol. */
export function drawAgentRequest(protocol: Four): fc.Arbitrary<DrawnRequest> {
  return plan.map((drawn) => ({
    path: (model) => paths[protocol](model, drawn.stream),
    headers: {
      "content-type": "application/json",
      "anthropic-version": "2023-06-01",
      "anthropic-beta": "context-management-2025-06-27",
    },
    body: bodies[protocol](drawn),
  }));
}
