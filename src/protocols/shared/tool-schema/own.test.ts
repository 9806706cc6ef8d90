// Whether a client's own bytes can go to its own vendor with these schemas, in each protocol and in each member that
// has schemas.
import { describe, expect, test } from "vitest";
import type { Json, JsonObject } from "../../../core/json.ts";
import type { Protocol, TargetFacts } from "../../../core/protocol.ts";
import { claudeFacts, compatibleFacts, geminiFacts, openaiFacts } from "../../../providers/facts.ts";
import { anthropicMessages } from "../../anthropic-messages/protocol.ts";
import { geminiGenerate } from "../../gemini-generate/protocol.ts";
import { openaiChat } from "../../openai-chat/protocol.ts";
import { openaiResponses } from "../../openai-responses/protocol.ts";
import { membersOf } from "../raw-members.test-support.ts";

const openai: TargetFacts = { model: "gpt-4o", facts: openaiFacts("gpt-4o") };
const host: TargetFacts = { model: "m", facts: compatibleFacts({})("m") };
const claude: TargetFacts = { model: "claude-sonnet-4-5", facts: claudeFacts("claude-sonnet-4-5") };
const gemini: TargetFacts = { model: "gemini-2.5-flash", facts: geminiFacts("gemini-2.5-flash") };

const fine = { type: "object", properties: { a: { type: "string" } } };
const bound = { ...fine, required: ["a"], additionalProperties: false };
const bad = { type: "object" };
const chatTool = (parameters: Json, strict?: boolean): JsonObject => ({
  tools: [{ type: "function", function: { name: "f", parameters, ...(strict === undefined ? {} : { strict }) } }],
});
const chatFormat = (schema: Json, strict: boolean): JsonObject => ({
  response_format: { type: "json_schema", json_schema: { name: "a", schema, strict } },
});
const tool = (parameters: Json, strict: Json = null): JsonObject => ({
  tools: [{ type: "function", name: "f", parameters, strict }],
});
const format = (schema: Json, strict: boolean): JsonObject => ({
  text: { format: { type: "json_schema", name: "a", schema, strict } },
});
const claudeTool = (input_schema: Json): JsonObject => ({ tools: [{ name: "f", input_schema }] });
const declared = (declaration: JsonObject): JsonObject => ({
  tools: [{ function_declarations: [{ name: "f", ...declaration }] }],
});

type Row = readonly [what: string, body: JsonObject, target: TargetFacts, fits: boolean];

describe.each<[string, Protocol, readonly Row[]]>([
  [
    "Chat",
    openaiChat,
    [
      ["a schema that is taken", chatTool(fine), openai, true],
      ["one that is not", chatTool(bad), openai, false],
      ["at a host of which nothing is known", chatTool(bad), host, true],
      ["a tool without parameters", chatTool(null), openai, true],
      ["the older functions", { functions: [{ name: "f", parameters: bad }] }, openai, false],
      ["a strict tool", chatTool(bound, true), openai, true],
      ["a strict tool that is open", chatTool(fine, true), openai, false],
      [
        "a strict tool with words that bind nothing",
        chatTool({ ...bound, title: "T", $schema: "s" }, true),
        openai,
        true,
      ],
      ["an answer", chatFormat(fine, false), openai, true],
      ["an answer that is no object", chatFormat({ type: "array", items: {} }, false), openai, false],
      ["a strict answer", chatFormat(bound, true), openai, true],
      ["a strict answer of alternatives", chatFormat({ anyOf: [bound] }, true), openai, false],
      ["tools that are no list", { tools: "f" }, openai, true],
    ],
  ],
  [
    "Responses",
    openaiResponses,
    [
      ["a schema that is taken", tool(fine), openai, true],
      ["one that is not", tool(bad), openai, false],
      ["at a host of which nothing is known", tool(bad), host, true],
      ["a strict tool that is open", tool(fine, true), openai, false],
      ["a tool of the vendor's own", { tools: [{ type: "web_search" }] }, openai, true],
      ["a strict answer", format(bound, true), openai, true],
      ["a strict answer that is open", format(fine, true), openai, false],
    ],
  ],
  [
    "Messages",
    anthropicMessages,
    [
      ["a schema that is taken", claudeTool(bad), claude, true],
      ["one that is not", claudeTool({ type: "object", oneOf: [fine] }), claude, false],
      ["a tool of the vendor's own", { tools: [{ type: "bash_20250124", name: "bash" }] }, claude, true],
    ],
  ],
  [
    "generateContent",
    geminiGenerate,
    [
      ["JSON Schema", declared({ parametersJsonSchema: { anyOf: [bad], not: {}, const: 1, items: [] } }), gemini, true],
      [
        "a reference that leads nowhere",
        declared({ parameters_json_schema: { items: { $ref: "#/no" } } }),
        gemini,
        false,
      ],
      [
        "the older dialect",
        declared({ parameters: { type: "OBJECT", properties: { a: { any_of: [] } } } }),
        gemini,
        true,
      ],
      [
        "with a field of another",
        declared({ parameters: { type: "OBJECT", additionalProperties: false } }),
        gemini,
        false,
      ],
      ["with a list of types", declared({ parameters: { properties: { a: { type: ["string"] } } } }), gemini, false],
      [
        "a member called like a field",
        declared({ parameters: { properties: { $ref: { type: "STRING" } } } }),
        gemini,
        true,
      ],
      ["numbers to choose from", { generationConfig: { responseSchema: { enum: [1] } } }, gemini, false],
      ["an answer", { generation_config: { response_json_schema: { type: "array" } } }, gemini, true],
    ],
  ],
])("in %s", (_, protocol, rows) => {
  test.each(rows)("%s", (...[, body, target, fits]) => {
    const messages = [{ role: "user", content: "hi" }];
    expect(protocol.chat.request.fits?.(membersOf({ messages, ...body }), target)).toBe(fits);
  });
});
