// Web searches of the three vendors: in their recorded format, whole and streamed, and their refusals.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { recordsOf, type JsonRecord } from "./json-record.ts";
import { eventsOf, goodHeaders } from "./simulator.test-support.ts";
import { startSimulator, type Simulator } from "./simulator.ts";
import type { Vendor } from "./vocabulary.ts";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator();
});
afterAll(async () => {
  await simulator.close();
});

const question = "Search the web for the tide tables of Cuxhaven";

async function post(vendor: Vendor, path: string, body: JsonRecord): Promise<{ status: number; text: string }> {
  const answer = await fetch(`${simulator.vendors[vendor].baseUrl}${path}`, {
    method: "POST",
    headers: goodHeaders,
    body: JSON.stringify(body),
  });
  return { status: answer.status, text: await answer.text() };
}

async function whole(vendor: Vendor, path: string, body: JsonRecord): Promise<JsonRecord> {
  const { status, text } = await post(vendor, path, body);
  expect([status, text]).toEqual([200, expect.any(String)]);
  return JSON.parse(text) as JsonRecord;
}

async function refusal(vendor: Vendor, path: string, body: JsonRecord): Promise<string> {
  const { status, text } = await post(vendor, path, body);
  expect(status).toBe(400);
  return (JSON.parse(text) as { error: { message: string } }).error.message;
}

describe("Anthropic", () => {
  const tool = { type: "web_search_20250305", name: "web_search" };
  const asked = { model: "claude-haiku-4-5", max_tokens: 1000, tools: [tool] };
  const ask = (text: string, more: JsonRecord = {}): JsonRecord => ({
    ...asked,
    messages: [{ role: "user", content: text }],
    ...more,
  });
  const choice = { type: "tool", name: "web_search" };

  it("tells the call, what was found and what is cited", async () => {
    const message = await whole("anthropic", "/messages", ask(question));
    const blocks = recordsOf(message["content"]);
    expect(blocks.map(({ type }) => type)).toEqual(["server_tool_use", "web_search_tool_result", "text", "text"]);
    expect(blocks[0]).toMatchObject({ name: "web_search", input: { query: "the tide tables of Cuxhaven" } });
    expect(recordsOf(blocks[1]?.["content"])[0]).toEqual({
      type: "web_search_result",
      title: "the tide tables of Cuxhaven | www.example.org",
      url: "https://www.example.org/the-tide-tables-of-cuxhaven",
      encrypted_content: expect.stringMatching(/^E/u),
      page_age: "November 28, 2026",
    });
    expect(recordsOf(blocks[2]?.["citations"])[0]).toMatchObject({ type: "web_search_result_location" });
    expect(message["usage"]).toMatchObject({ server_tool_use: { web_search_requests: 1, web_fetch_requests: 0 } });
    const back = [
      { role: "user", content: question },
      { role: "assistant", content: blocks },
      { role: "user", content: "Thanks" },
    ];
    await whole("anthropic", "/messages", { ...asked, messages: back });
  });

  it("streams the query in pieces, the results at once and citations before their words", async () => {
    const { text } = await post("anthropic", "/messages", ask("Rain?", { tool_choice: choice, stream: true }));
    const events = recordsOf(eventsOf(text));
    const starts = events.filter(({ type }) => type === "content_block_start");
    expect(starts.map(({ content_block }) => (content_block as JsonRecord)["type"])).toEqual([
      "server_tool_use",
      "web_search_tool_result",
      "text",
      "text",
    ]);
    const deltas = events.flatMap(({ delta }) => recordsOf([delta])).map(({ type }) => type);
    expect(deltas.indexOf("citations_delta")).toBeLessThan(deltas.indexOf("text_delta"));
  });

  it("searches only where there is a reason, finds nothing or fails when told to", async () => {
    const plain = await whole("anthropic", "/messages", ask("Tell me about bread"));
    expect(recordsOf(plain["content"]).map(({ type }) => type)).toEqual(["text"]);
    const empty = await whole("anthropic", "/messages", ask("Search for a page that is nowhere"));
    expect(recordsOf(empty["content"])[1]?.["content"]).toEqual([]);
    const failed = await whole("anthropic", "/messages", ask("Search for something unsearchable"));
    expect(recordsOf(failed["content"])[1]?.["content"]).toEqual({
      type: "web_search_tool_result_error",
      error_code: "unavailable",
    });
  });

  it.each([
    ["another version", { ...tool, type: "web_search_preview" }, /^tools\.0: Input tag 'web_search_preview' found/u],
    ["another name", { ...tool, name: "search" }, /name: Input should be 'web_search'/u],
    ["an unknown member", { ...tool, search_context_size: "low" }, /search_context_size: Extra inputs/u],
    ["both kinds of sites", { ...tool, allowed_domains: ["a.org"], blocked_domains: ["b.org"] }, /Only one of/u],
  ])("refuses a tool with %s", async (_, one, words) => {
    expect(await refusal("anthropic", "/messages", ask("Hi", { tools: [one] }))).toMatch(words);
  });

  const use = { type: "server_tool_use", id: "srvtoolu_01a", name: "web_search", input: { query: "a" } };
  const page = {
    type: "web_search_result",
    url: "https://a.org/",
    title: "A",
    encrypted_content: `E${"x".repeat(80)}`,
  };
  const result = { type: "web_search_tool_result", tool_use_id: "srvtoolu_01a", content: [page] };
  const text = { type: "text", text: "A" };
  const cited = { type: "web_search_result_location", url: page.url, title: "A", cited_text: "A", encrypted_index: "" };
  it.each([
    ["an id of another kind", [{ ...use, id: "ws_1" }], /server_tool_use\.id: String should match pattern/u],
    ["a call without its result", [use, text], /found without a corresponding `web_search_tool_result` block/u],
    ["a result without its call", [result, text], /unexpected `tool_use_id` found/u],
    [
      "a seal that is not its own",
      [use, { ...result, content: [{ ...page, encrypted_content: "" }] }],
      /Invalid `encrypted_content`/u,
    ],
    ["a citation that is not its own", [{ ...text, citations: [cited] }], /Could not find search result/u],
  ])("refuses a history with %s", async (_, content, words) => {
    const messages = [
      { role: "user", content: "Hi" },
      { role: "assistant", content },
      { role: "user", content: "Go on" },
    ];
    expect(await refusal("anthropic", "/messages", { ...asked, messages })).toMatch(words);
  });
});

describe("OpenAI's Responses", () => {
  const asked = { model: "gpt-5", input: question, tools: [{ type: "web_search" }] };

  it("tells the call, its sources where asked for, and links in the text", async () => {
    const include = ["web_search_call.action.sources"];
    const response = await whole("openai", "/responses", { ...asked, include });
    const output = recordsOf(response["output"]).filter(({ type }) => type !== "reasoning");
    expect(output[0]).toMatchObject({
      id: expect.stringMatching(/^ws_/u),
      type: "web_search_call",
      status: "completed",
      action: { type: "search", query: "the tide tables of Cuxhaven", sources: [{ type: "url" }, {}, {}] },
    });
    const part = recordsOf(output[1]?.["content"])[0] ?? {};
    const [annotation] = recordsOf(part["annotations"]);
    const { start_index, end_index, url } = annotation as { start_index: number; end_index: number; url: string };
    const stretch = Array.from(String(part["text"])).slice(start_index, end_index).join("");
    expect(stretch).toBe(`([www.example.org](${url}))`);
    expect(response["tool_usage"]).toEqual({ web_search: { num_requests: 1 } });
    const bare = await whole("openai", "/responses", asked);
    expect(JSON.stringify(bare["output"])).not.toContain("sources");
  });

  it("streams the steps of a search, and annotations behind the text", async () => {
    const { text } = await post("openai", "/responses", {
      ...asked,
      stream: true,
      tool_choice: { type: "web_search" },
    });
    const types = recordsOf(eventsOf(text)).map(({ type }) => String(type));
    const steps = types.filter((type) => /web_search_call|annotation/u.test(type));
    expect(steps).toEqual([
      "response.web_search_call.in_progress",
      "response.web_search_call.searching",
      "response.web_search_call.completed",
      "response.output_text.annotation.added",
    ]);
  });

  it.each([
    [
      "minimal effort",
      { reasoning: { effort: "minimal" } },
      /cannot be used with reasoning\.effort 'minimal': web_search\./u,
    ],
    [
      "a model that has none",
      { model: "gpt-4.1-nano" },
      "Hosted tool 'web_search' is not supported with gpt-4.1-nano.",
    ],
    ["a name", { tools: [{ type: "web_search", name: "web_search" }] }, "Unknown parameter: 'tools[0].name'."],
    ["a choice of what is not offered", { tools: [], tool_choice: { type: "web_search" } }, /'web_search' not found/u],
  ])("refuses a search with %s", async (_, more, words) => {
    expect(await refusal("openai", "/responses", { ...asked, ...more })).toMatch(words);
  });
});

describe("OpenAI's chat", () => {
  const messages = [{ role: "user", content: "Rain in Paris?" }];

  it("searches with a model made for it, whole and streamed", async () => {
    const body = { model: "gpt-4o-search-preview", messages, web_search_options: { search_context_size: "low" } };
    const answer = await whole("openai", "/chat/completions", body);
    const message = recordsOf(answer["choices"])[0]?.["message"] as JsonRecord;
    expect(recordsOf(message["annotations"])[0]).toMatchObject({
      type: "url_citation",
      url_citation: { title: /Rain/u },
    });
    const { text } = await post("openai", "/chat/completions", { ...body, stream: true });
    expect(text).toContain('"annotations":[{"type":"url_citation"');
  });

  it("refuses it with any other", async () => {
    const body = { model: "gpt-4o", messages, web_search_options: {} };
    expect(await refusal("openai", "/chat/completions", body)).toBe(
      "Web search options not supported with this model.",
    );
  });
});

describe("Gemini", () => {
  const contents = [{ role: "user", parts: [{ text: question }] }];
  const path = (model: string, method = "generateContent") => `/models/${model}:${method}`;
  const tools = [{ googleSearch: {} }];
  const functions = [{ functionDeclarations: [{ name: "look" }] }];

  it("grounds its answer, with a page that no support names", async () => {
    const answer = await whole("google", path("gemini-2.5-flash"), { contents, tools });
    const candidate = recordsOf(answer["candidates"])[0] ?? {};
    const grounding = candidate["groundingMetadata"] as JsonRecord;
    expect(grounding["webSearchQueries"]).toEqual(["the tide tables of Cuxhaven"]);
    expect(recordsOf(grounding["groundingChunks"])).toHaveLength(3);
    const [support] = recordsOf(grounding["groundingSupports"]);
    expect(support?.["groundingChunkIndices"]).toEqual([0, 1]);
    const { segment } = support as { segment: { endIndex: number; text: string } };
    expect(segment.endIndex).toBe(Buffer.byteLength(segment.text));
    expect(answer["usageMetadata"]).toMatchObject({ toolUsePromptTokenCount: 61 });
  });

  it("streams the grounding with the ending, and shows the calls only where asked to", async () => {
    const streamed = path("gemini-3-flash-preview", "streamGenerateContent?alt=sse");
    const { text } = await post("google", streamed, { contents, tools });
    const slices = recordsOf(eventsOf(text)).flatMap(({ candidates }) => recordsOf(candidates));
    expect(slices.findIndex((slice) => slice["groundingMetadata"] !== undefined)).toBe(slices.length - 1);
    expect(text).not.toContain("toolCall");
    const toolConfig = { includeServerSideToolInvocations: true };
    const shown = await post("google", streamed, { contents, tools: [...tools, ...functions], toolConfig });
    expect(shown.text).toMatch(/"functionCall"|"toolCall"/u);
  });

  const beside = { tools: [...tools, ...functions] };
  it.each([
    ["2.5, beside functions", "gemini-2.5-flash", beside, "Tool use with function calling is unsupported"],
    ["3, beside functions, unless calls are shown", "gemini-3-flash-preview", beside, /server_side_tool_invocations/u],
    [
      "2.5, with JSON",
      "gemini-2.5-flash",
      { tools, generationConfig: { responseMimeType: "application/json" } },
      /response mime type/u,
    ],
  ] satisfies [string, string, JsonRecord, string | RegExp][])("refuses a search at %s", async (...row) => {
    const [, model, more, words] = row;
    expect(await refusal("google", path(model), { contents, ...more })).toMatch(words);
  });
});
