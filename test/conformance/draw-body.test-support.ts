// Bodies as clients of each protocol send them, with what agents put into them: many tools, blocks inside of results, documents,
// several system messages, blocks and members that nobody knows. Each word in them is one of a kind, so that it can be found
// again, or its loss in the report. Not a test.
import fc from "fast-check";
import type { Json, JsonObject } from "../../src/core/json.ts";
import { isArray, isObject, stringOr } from "../../src/protocols/shared/read.ts";
import type { Four } from "./protocols.test-support.ts";

/** A word that somebody wrote, and where. */
export interface Written {
  readonly word: string;
  /** `messages[0].content[1].text` */
  readonly place: string;
  /** `word`: it must arrive or be named. `thought`: it belongs to who thought it. `user`: who asks, which is no part of what is asked. */
  readonly kind: "word" | "thought" | "user";
}

/** Stand where a word of its own comes. */
const word = "§w.";
const thought = "§t.";
const user = "§u.";
/** Stands where a number of its own comes, also inside of a text. */
const count = -987_654;
const kinds = { w: "word", t: "thought", u: "user" } as const;

const some = <T>(one: fc.Arbitrary<T>, most = 2): fc.Arbitrary<T[]> => fc.array(one, { minLength: 1, maxLength: most });
const maybe = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(one, { nil: undefined });
const said = fc.constant(`This is ${word}`);
const bytes = fc.constantFrom("QUJDREVG", "aGVsbG8=");

/** Members as a client writes them: those that were not drawn are not there. */
function record(members: Record<string, fc.Arbitrary<Json | undefined>>): fc.Arbitrary<JsonObject> {
  return fc
    .record(members)
    .map((drawn) => Object.fromEntries(Object.entries(drawn).filter(([, value]) => value !== undefined)) as JsonObject);
}

/** What no protocol knows, as deep as agents nest it. */
const inside: fc.Arbitrary<JsonObject> = fc.oneof(
  record({ type: fc.constant("text"), text: said }),
  record({ type: fc.constant("novelty"), value: said }),
  record({ type: fc.constant("picture"), data: bytes }),
  record({ type: fc.constant("card"), title: said, rows: fc.array(record({ label: said, count: fc.nat(9) })) }),
);
const unknown: fc.Arbitrary<JsonObject> = fc.oneof(
  record({ type: fc.constant("novelty"), content: some(inside, 3) }),
  record({ type: fc.constant("note"), text: said, priority: fc.constant("high"), source: maybe(said) }),
  record({ type: fc.constant("tool_reference"), tool_name: said }),
  record({
    type: fc.constant("search_result"),
    source: fc.constant(`https://x.test/${word}`),
    title: said,
    content: some(inside),
  }),
  record({ type: fc.constant("hologram"), data: bytes, caption: maybe(said) }),
  record({ type: fc.constant("empty") }),
);
/** A member that only some host has heard of. */
const stray = maybe(said);
const anything = maybe(
  fc.oneof(said, fc.constant<Json>(count), fc.constant<Json>({ deep: [{ n: count, text: word }] })),
);

const names = ["look", "write_file", "search.pages", "Task", "mcp__server__do"];
const args = fc.constantFrom(
  `{"path":"${word}"}`,
  `{"a":[{"b":"${word}"}],"n":1}`,
  `{"n":${count},"deep":{"m":[${count}]}}`,
  "{}",
);
const calls = fc.array(fc.record({ name: fc.constantFrom(...names), args }), { minLength: 1, maxLength: 3 });
/** Where arguments are text, models break off in them, or write no object. */
const textArgs = fc.oneof(
  args,
  fc.constantFrom(`look at ${word}`, `{"path":"${word}`, `["${word}"]`, `"${word}"`, " "),
);
const textCalls = fc.array(fc.record({ name: fc.constantFrom(...names), args: textArgs }), {
  minLength: 1,
  maxLength: 3,
});
const parameters: fc.Arbitrary<JsonObject> = fc.constantFrom(
  { type: "object", properties: { path: { type: "string", description: word } }, required: ["path"] },
  {
    type: "object",
    properties: { a: { type: "array", items: { type: "object", properties: {} } }, n: { type: "integer" } },
  },
);
const toolNames = fc.uniqueArray(fc.constantFrom(...names), { minLength: 3, maxLength: 5 });

// Chat Completions

const chatText = record({
  type: fc.constant("text"),
  text: said,
  cache_control: maybe(fc.constant({ type: "ephemeral" })),
});
const chatPart: fc.Arbitrary<JsonObject> = fc.oneof(
  { weight: 3, arbitrary: chatText },
  record({ type: fc.constant("text"), text: said, stray }),
  bytes.map((data) => ({ type: "image_url", image_url: { url: `data:image/png;base64,${data}` } })),
  bytes.map((data) => ({
    type: "file",
    file: { filename: `${word}.pdf`, file_data: `data:application/pdf;base64,${data}` },
  })),
  fc.constant({ type: "file", file: { file_id: "file-1" } }),
  unknown,
);
const chatImage = bytes.map((data) => ({ type: "image_url", image_url: { url: `data:image/png;base64,${data}` } }));
const chatResult = fc.oneof(said, some(fc.oneof(chatText, unknown, chatImage)));
const chatAnnotations = some(
  fc.oneof(
    record({
      type: fc.constant("url_citation"),
      url_citation: fc.constant({ start_index: 0, end_index: 4, title: word, url: `https://x.test/${word}` }),
    }),
    fc.constant({ type: "file_citation", file_citation: { file_id: "file-1", filename: word, index: 3 } }),
    fc.constant({ type: "novelty", quote: word }),
  ),
);
/** In each form that hosts and gateways have, alone and together. */
const chatThoughts = {
  reasoning_content: maybe(fc.constant(thought)),
  reasoning: maybe(fc.constantFrom<Json>(thought, { text: word })),
  reasoning_details: maybe(
    some(
      fc.constantFrom<Json>(
        { type: "reasoning.text", text: thought, index: 0 },
        {
          type: "reasoning.text",
          text: thought,
          signature: "c2ln".repeat(12),
          format: "anthropic-claude-v1",
          index: 1,
        },
        { type: "reasoning.summary", summary: thought },
        { type: "reasoning.encrypted", data: thought, format: "openai-responses-v1", id: "rs_1" },
        { type: "reasoning.novelty", words: thought },
      ),
      3,
    ),
  ),
  thinking_blocks: maybe(
    some(
      fc.constantFrom<Json>(
        { type: "thinking", thinking: thought, signature: "c2ln".repeat(12) },
        { type: "thinking", thinking: thought },
        { type: "novelty", words: thought },
      ),
    ),
  ),
};
const chatTurn: fc.Arbitrary<JsonObject[]> = fc.oneof(
  record({
    role: fc.constant("user"),
    content: fc.oneof(said, some(chatPart, 3)),
    name: maybe(said),
    annotations: maybe(chatAnnotations),
    stray: anything,
  }).map((one) => [one]),
  record({ role: fc.constantFrom("system", "developer"), content: fc.oneof(said, some(chatText)) }).map((one) => [one]),
  record({
    role: fc.constant("assistant"),
    content: fc.oneof(said, some(fc.oneof(chatText, unknown))),
    ...chatThoughts,
    name: maybe(said),
    refusal: maybe(said),
    id: fc.constant("msg_1"),
    annotations: fc.oneof(fc.constant([]), chatAnnotations),
    stray,
  }).map((one) => [one]),
  maybe(said).map((content) => [
    {
      role: "assistant",
      content: content ?? null,
      tool_calls: [{ id: "call_n", type: "novelty", novelty: { name: "x", query: word } }],
    },
    { role: "tool", tool_call_id: "call_n", content: word },
  ]),
  fc.tuple(textCalls, fc.array(chatResult, { minLength: 3, maxLength: 3 }), stray).map(([called, results, odd]) => [
    {
      role: "assistant",
      content: null,
      tool_calls: called.map((one, index) => ({
        id: `call_${index}`,
        type: "function",
        function: { name: one.name, arguments: one.args },
        ...(odd === undefined ? {} : { stray: odd }),
      })),
    },
    ...called.map((_one, index): JsonObject => ({
      role: "tool",
      tool_call_id: `call_${index}`,
      content: results[index] ?? "",
      ...(odd === undefined ? {} : { stray: odd, annotations: [{ type: "novelty", quote: word }] }),
    })),
  ]),
);
const chat: fc.Arbitrary<JsonObject> = fc
  .record({
    turns: fc.array(chatTurn, { minLength: 1, maxLength: 4 }),
    offered: toolNames,
    parameters,
    stray,
    more: stray,
    begun: maybe(fc.constantFrom("", " ", "\n\n")),
  })
  .map(({ turns, offered, parameters: schema, stray: odd, more, begun }) => ({
    messages: [
      ...turns.flat(),
      { role: "user", content: `And ${word}` },
      // The model goes on from here.
      ...(begun === undefined ? [] : [{ role: "assistant", content: `So ${word}${begun}` }]),
    ],
    tools: offered.map((name) => ({
      type: "function",
      function: { name, description: word, parameters: schema, ...(odd === undefined ? {} : { stray: odd }) },
    })),
    user,
    ...(more === undefined ? {} : { metadata: { a: more }, stop: [more], stray: more, prompt_cache_key: "k" }),
  }));

// Responses

const inputText = record({ type: fc.constant("input_text"), text: said, stray });
const inputPart: fc.Arbitrary<JsonObject> = fc.oneof(
  { weight: 3, arbitrary: inputText },
  bytes.map((data) => ({ type: "input_image", image_url: `data:image/png;base64,${data}`, detail: "auto" })),
  bytes.map((data) => ({
    type: "input_file",
    filename: `${word}.pdf`,
    file_data: `data:application/pdf;base64,${data}`,
  })),
  fc.constantFrom<JsonObject>(
    { type: "input_file", file_id: "file-1", filename: `${word}.pdf` },
    { type: "input_image", file_id: "file-1", detail: "auto" },
  ),
  unknown,
);
const outputText = record({
  type: fc.constant("output_text"),
  text: said,
  annotations: fc.oneof(
    fc.constant([]),
    fc.constant([
      { type: "url_citation", start_index: 0, end_index: 4, title: word, url: `https://x.test/${word}` },
      { type: "file_citation", file_id: "file-1", filename: word, index: 0 },
      { type: "container_file_citation", container_id: "cntr_1", file_id: "cfile_1", filename: word },
    ]),
  ),
});
/** What OpenAI ran itself, in its items. */
const hostedItem: fc.Arbitrary<JsonObject[]> = fc.constantFrom<JsonObject[]>(
  [
    {
      type: "mcp_list_tools",
      id: "mcpl_1",
      server_label: word,
      tools: [{ name: word, description: word, input_schema: { type: "object", description: word } }],
    },
    { type: "mcp_call", id: "mcp_1", server_label: word, name: word, arguments: `{"q":"${word}"}`, output: word },
    { type: "mcp_call", id: "mcp_2", server_label: word, name: word, arguments: "{}", error: word, status: "failed" },
  ],
  [
    {
      type: "code_interpreter_call",
      id: "ci_1",
      status: "completed",
      container_id: "cntr_1",
      code: `print("${word}")`,
      outputs: [
        { type: "logs", logs: word },
        { type: "image", url: `https://x.test/${word}.png` },
      ],
    },
  ],
  [
    {
      type: "file_search_call",
      id: "fs_1",
      status: "completed",
      queries: [word, word],
      results: [{ file_id: "file-1", filename: word, score: 0.5, text: word, attributes: { author: word } }],
    },
  ],
  [
    {
      type: "computer_call",
      id: "cu_1",
      call_id: "call_c",
      status: "completed",
      action: { type: "type", text: word },
      pending_safety_checks: [{ id: "sc_1", code: word, message: word }],
    },
    {
      type: "computer_call_output",
      call_id: "call_c",
      output: { type: "computer_screenshot", image_url: "data:image/png;base64,QUJDREVG" },
    },
  ],
  [{ type: "image_generation_call", id: "ig_1", status: "completed", result: "aGVsbG8=", revised_prompt: word }],
  [
    {
      type: "web_search_call",
      id: "ws_2",
      status: "completed",
      action: { type: "find_in_page", url: `https://x.test/${word}`, pattern: word },
    },
  ],
  [
    { type: "tool_search_call", id: "tsc_1", execution: "server", arguments: { query: word }, status: "completed" },
    {
      type: "tool_search_output",
      id: "tso_1",
      execution: "server",
      tools: [{ type: "function", name: word, description: word, parameters: { type: "object" } }],
      status: "completed",
    },
  ],
  [{ type: "novelty_call", id: "nc_1", status: "completed", input: { deep: [{ word }] }, blob: "QUJDREVG" }],
);
const responsesItems: fc.Arbitrary<JsonObject[]> = fc.oneof(
  hostedItem,
  record({
    type: fc.constant("message"),
    role: fc.constantFrom("user", "system", "developer"),
    id: fc.constant("msg_1"),
    status: fc.constant("completed"),
    content: fc.oneof(said, some(fc.oneof(inputText, inputText, unknown))),
    stray,
  }).map((one) => [one]),
  some(inputPart, 3).map((content) => [{ role: "user", content }]),
  record({
    type: fc.constant("message"),
    role: fc.constant("assistant"),
    id: fc.constant("msg_2"),
    status: fc.constant("completed"),
    phase: fc.constant("commentary"),
    content: some(outputText),
  }).map((one) => [one]),
  fc.constant<JsonObject[]>([
    { type: "web_search_call", id: "ws_1", status: "completed", action: { type: "search", query: word } },
    { type: "message", role: "assistant", content: [{ type: "output_text", text: word }] },
  ]),
  fc
    .tuple(textCalls, fc.array(fc.oneof(said, some(inputPart)), { minLength: 3, maxLength: 3 }))
    .map(([called, results]) => [
      {
        type: "reasoning",
        id: "rs_1",
        summary: [{ type: "summary_text", text: thought }],
        encrypted_content: `gAAAA${"a".repeat(50)}`,
      },
      ...called.map((one, index): JsonObject => ({
        type: "function_call",
        id: `fc_${index}`,
        status: "completed",
        call_id: `call_${index}`,
        name: one.name.replaceAll(".", "_"),
        arguments: one.args,
      })),
      ...called.map((_one, index): JsonObject => ({
        type: "function_call_output",
        call_id: `call_${index}`,
        output: results[index] ?? "",
      })),
    ]),
);
const responses: fc.Arbitrary<JsonObject> = fc
  .record({
    items: fc.array(responsesItems, { minLength: 1, maxLength: 4 }),
    offered: toolNames,
    parameters,
    stray,
    more: stray,
    space: stray,
  })
  .map(({ items, offered, parameters: schema, stray: odd, more, space }) => ({
    instructions: `Be ${word}`,
    input: [...items.flat(), { role: "user", content: `And ${word}` }],
    tools: [
      ...offered.map((name) => ({
        type: "function",
        name: name.replaceAll(".", "_"),
        description: word,
        parameters: schema,
        strict: false,
        ...(odd === undefined ? {} : { stray: odd }),
      })),
      ...(space === undefined
        ? []
        : [
            {
              type: "namespace",
              name: "mcp__notes__",
              description: space,
              tools: [{ type: "function", name: "read_note", description: word, parameters: schema }],
            },
          ]),
    ],
    user,
    client_metadata: { app: "x" },
    ...(more === undefined ? {} : { metadata: { a: more }, stray: more, prompt_cache_key: "k" }),
  }));

// Messages

const block = record({
  type: fc.constant("text"),
  text: said,
  cache_control: maybe(fc.constant({ type: "ephemeral" })),
});
const picture = bytes.map((data) => ({ type: "image", source: { type: "base64", media_type: "image/png", data } }));
const documentSource: fc.Arbitrary<JsonObject> = fc.oneof(
  bytes.map((data) => ({ type: "base64", media_type: "application/pdf", data })),
  fc.constant({ type: "text", media_type: "text/plain", data: word }),
  fc.constant({ type: "file", file_id: "file_1" }),
  some(fc.oneof(block, picture)).map((content) => ({ type: "content", content })),
  fc.constant({ type: "content", content: word }),
);
const document = record({
  type: fc.constant("document"),
  source: documentSource,
  title: stray,
  context: stray,
  citations: maybe(fc.constant({ enabled: true })),
});
const found = record({
  type: fc.constant("search_result"),
  source: fc.constant(`https://x.test/${word}`),
  title: said,
  content: some(block),
});
const page = { url: `https://x.test/${word}`, title: word, cited_text: word, encrypted_index: "EoIndex=" };
const ofDocument = { cited_text: word, document_title: word, document_index: 0 };
const cited = record({
  type: fc.constant("text"),
  text: said,
  citations: some(
    fc.constantFrom<JsonObject>(
      { type: "web_search_result_location", ...page },
      { type: "char_location", ...ofDocument, start_char_index: 0, end_char_index: 4, file_id: "file_1" },
      { type: "page_location", ...ofDocument, start_page_number: 1, end_page_number: 2 },
      { type: "content_block_location", ...ofDocument, start_block_index: 0, end_block_index: 1 },
      {
        type: "search_result_location",
        cited_text: word,
        source: word,
        title: word,
        search_result_index: 0,
        start_block_index: 0,
        end_block_index: 1,
      },
    ),
  ),
});
const anthropicBlock: fc.Arbitrary<JsonObject> = fc.oneof(
  { weight: 3, arbitrary: block },
  picture,
  document,
  found,
  unknown,
  cited,
  fc.constant({ type: "container_upload", file_id: "file_1" }),
  record({ type: fc.constant("text"), text: said, stray }),
);
/** What Anthropic ran itself: the call, and what came of it. */
function hosted(name: string, input: JsonObject, content: Json): JsonObject[] {
  const type = name.startsWith("tool_search") ? "tool_search_tool_result" : `${name}_tool_result`;
  return [
    { type: "server_tool_use", id: "srvtoolu_2", name, input },
    { type, tool_use_id: "srvtoolu_2", content },
  ];
}
const ran = { stdout: `${word}\n${word}`, stderr: word, return_code: 0 };
const hostedBlocks: fc.Arbitrary<JsonObject[]> = fc.constantFrom<JsonObject[]>(
  hosted(
    "code_execution",
    { code: `print("${word}")` },
    { type: "code_execution_result", ...ran, content: [{ type: "code_execution_output", file_id: "file_1" }] },
  ),
  hosted("bash_code_execution", { command: word }, { type: "bash_code_execution_result", ...ran, content: [] }),
  hosted(
    "text_editor_code_execution",
    { command: "view", path: word },
    { type: "text_editor_code_execution_view_result", content: word, file_type: "text", num_lines: 1 },
  ),
  hosted(
    "web_fetch",
    { url: `https://x.test/${word}` },
    {
      type: "web_fetch_result",
      url: `https://x.test/${word}`,
      retrieved_at: "2026-11-30",
      content: {
        type: "document",
        source: { type: "text", media_type: "text/plain", data: word },
        title: word,
        citations: { enabled: true },
      },
    },
  ),
  hosted(
    "tool_search_tool_regex",
    { query: word },
    { type: "tool_search_tool_search_result", tool_references: [{ type: "tool_reference", tool_name: word }] },
  ),
  hosted("novelty", { query: word }, { type: "novelty_result", data: "QUJDREVG", note: word }),
  [
    { type: "mcp_tool_use", id: "mcptoolu_1", name: word, server_name: word, input: { q: word, n: 1 } },
    { type: "mcp_tool_result", tool_use_id: "mcptoolu_1", is_error: false, content: [{ type: "text", text: word }] },
  ],
);
const anthropicResult = fc.oneof(
  said,
  some(fc.oneof(anthropicBlock, fc.constant({ type: "tool_reference", tool_name: word })), 3),
);
const anthropicTurn: fc.Arbitrary<JsonObject[]> = fc.oneof(
  record({ role: fc.constant("user"), content: fc.oneof(said, some(anthropicBlock, 3)) }).map((one) => [one]),
  fc.tuple(some(fc.oneof(block, unknown)), maybe(fc.constant(0))).map(([content, thinks]) => [
    {
      role: "assistant",
      content:
        thinks === undefined
          ? content
          : [{ type: "thinking", thinking: thought, signature: "c2ln".repeat(12) }, ...content],
    },
  ]),
  fc
    .tuple(fc.array(block, { maxLength: 1 }), hostedBlocks, fc.array(cited, { maxLength: 2 }))
    .map(([first, blocks, last]) => [{ role: "assistant", content: [...first, ...blocks, ...last] }]),
  fc.constant<JsonObject[]>([
    {
      role: "assistant",
      content: [
        { type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: { query: word } },
        {
          type: "web_search_tool_result",
          tool_use_id: "srvtoolu_1",
          content: [
            { type: "web_search_result", title: word, url: `https://x.test/${word}`, encrypted_content: "abc" },
          ],
        },
        { type: "text", text: word },
      ],
    },
  ]),
  fc
    .tuple(calls, fc.array(anthropicResult, { minLength: 3, maxLength: 3 }), some(anthropicBlock))
    .map(([called, results, beside]) => [
      {
        role: "assistant",
        content: called.map((one, index) => ({
          type: "tool_use",
          id: `toolu_${index}`,
          name: one.name.replaceAll(".", "_"),
          input: JSON.parse(one.args) as Json,
          ...(beside.length > 1 ? { odd: word } : {}),
        })),
      },
      {
        role: "user",
        content: [
          ...called.map((_one, index) => ({
            type: "tool_result",
            tool_use_id: `toolu_${index}`,
            content: results[index] ?? "",
            ...(beside.length > 1 ? { odd: count } : {}),
          })),
          ...beside,
        ],
      },
    ]),
);
const anthropic: fc.Arbitrary<JsonObject> = fc
  .record({
    system: fc.oneof(said, some(block, 3)),
    turns: fc.array(anthropicTurn, { minLength: 1, maxLength: 4 }),
    offered: toolNames,
    parameters,
    stray,
    more: stray,
  })
  .map(({ system, turns, offered, parameters: schema, stray: odd, more }) => ({
    max_tokens: 100,
    system,
    messages: [...turns.flat(), { role: "user", content: `And ${word}` }],
    tools: offered.map((name) => ({
      name: name.replaceAll(".", "_"),
      description: word,
      input_schema: schema,
      ...(odd === undefined ? {} : { input_examples: [{ path: odd }] }),
    })),
    metadata: { user_id: user },
    ...(more === undefined ? {} : { stop_sequences: [more], container: more }),
  }));

// Gemini

const geminiText = record({ text: said, stray: anything });
const geminiPart: fc.Arbitrary<JsonObject> = fc.oneof(
  { weight: 3, arbitrary: geminiText },
  bytes.map((data) => ({ inlineData: { mimeType: "image/png", data } })),
  bytes.map((data) => ({ inlineData: { mimeType: "image/png", data, displayName: `${word}.png` } })),
  record({
    inline_data: bytes.map((data) => ({ mime_type: "application/pdf", data, display_name: word })),
    media_resolution: fc.constant({ level: "MEDIA_RESOLUTION_LOW", odd: word }),
  }),
  fc.constant({
    fileData: { mimeType: "video/mp4", fileUri: "https://www.youtube.com/watch?v=1" },
    videoMetadata: { fps: count, startOffset: word },
  }),
  bytes.map((data) => ({ inlineData: { mimeType: "application/pdf", data, displayName: `${word}.pdf` } })),
  record({
    inlineData: fc.constant({ mimeType: "application/pdf", data: "QUJDREVG" }),
    videoMetadata: maybe(fc.constant({ startOffset: word })),
  }),
  fc.constant({ fileData: { mimeType: "application/pdf", fileUri: "files/1", displayName: `${word}.pdf` } }),
  unknown.map(({ type, ...rest }) => ({ [stringOr(type, "").replaceAll("_", "")]: rest })),
);
const geminiResponse: fc.Arbitrary<JsonObject> = fc.oneof(
  fc.constant({ output: word }),
  fc.constant({ error: word }),
  fc.constant({ temperature: { value: count, words: [word, word] } }),
);
const geminiContents: fc.Arbitrary<JsonObject[]> = fc.oneof(
  record({ role: fc.constant("user"), parts: some(geminiPart, 3), stray: anything }).map((content) => [content]),
  some(geminiText).map((parts) => [{ role: "model", parts: [{ text: thought, thought: true }, ...parts] }]),
  fc.constant<JsonObject[]>([
    {
      role: "model",
      parts: [
        { executableCode: { language: "PYTHON", code: word } },
        { codeExecutionResult: { outcome: "OUTCOME_OK", output: word } },
        { text: word },
        { toolCall: { id: "t1", toolType: "URL_CONTEXT", args: { urls: [word] } } },
        { toolResponse: { id: "t1", toolType: "URL_CONTEXT", response: { page: word } } },
        { novelty: { a: [{ b: word }] } },
      ],
    },
  ]),
  fc
    .tuple(
      calls,
      fc.array(geminiResponse, { minLength: 3, maxLength: 3 }),
      fc.array(geminiPart, { maxLength: 1 }),
      fc.array(geminiPart, { maxLength: 1 }),
      stray,
    )
    .map(([called, results, within, beside, strange]) => [
      {
        role: "model",
        parts: called.map((one) => ({
          functionCall: {
            name: one.name,
            args: JSON.parse(one.args) as Json,
            ...(strange === undefined ? {} : { odd: strange }),
          },
        })),
      },
      {
        role: "user",
        parts: [
          ...called.map((one, index) => ({
            functionResponse: {
              name: one.name,
              response: results[index] ?? {},
              ...(index === 0 && within.length > 0 ? { parts: within } : {}),
              ...(strange === undefined ? {} : { scheduling: strange }),
            },
          })),
          ...beside,
        ],
      },
    ]),
);
const gemini: fc.Arbitrary<JsonObject> = fc
  .record({
    contents: fc.array(geminiContents, { minLength: 1, maxLength: 4 }),
    offered: toolNames,
    parameters,
    more: stray,
    gives: stray,
  })
  .map(({ contents, offered, parameters: schema, more, gives }) => ({
    systemInstruction: {
      parts: [{ text: `Be ${word}`, ...(more === undefined ? {} : { odd: more }) }, { text: word }],
      ...(gives === undefined ? {} : { odd: gives }),
    },
    contents: [...contents.flat(), { role: "user", parts: [{ text: `And ${word}` }] }],
    tools: [
      {
        functionDeclarations: offered.map((name) => ({
          name,
          description: word,
          parametersJsonSchema: schema,
          ...(gives === undefined ? {} : { responseJsonSchema: { type: "object", description: gives } }),
        })),
      },
    ],
    ...(more === undefined ? {} : { labels: { a: more }, generationConfig: { stopSequences: [more] } }),
  }));

const bodies: Readonly<Record<Four, fc.Arbitrary<JsonObject>>> = {
  "openai-chat": chat,
  "openai-responses": responses,
  "anthropic-messages": anthropic,
  "gemini-generate": gemini,
};

export interface DrawnBody {
  readonly body: JsonObject;
  readonly written: readonly Written[];
}

export function drawBody(protocol: Four): fc.Arbitrary<DrawnBody> {
  return bodies[protocol].map((body) => {
    const written: Written[] = [];
    return { body: number(body, "", written) as JsonObject, written };
  });
}

/** The value with a word or a number of its own in each place for one. */
function number(value: Json, place: string, written: Written[]): Json {
  if (value === count) return Number(newNumber(place, written));
  if (typeof value === "string") {
    return value.replaceAll(/§([wtu])\.|-987654/gu, (_mark, letter: keyof typeof kinds | undefined) => {
      if (letter === undefined) return newNumber(place, written);
      const one = `w${written.length}w`;
      written.push({ word: one, place, kind: kinds[letter] });
      return one;
    });
  }
  if (isArray(value)) return value.map((one, index) => number(one, `${place}[${index}]`, written));
  if (!isObject(value)) return value;
  const members = Object.entries(value).map(([key, one]) => [
    key,
    one === undefined ? one : number(one, place === "" ? key : `${place}.${key}`, written),
  ]);
  return Object.fromEntries(members) as JsonObject;
}

function newNumber(place: string, written: Written[]): string {
  const word = String(700_000 + written.length);
  written.push({ word, place, kind: "word" });
  return word;
}
