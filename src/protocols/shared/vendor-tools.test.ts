// Tools that a vendor runs itself, on the way to every other vendor: dropped and reported, whatever their kind; refused
// only if the caller's tool choice requires one.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ChatRequest } from "../../core/chat.ts";
import { GatewayFailure } from "../../core/failure.ts";
import type { Json, JsonObject } from "../../core/json.ts";
import type { Protocol, RequestCodec } from "../../core/protocol.ts";
import type { EncodedRequest } from "../../core/encoded-request.ts";
import { claudeFacts, compatibleFacts, geminiFacts, openaiFacts } from "../../providers/facts.ts";
import { anthropicMessages } from "../anthropic-messages/protocol.ts";
import { geminiGenerate } from "../gemini-generate/protocol.ts";
import { openaiChat } from "../openai-chat/protocol.ts";
import { openaiResponses } from "../openai-responses/protocol.ts";

type Target = Parameters<RequestCodec["encode"]>[1] & { readonly protocol: Protocol };

const targets: readonly Target[] = [
  { protocol: openaiResponses, model: "gpt-5.5", facts: openaiFacts("gpt-5.5") },
  { protocol: openaiChat, model: "gpt-4o", facts: openaiFacts("gpt-4o") },
  { protocol: openaiChat, model: "qwen3", facts: compatibleFacts({})("qwen3") },
  { protocol: anthropicMessages, model: "claude-sonnet-4-5", facts: claudeFacts("claude-sonnet-4-5") },
  { protocol: geminiGenerate, model: "gemini-2.5-flash", facts: geminiFacts("gemini-2.5-flash") },
];

const schema = { type: "object", properties: { what: { type: "string" } } };

interface Client {
  readonly protocol: Protocol;
  readonly look: Json;
  body(tools: readonly Json[], more: JsonObject): JsonObject;
}

const chat: Client = {
  protocol: openaiChat,
  look: { type: "function", function: { name: "look", parameters: schema } },
  body: (tools, more) => ({ model: "m", messages: [{ role: "user", content: "hi" }], tools, ...more }),
};
const responses: Client = {
  protocol: openaiResponses,
  look: { type: "function", name: "look", parameters: schema },
  body: (tools, more) => ({ model: "m", input: "hi", tools, ...more }),
};
const messages: Client = {
  protocol: anthropicMessages,
  look: { name: "look", input_schema: schema },
  body: (tools, more) => ({ model: "m", max_tokens: 9, messages: [{ role: "user", content: "hi" }], tools, ...more }),
};
const generate: Client = {
  protocol: geminiGenerate,
  look: { functionDeclarations: [{ name: "look", parametersJsonSchema: schema }] },
  body: (tools, more) => ({ contents: [{ role: "user", parts: [{ text: "hi" }] }], tools, ...more }),
};
const clients = { chat, responses, messages, generate };

function read(client: Client, tools: readonly Json[], more: JsonObject = {}): ChatRequest {
  return client.protocol.chat.request.decode(client.body(tools, more), { model: "m", stream: false });
}

/** The request to each target of another protocol; the refused field, if it is refused. */
function asked(client: Client, request: ChatRequest): readonly (EncodedRequest | string)[] {
  return targets
    .filter(({ protocol }) => protocol !== client.protocol)
    .map((target) => {
      try {
        return target.protocol.chat.request.encode(request, target);
      } catch (error) {
        if (error instanceof GatewayFailure) return `${error.code}: ${error.param}`;
        throw error;
      }
    });
}

test("what an Anthropic client carries out itself is a function, and may be chosen as one", () => {
  const tools = [
    { type: "bash_20250124", name: "bash" },
    { type: "text_editor_20250728", name: "str_replace_based_edit_tool" },
    { type: "memory_20250818", name: "memory" },
    { type: "computer_20250124", name: "computer", display_width_px: 1, display_height_px: 1 },
  ];
  const answers = asked(messages, read(messages, tools, { tool_choice: { type: "tool", name: "bash" } }));
  for (const answer of answers) {
    expect(answer).toMatchObject({ dropped: ["tools.computer"] });
    const { body } = answer as EncodedRequest;
    const names = JSON.stringify(body["tools"]).match(/"name":"[^"]*"/gu);
    expect(names).toEqual(['"name":"bash"', '"name":"str_replace_based_edit_tool"', '"name":"memory"']);
    expect(JSON.stringify(body["tool_choice"] ?? body["toolConfig"])).toContain("bash");
  }
  const { body } = anthropicMessages.chat.request.encode(read(messages, tools), {
    model: "claude-sonnet-4-5",
    facts: claudeFacts("claude-sonnet-4-5"),
  });
  expect(body["tools"]).toEqual(tools);
});

describe("left out and said", () => {
  test.each<readonly [keyof typeof clients, Json, string]>([
    ["responses", { type: "image_generation", output_format: "png" }, "tools.image_generation"],
    ["responses", { type: "web_search", external_web_access: true, index_gated_web_access: false }, "tools.web_search"],
    ["responses", { type: "file_search", vector_store_ids: ["vs_1"] }, "tools.file_search"],
    ["responses", { type: "mcp", server_label: "docs", server_url: "https://x.example" }, "tools.mcp"],
    ["responses", { type: "code_interpreter", container: { type: "auto" } }, "tools.code_interpreter"],
    ["responses", { type: "computer_use_preview", display_width: 1, display_height: 1 }, "tools.computer_use_preview"],
    ["responses", { type: "nobody has, seen;this" }, "tools.nobody?has??seen?this"],
    ["messages", { type: "code_execution_20250825", name: "code_execution" }, "tools.code_execution"],
    ["messages", { type: "web_fetch_20260318", name: "web_fetch" }, "tools.web_fetch"],
    ["messages", { type: "computer_20251124", name: "computer", display_width_px: 1 }, "tools.computer"],
    ["messages", { type: "mcp_toolset", mcp_server_name: "docs" }, "tools.mcp_toolset"],
    ["messages", { type: "telepathy_20270101", name: "telepathy" }, "tools.telepathy"],
    ["generate", { codeExecution: {} }, "tools.codeExecution"],
    ["generate", { urlContext: {} }, "tools.urlContext"],
    ["generate", { googleMaps: {} }, "tools.googleMaps"],
    ["generate", { fileSearch: { fileSearchStoreNames: ["s"] } }, "tools.fileSearch"],
    ["generate", { computerUse: { environment: "ENVIRONMENT_BROWSER" } }, "tools.computerUse"],
    ["chat", { type: "telepathy", telepathy: {} }, "tools.telepathy"],
  ])("%s: %j", (name, tool, field) => {
    const client = clients[name];
    for (const beside of [[client.look], []]) {
      const sent = asked(client, read(client, [...beside, tool]));
      for (const one of sent) {
        expect(one).toMatchObject({ dropped: [field] });
        expect(JSON.stringify(one).includes('"look"')).toBe(beside.length > 0);
      }
    }
  });

  test("several in one entry, each by its name", () => {
    const sent = asked(generate, read(generate, [{ codeExecution: {}, urlContext: {} }]));
    for (const one of sent) expect(one).toMatchObject({ dropped: ["tools.codeExecution", "tools.urlContext"] });
  });

  test("servers of tools, and how often a vendor may call its own", () => {
    const servers = read(messages, [messages.look], { mcp_servers: [{ type: "url", url: "https://x.example" }] });
    for (const one of asked(messages, servers)) expect(one).toMatchObject({ dropped: ["mcp_servers"] });
    const limited = read(responses, [responses.look, { type: "file_search" }], { max_tool_calls: 3 });
    for (const one of asked(responses, limited))
      expect(one).toMatchObject({ dropped: ["tools.file_search", "max_tool_calls"] });
  });

  test("what may be called besides stays what may be called", () => {
    const allowed = {
      type: "allowed_tools",
      mode: "required",
      tools: [{ type: "function", name: "look" }, { type: "image_generation" }],
    };
    const request = read(responses, [responses.look, { type: "image_generation" }], { tool_choice: allowed });
    const [chatBody, , claude, gemini] = asked(responses, request);
    expect(chatBody).toMatchObject({ body: { tool_choice: "required", tools: [{ function: { name: "look" } }] } });
    expect(claude).toMatchObject({ body: { tool_choice: { type: "any" }, tools: [{ name: "look" }] } });
    expect(gemini).toMatchObject({
      body: { toolConfig: { functionCallingConfig: { allowedFunctionNames: ["look"] } } },
    });
  });
});

describe("insisted on", () => {
  const drawn = { type: "image_generation" };
  test.each<readonly [string, Client, readonly Json[], JsonObject]>([
    ["by its type", responses, [responses.look, drawn], { tool_choice: drawn }],
    [
      "of a server",
      responses,
      [{ type: "mcp", server_label: "a" }],
      { tool_choice: { type: "mcp", server_label: "a" } },
    ],
    [
      "alone among those allowed",
      responses,
      [responses.look, drawn],
      { tool_choice: { type: "allowed_tools", mode: "auto", tools: [drawn] } },
    ],
    ["as the only one that could be called", responses, [drawn], { tool_choice: "required" }],
    [
      "by its name",
      messages,
      [messages.look, { type: "code_execution_20250825", name: "code_execution" }],
      { tool_choice: { type: "tool", name: "code_execution" } },
    ],
    [
      "as the only one there",
      messages,
      [{ type: "code_execution_20250825", name: "code_execution" }],
      { tool_choice: { type: "any" } },
    ],
  ])("%s", (_how, client, ...[tools, choice]) => {
    for (const one of asked(client, read(client, tools, choice))) expect(one).toBe("unsupported: tool_choice");
  });

  test("a function that is insisted on is not", () => {
    const choice = { tool_choice: { type: "function", name: "look" } };
    for (const one of asked(responses, read(responses, [responses.look, drawn], choice)))
      expect(one).toMatchObject({ dropped: expect.arrayContaining(["tools.image_generation"]) as unknown });
  });
});

describe("no mix of tools rules a target out, unless the caller insists", () => {
  const known = "image_generation file_search mcp computer web_search code_execution codeExecution googleSearch".split(
    " ",
  );
  const type = fc.oneof(fc.constantFrom(...known), fc.string({ minLength: 1, maxLength: 60 }));
  const members = fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 3 });
  const functions: ReadonlySet<string> = new Set([
    "function",
    "custom",
    "functionDeclarations",
    "function_declarations",
  ]);

  test.each(Object.entries(clients))("%s", (name, client) => {
    const write = (kind: string, more: JsonObject): Json =>
      name === "generate" ? { [kind]: more } : { ...more, type: kind, name: `n${kind}` };
    const free = name === "messages" ? [{ tool_choice: { type: "auto" } }, {}] : [{ tool_choice: "auto" }, {}];
    const choice = fc.constantFrom<JsonObject>(...(name === "generate" ? [{}] : free));
    fc.assert(
      fc.property(
        fc.array(fc.tuple(type, members), { maxLength: 6 }),
        choice,
        fc.boolean(),
        (drawn, more, callable) => {
          const tools = drawn.flatMap(([kind, inner]) =>
            functions.has(kind) ? [] : [write(kind, inner as JsonObject)],
          );
          const request = read(client, callable ? [client.look, ...tools] : tools, more);
          for (const one of asked(client, request)) expect(one).not.toBeTypeOf("string");
        },
      ),
    );
  });
});
