// A vendor's own web search, from each vendor to each client: the call, the pages, and the cited text, whole and
// streamed. Pages that no text cites arrive too.
import { describe, expect, test } from "vitest";
import type { ChatResponse } from "../../core/chat.ts";
import type { StreamEvent } from "../../core/event.ts";
import type { JsonObject } from "../../core/json.ts";
import type { Protocol, StreamOptions } from "../../core/protocol.ts";
import { anthropicMessages } from "../anthropic-messages/protocol.ts";
import { geminiGenerate } from "../gemini-generate/protocol.ts";
import { openaiChat } from "../openai-chat/protocol.ts";
import { openaiResponses } from "../openai-responses/protocol.ts";
import { membersOf, stringOr } from "./read.ts";

const sky = { url: "https://sky.example/why", title: "Why the sky is blue" };
const sea = { url: "https://sea.example/why", title: "Why the sea is blue" };
const words = "Der Himmel ist blau – wegen der Streuung 🌤.";
const rest = " Das Meer auch.";

const responsesItem = {
  id: "ws_0",
  type: "web_search_call",
  status: "completed",
  action: {
    type: "search",
    query: "blue sky",
    queries: ["blue sky"],
    sources: [sky, sea].map(({ url }) => ({ type: "url", url })),
  },
};
const link = `([sky.example](${sky.url}?utm_source=openai))`;
const linked = `${words} ${link}${rest}`;
const start = Array.from(`${words} `).length;
const annotation = {
  type: "url_citation",
  start_index: start,
  end_index: start + Array.from(link).length,
  title: sky.title,
  url: `${sky.url}?utm_source=openai`,
};
const responsesMessage = {
  id: "msg_0",
  type: "message",
  status: "completed",
  role: "assistant",
  content: [{ type: "output_text", text: linked, annotations: [annotation], logprobs: [] }],
};
const responsesBody: JsonObject = {
  id: "resp_0",
  object: "response",
  model: "gpt-5",
  status: "completed",
  output: [responsesItem, responsesMessage],
  usage: { input_tokens: 10, output_tokens: 5 },
  tool_usage: { web_search: { num_requests: 1 } },
};

const found = [sky, sea].map((page) => ({
  type: "web_search_result",
  ...page,
  encrypted_content: "Esealed",
  page_age: page === sky ? "May 26, 2022" : null,
}));
const messageBody: JsonObject = {
  id: "msg_0",
  type: "message",
  role: "assistant",
  model: "claude-haiku-4-5",
  content: [
    { type: "server_tool_use", id: "srvtoolu_01a", name: "web_search", input: { query: "blue sky" } },
    { type: "web_search_tool_result", tool_use_id: "srvtoolu_01a", content: found },
    {
      type: "text",
      text: words,
      citations: [
        { type: "web_search_result_location", ...sky, cited_text: "Molecules scatter.", encrypted_index: "Ei" },
      ],
    },
    { type: "text", text: rest },
  ],
  stop_reason: "end_turn",
  usage: { input_tokens: 10, output_tokens: 5, server_tool_use: { web_search_requests: 1, web_fetch_requests: 0 } },
};

const grounding = {
  webSearchQueries: ["blue sky"],
  groundingChunks: [sky, sea].map(({ url, title }) => ({ web: { uri: url, title } })),
  groundingSupports: [{ segment: { endIndex: Buffer.byteLength(words), text: words }, groundingChunkIndices: [0] }],
};
const candidateBody: JsonObject = {
  candidates: [
    { content: { parts: [{ text: words + rest }], role: "model" }, finishReason: "STOP", groundingMetadata: grounding },
  ],
  usageMetadata: { promptTokenCount: 10, candidatesTokenCount: 5, totalTokenCount: 15 },
  modelVersion: "gemini-2.5-flash",
  responseId: "r",
};

interface Vendor {
  readonly protocol: Protocol;
  readonly whole: JsonObject;
  readonly frames: readonly JsonObject[];
}

const frame = (index: number, block: JsonObject, deltas: readonly JsonObject[] = []): JsonObject[] => [
  { type: "content_block_start", index, content_block: block },
  ...deltas.map((delta) => ({ type: "content_block_delta", index, delta })),
  { type: "content_block_stop", index },
];
const [, , citing] = messageBody["content"] as readonly { citations: readonly JsonObject[] }[];

const vendors: Readonly<Record<string, Vendor>> = {
  OpenAI: {
    protocol: openaiResponses,
    whole: responsesBody,
    frames: [
      { type: "response.created", response: { ...responsesBody, output: [], status: "in_progress" } },
      {
        type: "response.output_item.added",
        output_index: 0,
        item: { ...responsesItem, action: null, status: "in_progress" },
      },
      { type: "response.web_search_call.searching", output_index: 0, item_id: "ws_0" },
      { type: "response.output_item.done", output_index: 0, item: responsesItem },
      { type: "response.output_item.added", output_index: 1, item: { ...responsesMessage, content: [] } },
      { type: "response.output_text.delta", output_index: 1, content_index: 0, delta: linked },
      { type: "response.output_item.done", output_index: 1, item: responsesMessage },
      { type: "response.completed", response: responsesBody },
    ],
  },
  Anthropic: {
    protocol: anthropicMessages,
    whole: messageBody,
    frames: [
      { type: "message_start", message: { ...messageBody, content: [], stop_reason: null } },
      ...frame(0, { type: "server_tool_use", id: "srvtoolu_01a", name: "web_search", input: {} }, [
        { type: "input_json_delta", partial_json: '{"query": "blue sky"}' },
      ]),
      ...frame(1, { type: "web_search_tool_result", tool_use_id: "srvtoolu_01a", content: found }),
      ...frame(2, { type: "text", text: "", citations: [] }, [
        { type: "citations_delta", citation: citing?.citations[0] ?? {} },
        { type: "text_delta", text: words },
      ]),
      ...frame(3, { type: "text", text: "" }, [{ type: "text_delta", text: rest }]),
      { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: messageBody["usage"] ?? {} },
      { type: "message_stop" },
    ],
  },
  Gemini: {
    protocol: geminiGenerate,
    whole: candidateBody,
    frames: [
      { candidates: [{ content: { parts: [{ text: words }], role: "model" }, index: 0 }], responseId: "r" },
      {
        candidates: [
          {
            content: { parts: [{ text: rest }], role: "model" },
            finishReason: "STOP",
            index: 0,
            groundingMetadata: grounding,
          },
        ],
        usageMetadata: candidateBody["usageMetadata"] ?? {},
        responseId: "r",
      },
    ],
  },
};

const options = (more: Partial<StreamOptions> = {}): StreamOptions => ({
  id: "id_0",
  created: 1,
  includeUsage: true,
  ...more,
});
const asksForPages = { echo: { include: ["web_search_call.action.sources"] } };

function decodeWhole({ protocol, whole }: Vendor): ChatResponse {
  const response = protocol.chat.response.decode(whole);
  if ("verdict" in response) throw new Error(response.message);
  return response;
}

function decodeStream({ protocol, frames }: Vendor): readonly StreamEvent[] {
  const decoder = protocol.chat.stream.decoder();
  const events = frames.flatMap((one) => [...decoder.step({ event: null, data: JSON.stringify(one) })]);
  return [...events, ...decoder.end()];
}

/** The data of a client's stream. */
function streamed(vendor: Vendor, client: Protocol, more: Partial<StreamOptions> = {}): readonly JsonObject[] {
  const encoder = client.chat.stream.encoder(options(more));
  const wire =
    decodeStream(vendor)
      .map((event) => encoder.step([event]))
      .join("") + encoder.end();
  return wire
    .split("\n")
    .filter((line) => line.startsWith("data: {"))
    .map((line) => JSON.parse(line.slice(6)) as JsonObject);
}

interface MessageEvent {
  readonly type: string;
  readonly index: number;
  readonly content_block: Record<string, unknown>;
  readonly delta: Readonly<Record<string, string>>;
  readonly usage: JsonObject;
}

/** A streamed message joined as SDKs do it. */
function messageOf(frames: readonly JsonObject[]): JsonObject {
  const blocks: Record<string, unknown>[] = [];
  let usage: JsonObject = {};
  for (const data of frames as readonly unknown[] as readonly MessageEvent[]) {
    const { type, index, content_block: block, delta } = data;
    if (type === "content_block_start") blocks[index] = { ...block };
    if (type === "message_delta") ({ usage } = data);
    const open = blocks[index];
    if (type !== "content_block_delta" || open === undefined) continue;
    if (delta["type"] === "text_delta") open["text"] = `${String(open["text"])}${delta["text"] ?? ""}`;
    if (delta["type"] === "input_json_delta") open["input"] = JSON.parse(delta["partial_json"] ?? "") as unknown;
    if (delta["type"] === "citations_delta")
      open["citations"] = [...((open["citations"] as []) ?? []), delta["citation"]];
  }
  return { content: blocks as unknown as JsonObject[], usage };
}

interface Block {
  readonly type: string;
  readonly id?: string;
  readonly tool_use_id?: string;
  readonly input?: unknown;
  readonly content?: readonly JsonObject[];
  readonly citations?: readonly JsonObject[];
}

interface Told {
  readonly content: readonly Block[];
  readonly usage: JsonObject;
}
const told = (answer: unknown): Told => answer as Told;

describe.each(["OpenAI", "Gemini"])("%s's search for a client of Messages", (name) => {
  const vendor = vendors[name] as Vendor;
  test.each([
    ["whole", () => anthropicMessages.chat.response.encode(decodeWhole(vendor), options())],
    ["streamed", () => messageOf(streamed(vendor, anthropicMessages))],
  ])("%s: the call, what it found, citations with their words, and the count", (_, read) => {
    const { content, usage } = told(read());
    const call = content.find(({ type }) => type === "server_tool_use");
    const result = content.find(({ type }) => type === "web_search_tool_result");
    expect(call).toMatchObject({ name: "web_search", input: { query: "blue sky" }, caller: { type: "direct" } });
    expect(call?.id).toMatch(/^srvtoolu_[a-zA-Z0-9_]+$/u);
    expect(result?.tool_use_id).toBe(call?.id);
    const pages = result?.content ?? [];
    expect(pages.map(({ url }) => url)).toEqual([sky.url, sea.url]);
    expect(pages[0]).toMatchObject({ type: "web_search_result", encrypted_content: "", page_age: null });
    expect(pages.every(({ title }) => typeof title === "string" && title !== "")).toBe(true);
    const cited = content.flatMap(({ citations }) => citations ?? []);
    expect(cited).toEqual([
      {
        type: "web_search_result_location",
        url: name === "OpenAI" ? annotation.url : sky.url,
        title: sky.title,
        cited_text: words,
        encrypted_index: "",
      },
    ]);
    expect(usage).toMatchObject({ server_tool_use: { web_search_requests: 1, web_fetch_requests: 0 } });
  });
});

test("an answer in one piece tells the search before its words, and titles that only citations know", () => {
  for (const name of ["OpenAI", "Gemini"]) {
    const answer = anthropicMessages.chat.response.encode(decodeWhole(vendors[name] as Vendor), options());
    const { content } = told(answer);
    expect(content.map(({ type }) => type)).toEqual(["server_tool_use", "web_search_tool_result", "text"]);
    expect(content[1]?.content?.[0]?.["title"]).toBe(sky.title);
  }
});

describe.each(["Anthropic", "Gemini"])("%s's search for a client of Responses", (name) => {
  const vendor = vendors[name] as Vendor;
  const outputOf = (response: JsonObject) => response["output"] as readonly JsonObject[];
  const readings: readonly [string, (more: Partial<StreamOptions>) => JsonObject][] = [
    ["whole", (more) => openaiResponses.chat.response.encode(decodeWhole(vendor), options(more))],
    ["streamed", (more) => streamed(vendor, openaiResponses, more).at(-1)?.["response"] as JsonObject],
  ];
  test.each(readings)("%s: the call, its pages where they are asked for, annotations and the count", (_, read) => {
    const response = read(asksForPages);
    const call = outputOf(response).find(({ type }) => type === "web_search_call");
    expect(call).toMatchObject({
      id: expect.stringMatching(/^ws_/u),
      status: "completed",
      action: { type: "search", query: "blue sky", queries: ["blue sky"] },
    });
    expect(membersOf(call?.["action"])["sources"]).toEqual([sky, sea].map(({ url }) => ({ type: "url", url })));
    const texts = outputOf(response).flatMap(({ content }) => (content ?? []) as readonly JsonObject[]);
    const [first] = texts;
    const [mark] = (first?.["annotations"] ?? []) as readonly { start_index: number; end_index: number }[];
    expect(mark).toMatchObject({ type: "url_citation", url: sky.url, title: sky.title });
    const marked = Array.from(stringOr(first?.["text"], "")).slice(mark?.start_index, mark?.end_index).join("");
    expect(marked).toBe(words);
    expect(response["tool_usage"]).toEqual({ web_search: { num_requests: 1 } });
  });

  test.each(readings)("%s: pages that are not asked for are not told, unless they are all there is", (_, read) => {
    const call = outputOf(read({})).find(({ type }) => type === "web_search_call");
    expect(membersOf(call?.["action"])["sources"]).toBeUndefined();
  });
});

test("a streamed search has the steps that OpenAI sends", () => {
  const types = streamed(vendors["Anthropic"] as Vendor, openaiResponses, asksForPages).map(({ type }) => type);
  expect(types.slice(0, 7)).toEqual([
    "response.created",
    "response.in_progress",
    "response.output_item.added",
    "response.web_search_call.in_progress",
    "response.web_search_call.searching",
    "response.web_search_call.completed",
    "response.output_item.done",
  ]);
});

describe.each(["OpenAI", "Anthropic"])("%s's search for a client of Gemini", (name) => {
  const vendor = vendors[name] as Vendor;
  const groundingOf = (answer: JsonObject | undefined) =>
    ((answer?.["candidates"] ?? []) as readonly { groundingMetadata: typeof grounding }[])[0]?.groundingMetadata;
  test.each([
    ["whole", () => groundingOf(geminiGenerate.chat.response.encode(decodeWhole(vendor), options()))],
    ["streamed", () => groundingOf(streamed(vendor, geminiGenerate).find((one) => groundingOf(one) !== undefined))],
  ])("%s: queries, chunks, and supports in bytes", (_, read) => {
    const metadata = read();
    expect(metadata?.webSearchQueries).toEqual(["blue sky"]);
    expect(metadata?.groundingChunks.map(({ web }) => web.uri)).toContain(sea.url);
    const [support] = metadata?.groundingSupports ?? [];
    const segment = (support?.segment ?? {}) as { startIndex?: number; endIndex?: number; text?: string };
    const { startIndex = 0, endIndex, text } = segment;
    const all = Buffer.from(name === "OpenAI" ? linked : words + rest);
    expect(all.subarray(startIndex, endIndex).toString()).toBe(text);
    expect(text).toBe(name === "OpenAI" ? link : words);
    expect(metadata?.groundingChunks[support?.groundingChunkIndices[0] ?? -1]?.web.title).toBe(sky.title);
  });
});

describe.each(Object.keys(vendors))("%s's search for a client of Chat Completions", (name) => {
  const vendor = vendors[name] as Vendor;
  const wholeAnnotations = () => {
    const [choice] = openaiChat.chat.response.encode(decodeWhole(vendor), options())[
      "choices"
    ] as readonly JsonObject[];
    return (membersOf(choice?.["message"])["annotations"] ?? []) as readonly JsonObject[];
  };
  const streamedAnnotations = () =>
    streamed(vendor, openaiChat).flatMap(({ choices }) =>
      (choices as readonly { delta: JsonObject }[]).flatMap(
        ({ delta }) => (delta["annotations"] ?? []) as JsonObject[],
      ),
    );
  test.each([
    ["whole", wholeAnnotations],
    ["streamed", streamedAnnotations],
  ])("%s: annotations; a page that Gemini names and no text refers to marks nothing", (_, read) => {
    const marks = read().map((one) => one["url_citation"] as { start_index: number; end_index: number; url: string });
    expect(marks[0]?.url.startsWith(sky.url)).toBe(true);
    const others = name === "Gemini" ? [{ start_index: 0, end_index: 0, title: sea.title, url: sea.url }] : [];
    expect(marks.slice(1)).toEqual(others);
  });
});

describe("an answer that cites nothing", () => {
  const silent: Vendor = {
    protocol: anthropicMessages,
    whole: { ...messageBody, content: [...(messageBody["content"] as []).slice(0, 2), { type: "text", text: rest }] },
    frames: [],
  };

  test("tells Chat and Responses clients the pages all the same", () => {
    const chat = JSON.stringify(openaiChat.chat.response.encode(decodeWhole(silent), options()));
    expect(chat).toContain(`{"start_index":0,"end_index":0,"title":"${sea.title}","url":"${sea.url}"}`);
    const responses = JSON.stringify(openaiResponses.chat.response.encode(decodeWhole(silent), options()));
    expect(responses).toContain(`"start_index":0,"end_index":0,"title":"${sky.title}"`);
    const asked = openaiResponses.chat.response.encode(decodeWhole(silent), options(asksForPages));
    expect(JSON.stringify(asked)).not.toContain("url_citation");
  });
});

describe("searches that found nothing, or failed", () => {
  const failed = { ...responsesItem, status: "failed", action: { ...responsesItem.action, sources: [] } };
  const empty = { ...responsesItem, action: { ...responsesItem.action, sources: [] } };
  const answer = (item: JsonObject): ChatResponse => {
    const plain = { ...responsesMessage, content: [{ type: "output_text", text: rest, annotations: [] }] };
    const { tool_usage: _usage, ...body } = responsesBody;
    return decodeWhole({ protocol: openaiResponses, whole: { ...body, output: [item, plain] }, frames: [] });
  };

  test("are told as such in Messages", () => {
    const { content } = told(anthropicMessages.chat.response.encode(answer(failed), options()));
    expect(content[1]?.content).toEqual({ type: "web_search_tool_result_error", error_code: "unavailable" });
    const none = told(anthropicMessages.chat.response.encode(answer(empty), options()));
    expect(none.content[1]?.content).toEqual([]);
    expect(none.usage["server_tool_use"]).toEqual({ web_search_requests: 1, web_fetch_requests: 0 });
  });

  test("and in Responses", () => {
    const content = [
      { type: "server_tool_use", id: "srvtoolu_01a", name: "web_search", input: { query: "a" } },
      {
        type: "web_search_tool_result",
        tool_use_id: "srvtoolu_01a",
        content: { type: "web_search_tool_result_error", error_code: "max_uses_exceeded" },
      },
      { type: "text", text: rest },
    ];
    const whole = { ...messageBody, content };
    const response = openaiResponses.chat.response.encode(
      decodeWhole({ protocol: anthropicMessages, whole, frames: [] }),
      options(),
    );
    expect((response["output"] as readonly JsonObject[])[0]).toMatchObject({
      type: "web_search_call",
      status: "failed",
    });
  });
});

describe("hosts of the chat that search", () => {
  const message = { role: "assistant", content: "Blue." };
  const choices = [{ index: 0, message, finish_reason: "stop" }];
  const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };

  test("tell their results beside the choices, and Messages clients read them in their blocks", () => {
    const search_results = [{ ...sky, date: "2026-01-01", snippet: "…" }, sea];
    const whole = { id: "x", model: "sonar", choices, usage, citations: [sky.url], search_results };
    const answer = anthropicMessages.chat.response.encode(
      decodeWhole({ protocol: openaiChat, whole, frames: [] }),
      options(),
    );
    const { content } = told(answer);
    expect(content.map(({ type }) => type)).toEqual(["server_tool_use", "web_search_tool_result", "text"]);
    expect(content[1]?.content?.[0]).toMatchObject({ ...sky, page_age: "2026-01-01" });
  });

  test("and streamed ones keep them, for clients of the chat too", () => {
    const chunk = { id: "x", model: "sonar", search_results: [sky, sea] };
    const frames = [
      { ...chunk, choices: [{ index: 0, delta: { content: "Blue." }, finish_reason: null }] },
      { ...chunk, choices: [{ index: 0, delta: {}, finish_reason: "stop" }], usage },
    ];
    const vendor = { protocol: openaiChat, whole: {}, frames };
    expect(messageOf(streamed(vendor, anthropicMessages))["content"]).toMatchObject([
      { type: "text" },
      { type: "server_tool_use" },
      { type: "web_search_tool_result", content: [{ url: sky.url }, { url: sea.url }] },
    ]);
    expect(streamed(vendor, openaiChat).filter((one) => one["search_results"])).toHaveLength(1);
  });
});
