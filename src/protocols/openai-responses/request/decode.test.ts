import { describe, expect, test } from "vitest";
import type { Json, JsonObject } from "../../../core/json.ts";
import { decode } from "../requests.test-support.ts";

describe("fields", () => {
  test.each<[string, JsonObject, JsonObject]>([
    ["the model", { model: "x" }, { model: "x" }],
    ["stream", { stream: true }, { stream: true, includeUsage: true }],
    [
      "limits and samplers",
      { max_output_tokens: 9, temperature: 0.5, top_p: 0.9 },
      { sampling: { maxTokens: 9, temperature: 0.5, topP: 0.9 } },
    ],
    [
      "log probabilities",
      { include: ["message.output_text.logprobs"], top_logprobs: 2 },
      { sampling: { logprobs: true, topLogprobs: 2 } },
    ],
    ["what else to include", { include: ["x"] }, { extras: { fields: { include: ["x"] } } }],
    ["effort", { reasoning: { effort: "low" } }, { reasoning: { effort: "low", budget: null, visible: null } }],
    [
      "a summary",
      { reasoning: { summary: "detailed" } },
      { reasoning: { effort: null, visible: true }, extras: { fields: { reasoning: { summary: "detailed" } } } },
    ],
    [
      "an effort of its own",
      { reasoning: { effort: "huge" } },
      { reasoning: { effort: null }, extras: { fields: { reasoning: { effort: "huge" } } } },
    ],
    ["parallel calls", { parallel_tool_calls: false }, { parallelTools: false }],
    [
      "text",
      { text: { format: { type: "text" }, verbosity: "low" } },
      { output: { kind: "text" }, extras: { fields: { text: { verbosity: "low" } } } },
    ],
    ["JSON", { text: { format: { type: "json_object" } } }, { output: { kind: "json" } }],
    [
      "a schema",
      { text: { format: { type: "json_schema", name: "n", schema: { type: "object" }, strict: true } } },
      { output: { kind: "json_schema", name: "n", description: null, schema: { type: "object" }, strict: true } },
    ],
    [
      "a format of its own",
      { text: { format: { type: "grammar" } } },
      { output: null, extras: { fields: { text: { format: { type: "grammar" } } } } },
    ],
    ["the user", { user: "u" }, { user: "u" }],
    ["the user's newer name", { safety_identifier: "u" }, { user: "u" }],
    ["two users", { user: "u", safety_identifier: "v" }, { user: "u", extras: { fields: { safety_identifier: "v" } } }],
    [
      "what only this protocol knows",
      { previous_response_id: "resp_1", store: true },
      { extras: { fields: { previous_response_id: "resp_1", store: true } } },
    ],
    [
      "a function",
      { tools: [{ type: "function", name: "f", parameters: null, strict: null }] },
      { tools: [{ name: "f", description: null, parameters: null, strict: null }] },
    ],
    [
      "a function's own members",
      { tools: [{ type: "function", name: "f", defer_loading: true }] },
      { tools: [{ name: "f", state: { value: { rest: { defer_loading: true } } } }] },
    ],
    [
      "other tools",
      { tools: [{ type: "web_search" }] },
      { tools: [], extras: { fields: { tools: [{ type: "web_search" }] } } },
    ],
  ])("%s", (_name, body, expected) => {
    expect(decode(body)).toMatchObject(expected);
  });

  test.each<[Json, unknown]>([
    ["auto", { kind: "auto" }],
    ["none", { kind: "none" }],
    ["required", { kind: "required" }],
    [
      { type: "function", name: "f" },
      { kind: "tool", name: "f" },
    ],
    [
      { type: "allowed_tools", mode: "required", tools: [{ type: "function", name: "f" }] },
      { kind: "subset", mode: "required", names: ["f"] },
    ],
    [{ type: "allowed_tools", mode: "auto", tools: [{ type: "mcp", server_label: "x" }] }, null],
    [{ type: "web_search" }, null],
  ])("choice %j", (choice, expected) => {
    const request = decode({ tool_choice: choice });
    expect(request.toolChoice).toEqual(expected);
    expect(request.extras.fields["tool_choice"]).toEqual(expected === null ? choice : undefined);
  });
});

describe("input", () => {
  test("a string is what the user says", () => {
    expect(decode({ input: "hi" }).messages).toEqual([
      { role: "user", parts: [{ type: "text", text: "hi" }], name: null },
    ]);
  });

  test("instructions come first", () => {
    expect(decode({ instructions: "be brief" }).messages).toMatchObject([
      { role: "system", parts: [{ type: "text", text: "be brief" }] },
      { role: "user" },
    ]);
  });

  test("the assistant's items in a row are one turn, outputs in a row another", () => {
    const { messages } = decode({
      input: [
        {
          role: "user",
          content: [
            { type: "input_text", text: "a" },
            { type: "input_image", image_url: "https://x/y.png", detail: "low" },
          ],
        },
        { type: "reasoning", id: "rs_1", summary: [{ type: "summary_text", text: "hm" }], encrypted_content: "sealed" },
        {
          type: "message",
          role: "assistant",
          id: "msg_1",
          phase: "commentary",
          content: [{ type: "output_text", text: "b", annotations: [] }],
        },
        { type: "function_call", id: "fc_1", call_id: "c1", name: "f", arguments: "{}" },
        { type: "function_call", call_id: "c2", name: "g", arguments: "{}" },
        { type: "function_call_output", call_id: "c1", output: "1" },
        { type: "function_call_output", call_id: "c2", output: [{ type: "input_text", text: "2" }] },
        { role: "developer", content: "c" },
      ],
    });
    expect(messages).toMatchObject([
      {
        role: "user",
        parts: [
          { type: "text", text: "a" },
          { type: "image", source: { kind: "url", url: "https://x/y.png", mediaType: "image/png" }, detail: "low" },
        ],
      },
      {
        role: "assistant",
        parts: [
          { type: "reasoning", text: "hm", state: { protocol: "openai-responses" } },
          { type: "text", text: "b", state: { value: { item: { id: "msg_1", phase: "commentary" } } } },
          { type: "tool-call", id: "c1", name: "f", state: { value: { item: { id: "fc_1" } } } },
          { type: "tool-call", id: "c2", name: "g" },
        ],
      },
      {
        role: "tool",
        parts: [
          { type: "tool-result", id: "c1", name: "f", parts: [{ text: "1" }] },
          { type: "tool-result", id: "c2", name: "g", parts: [{ text: "2" }] },
        ],
      },
      { role: "developer", parts: [{ text: "c" }] },
    ]);
  });

  test.each<[JsonObject, JsonObject]>([
    [
      { type: "input_image", image_url: "data:image/png;base64,AA==" },
      { type: "image", source: { kind: "data", mediaType: "image/png", data: "AA==" } },
    ],
    [
      { type: "input_image", file_id: "file-1", detail: "auto" },
      { type: "image", source: { kind: "file-id", id: "file-1", protocol: "openai-responses" } },
    ],
    [
      { type: "input_file", filename: "a.pdf", file_data: "data:application/pdf;base64,AA==" },
      { type: "file", filename: "a.pdf", source: { kind: "data", mediaType: "application/pdf" } },
    ],
    [
      { type: "input_file", file_url: "https://x/a" },
      { type: "file", filename: null, source: { kind: "url", url: "https://x/a", mediaType: "application/pdf" } },
    ],
    [
      { type: "input_file", file_id: "file-1" },
      { type: "file", source: { kind: "file-id", id: "file-1" } },
    ],
    [
      { type: "input_audio", input_audio: {} },
      { type: "foreign", state: { protocol: "openai-responses" } },
    ],
  ])("part %j", (part, expected) => {
    expect(decode({ input: [{ role: "user", content: [part] }] }).messages[0]?.parts).toMatchObject([expected]);
  });

  test("items of this protocol's own keep their place", () => {
    const items = [
      { type: "web_search_call", id: "ws_1" },
      { type: "computer_call_output", call_id: "c", output: { type: "computer_screenshot" } },
    ];
    expect(decode({ input: items }).messages).toEqual([
      {
        role: "assistant",
        name: null,
        parts: [
          {
            type: "foreign",
            state: { protocol: "openai-responses", value: { item: items[0] } },
            lostPlaces: ["input[0]"],
            search: { id: "ws_1", queries: [], pages: null, error: null },
          },
        ],
      },
      {
        role: "user",
        name: null,
        parts: [
          {
            type: "foreign",
            state: { protocol: "openai-responses", value: { item: items[1] } },
            lostPlaces: ["input[1]"],
          },
        ],
      },
    ]);
  });

  test.each(["item_reference", "compaction"])("that holds an item that only its vendor reads is marked: %s", (type) => {
    const { extras } = decode({
      input: [
        { type, id: "x", encrypted_content: "y" },
        { role: "user", content: "hi" },
      ],
    });
    expect(extras.fields).toEqual({ [type]: true });
  });

  test.each(["previous_response_id", "conversation", "prompt"])("%s may stand in for it", (field) => {
    expect(decode({ input: null, [field]: "x" }).messages).toEqual([]);
  });
});

describe("mistakes are named by their place", () => {
  test.each<[JsonObject, string]>([
    [{ input: null }, "input: expected a string or a list of at least one item"],
    [{ input: [] }, "input: expected a string or a list of at least one item"],
    [{ input: 3 }, "input: expected a string or an array of items, got a number"],
    [{ input: [3] }, "input[0]: expected an object, got a number"],
    [{ input: [{ content: "x" }] }, "input[0].type: missing; an item needs a type, or a role if it is a message"],
    [
      { input: [{ role: "boss", content: "x" }] },
      'input[0].role: unknown role "boss"; expected user, assistant, system or developer',
    ],
    [
      { input: [{ role: "user", content: 3 }] },
      "input[0].content: expected a string or an array of parts, got a number",
    ],
    [
      { input: [{ role: "user", content: [{ type: "input_image" }] }] },
      "input[0].content[0]: an input_image needs image_url or file_id",
    ],
    [{ input: [{ type: "function_call", name: "f" }] }, "input[0].call_id: expected a string, got nothing"],
    [
      { input: [{ type: "function_call_output", call_id: "c", output: 3 }] },
      "input[0].output: expected a string or an array of parts, got a number",
    ],
    [{ tools: [{ type: "function" }] }, "tools[0].name: expected a string, got nothing"],
    [{ tools: [{}] }, "tools[0].type: expected a string, got nothing"],
    [{ tool_choice: 3 }, 'tool_choice: expected "auto", "none", "required" or an object, got a number'],
    [{ text: { format: { type: "json_schema", name: "n" } } }, "text.format.schema: expected an object, got nothing"],
    [{ max_output_tokens: 0 }, "max_output_tokens: expected at least 1, got 0"],
    [{ temperature: "hot" }, "temperature: expected a number, got a string"],
  ])("%j", (body, message) => {
    expect(() => decode(body)).toThrow(expect.objectContaining({ message, code: "bad_request", status: 400 }) as Error);
  });
});
