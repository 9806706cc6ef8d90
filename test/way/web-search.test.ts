// Searches of the web through the front door, with the official SDKs: whoever stands in, a client reads the search in its
// own protocol's form, whole and streamed, and may send it back in the next turn. The first client asks as Claude Code's
// WebSearch does: one tool of the vendor's own, chosen by its name.
import Anthropic from "@anthropic-ai/sdk";
import { GoogleGenAI, type GenerateContentResponse } from "@google/genai";
import OpenAI from "openai";
import { describe, expect, test } from "vitest";
import type { ConfigFile } from "../../src/index.ts";
import type { Vendor } from "../../src/simulator/simulator.ts";
import { attemptsOf, openStage, type Stage } from "../support/stage.ts";

const fast = {
  retry: { attempts: 0 },
  timeout: { connect: "1s", first_token: "2s", idle: "2s", total: "10s" },
} as const;
const claude = "anthropic/claude-haiku-4-5";
const routes: ConfigFile["routes"] = {
  "claude-then-gpt": { fallback: [claude, "openai/gpt-5"], ...fast },
  "claude-then-gpt-4o": { fallback: [claude, "openai/gpt-4o"], ...fast },
  "claude-then-gemini": { fallback: [claude, "google/gemini-2.5-flash"], ...fast },
  "claude-then-gemini-3": { fallback: [claude, "google/gemini-3-flash-preview"], ...fast },
  "gpt-then-claude": { fallback: ["openai/gpt-5", claude], ...fast },
  "gpt-then-gemini": { fallback: ["openai/gpt-5", "google/gemini-2.5-flash"], ...fast },
  "gemini-then-gpt": { fallback: ["google/gemini-2.5-flash", "openai/gpt-5"], ...fast },
  "gemini-then-claude": { fallback: ["google/gemini-2.5-flash", claude], ...fast },
  nano: { fallback: ["openai/gpt-4.1-nano", "openai/gpt-4.1-mini"], ...fast },
};

const open = (): Promise<Stage> => openStage({ config: { routes } });
const down = (stage: Stage, vendor: Vendor): string => stage.simulator.play(vendor, { fault: "status", status: 503 });

const query = "the tide tables of Cuxhaven";
const site = "https://www.example.org/the-tide-tables-of-cuxhaven";

describe("Claude Code's WebSearch", () => {
  const ask = (model: string): Anthropic.MessageCreateParamsNonStreaming => ({
    model,
    max_tokens: 8_000,
    system: "You are an assistant for performing a web search tool use",
    messages: [{ role: "user", content: `Perform a web search for the query: ${query}` }],
    tools: [{ type: "web_search_20250305", name: "web_search", max_uses: 8 }],
    tool_choice: { type: "tool", name: "web_search" },
    metadata: { user_id: "user_1" },
  });
  const clientOf = ({ url }: Stage): Anthropic => new Anthropic({ apiKey: "unused", baseURL: url, maxRetries: 0 });

  /** What it makes of an answer: the links, and the words around them. */
  function readAsClaudeCode(content: readonly Anthropic.ContentBlock[]): (string | { title: string; url: string }[])[] {
    return content.flatMap<string | { title: string; url: string }[]>((block) => {
      if (block.type === "text") return block.text.trim() === "" ? [] : [block.text.trim()];
      if (block.type !== "web_search_tool_result") return [];
      if (!Array.isArray(block.content)) return [`Web search error: ${block.content.error_code}`];
      return [block.content.map(({ title, url }) => ({ title, url }))];
    });
  }

  describe.each([
    ["claude-then-gpt", "openai/gpt-5"],
    ["claude-then-gpt-4o", "openai/gpt-4o"],
    ["claude-then-gemini", "google/gemini-2.5-flash"],
    ["claude-then-gemini-3", "google/gemini-3-flash-preview"],
  ])("on the route %s, Claude down", (route, target) => {
    test.each(["whole", "streamed"])("%s: links, words, citations and the count", async (how) => {
      await using stage = await open();
      down(stage, "anthropic");
      const client = clientOf(stage);
      const streamed = client.messages.stream(ask(route));
      const message = how === "whole" ? await client.messages.create(ask(route)) : await streamed.finalMessage();
      if (how === "whole") streamed.abort();
      const read = readAsClaudeCode(message.content);
      const links = read.flatMap((one) => (typeof one === "string" ? [] : one));
      expect(links.length).toBe(3);
      expect(links.every(({ title, url }) => title !== "" && url.startsWith("https://"))).toBe(true);
      expect(read.some((one) => typeof one === "string" && one.length > 20)).toBe(true);
      const [call] = message.content.filter((block) => block.type === "server_tool_use");
      expect(call).toMatchObject({ name: "web_search", input: { query } });
      const [result] = message.content.filter((block) => block.type === "web_search_tool_result");
      expect(result?.tool_use_id).toBe(call?.id);
      const cited = message.content.flatMap((block) => (block.type === "text" ? (block.citations ?? []) : []));
      expect(cited.length).toBeGreaterThan(0);
      expect(cited.every((one) => one.cited_text.length > 10 && !one.cited_text.includes("]("))).toBe(true);
      expect(message.usage.server_tool_use).toEqual({ web_search_requests: 1, web_fetch_requests: 0 });
      expect(stage.gateway.attempts().findLast(({ verdict }) => verdict === "ok")?.target).toBe(target);
    });
  });

  test("the search is forced at OpenAI in its own way, and the stand-in's limit is the caller's", async () => {
    await using stage = await open();
    down(stage, "anthropic");
    const { response } = await clientOf(stage).messages.create(ask("claude-then-gpt")).withResponse();
    const sent = stage.simulator.log().at(-1);
    expect(sent?.path).toBe("/v1/responses");
    expect(sent?.body).toMatchObject({
      tools: [{ type: "web_search" }],
      tool_choice: { type: "web_search" },
      max_tool_calls: 8,
      include: expect.arrayContaining(["web_search_call.action.sources"]),
    });
    expect(response.headers.get("x-understudy-dropped")).toBeNull();
  });

  test("Gemini, which nothing forces, is told so, and what was weakened is said", async () => {
    await using stage = await open();
    down(stage, "anthropic");
    const { response } = await clientOf(stage).messages.create(ask("claude-then-gemini")).withResponse();
    expect(JSON.stringify(stage.simulator.log().at(-1)?.body)).toContain("Search the web before you answer.");
    expect(response.headers.get("x-understudy-adapted")).toContain("tool_choice:web_search>instruction");
    expect(response.headers.get("x-understudy-dropped")).toBe("user, web_search.max_uses");
  });

  test.each(["claude-then-gpt", "claude-then-gemini"])(
    "a stand-in's search on the route %s goes back to Claude",
    async (route) => {
      await using stage = await open();
      down(stage, "anthropic");
      const client = clientOf(stage);
      const first = await client.messages.create(ask(route));
      stage.simulator.heal();
      const { tool_choice: _choice, ...rest } = ask(route);
      const { data, response } = await client.messages
        .create({
          ...rest,
          messages: [
            ...rest.messages,
            { role: "assistant", content: first.content },
            { role: "user", content: "Say thanks" },
          ],
        })
        .withResponse();
      expect(data.stop_reason).toBe("end_turn");
      expect(response.headers.get("x-understudy-target")).toBe(claude);
      expect(response.headers.get("x-understudy-adapted")).toContain("messages.web_search:blocks>text");
      const sent = JSON.stringify(stage.simulator.log().at(-1)?.body);
      expect(sent).toContain(`<assistant_web_search>\\nquery: ${query}\\nfound: `);
      expect(sent).not.toContain("server_tool_use");
    },
  );

  test.each(["claude-then-gpt", "claude-then-gemini"])(
    "Claude's own goes to the stand-in on the route %s, without its seal",
    async (route) => {
      await using stage = await open();
      const client = clientOf(stage);
      const first = await client.messages.create(ask(route));
      expect(readAsClaudeCode(first.content)).toContainEqual(
        expect.arrayContaining([expect.objectContaining({ url: site })]),
      );
      const { tool_choice: _choice, ...rest } = ask(route);
      const next = {
        ...rest,
        messages: [
          ...rest.messages,
          { role: "assistant" as const, content: first.content },
          { role: "user" as const, content: "Say thanks" },
        ],
      };
      const same = await client.messages.create(next).withResponse();
      expect([same.response.headers.get("x-understudy-adapted"), stage.simulator.log().length]).toEqual([null, 2]);
      down(stage, "anthropic");
      const { data, response } = await client.messages.create(next).withResponse();
      expect(data.stop_reason).toBe("end_turn");
      expect(response.headers.get("x-understudy-dropped")).toContain("web_search_result.encrypted_content");
      const sealed = JSON.stringify(first.content).match(/"encrypted_content":"([^"]+)"/u)?.[1] ?? "";
      expect(sealed.length).toBeGreaterThan(20);
      expect(JSON.stringify(stage.simulator.log().at(-1)?.body)).not.toContain(sealed);
    },
  );

  test.each([
    ["nowhere", []],
    ["unsearchable", ["Web search error: unavailable"]],
  ])("a search for something %s is told as such", async (word, expected) => {
    await using stage = await open();
    down(stage, "anthropic");
    const asked = ask("claude-then-gpt");
    const message = await clientOf(stage).messages.create({
      ...asked,
      messages: [{ role: "user", content: `Perform a web search for the query: a page that is ${word}` }],
    });
    const [told] = readAsClaudeCode(message.content);
    expect(told).toEqual(expected[0] ?? []);
  });
});

describe("a client of Responses", () => {
  const clientOf = ({ url }: Stage): OpenAI => new OpenAI({ apiKey: "unused", baseURL: `${url}/v1`, maxRetries: 0 });
  const ask = (model: string): OpenAI.Responses.ResponseCreateParamsNonStreaming => ({
    model,
    input: `Search the web for ${query}`,
    tools: [{ type: "web_search", search_context_size: "low" }],
    // The SDK does not know this choice yet; the service takes it.
    tool_choice: { type: "web_search" } as unknown as OpenAI.Responses.ToolChoiceTypes,
    include: ["web_search_call.action.sources"],
  });

  describe.each(["gpt-then-claude", "gpt-then-gemini"])("on the route %s, OpenAI down", (route) => {
    test.each(["whole", "streamed"])("%s: the call with its sources, and citations that mark words", async (how) => {
      await using stage = await open();
      down(stage, "openai");
      const client = clientOf(stage);
      const response =
        how === "whole"
          ? await client.responses.create(ask(route))
          : await client.responses.stream({ ...ask(route), stream: true }).finalResponse();
      const [call] = response.output.flatMap((item) => (item.type === "web_search_call" ? [item] : []));
      expect(call).toMatchObject({ status: "completed", action: { type: "search", query } });
      expect(call?.action.type === "search" ? call.action.sources?.length : 0).toBe(3);
      const [text] = response.output.flatMap((item) => (item.type === "message" ? item.content : []));
      if (text?.type !== "output_text") throw new Error("no text");
      const [mark] = text.annotations;
      if (mark?.type !== "url_citation") throw new Error("no citation");
      const words = Array.from(text.text).slice(mark.start_index, mark.end_index).join("");
      expect(words).toMatch(/^[A-Z].*\.$/su);
    });
  });

  test("a model that has no search answers without, and says so; one that has it is asked by who insists", async () => {
    await using stage = await open();
    const client = clientOf(stage);
    const { tool_choice: _choice, ...offers } = ask("nano");
    const free = await client.responses.create(offers).withResponse();
    expect(free.response.headers.get("x-understudy-attempts")).toMatch(/^openai\/gpt-4\.1-nano:ok:200:\d+$/u);
    expect(free.response.headers.get("x-understudy-dropped")).toBe("tools.web_search, include");
    const strict = { headers: { "x-understudy-strict": "true" } };
    for (const [body, options] of [
      [offers, strict],
      [ask("nano"), {}],
    ] as const) {
      const { response } = await client.responses.create(body, options).withResponse();
      expect(response.headers.get("x-understudy-attempts")).toMatch(
        /^openai\/gpt-4\.1-nano:unsupported:skipped:\d+, openai\/gpt-4\.1-mini:ok:200/u,
      );
    }
  });

  test("sends the search of a stand-in back to OpenAI", async () => {
    await using stage = await open();
    down(stage, "openai");
    const client = clientOf(stage);
    const first = await client.responses.create(ask("gpt-then-claude"));
    stage.simulator.heal();
    const { tool_choice: _choice, input: _input, ...rest } = ask("gpt-then-claude");
    const next = [
      { role: "user" as const, content: `Search the web for ${query}` },
      ...first.output,
      { role: "user" as const, content: "Say thanks" },
    ];
    const second = await client.responses.create({ ...rest, input: next as OpenAI.Responses.ResponseInput });
    expect(second.output_text).toBe("thanks");
    expect(stage.gateway.attempts().at(-1)).toMatchObject({ target: "openai/gpt-5", verdict: "ok" });
  });
});

describe("a client of Chat Completions", () => {
  const clientOf = ({ url }: Stage): OpenAI => new OpenAI({ apiKey: "unused", baseURL: `${url}/v1`, maxRetries: 0 });
  const ask = (model: string): OpenAI.ChatCompletionCreateParamsNonStreaming => ({
    model,
    messages: [{ role: "user", content: `Search the web for ${query}` }],
    web_search_options: {},
  });

  test.each([
    ["an ordinary model, through Responses", "openai/gpt-5", null],
    ["Claude", "gpt-then-claude", "openai"],
    ["Gemini", "gpt-then-gemini", "openai"],
    ["a model made for it", "openai/gpt-4o-search-preview", null],
  ] as const)("is answered by %s with annotations, whole and streamed", async (_, model, absent) => {
    await using stage = await open();
    if (absent !== null) down(stage, absent);
    const client = clientOf(stage);
    const { choices } = await client.chat.completions.create(ask(model));
    const { content, annotations = [] } = choices[0]?.message ?? {};
    expect(annotations[0]?.url_citation.url).toBeTruthy();
    const { start_index = 0, end_index = 0 } = annotations[0]?.url_citation ?? {};
    expect(end_index).toBeGreaterThan(start_index);
    expect(end_index).toBeLessThanOrEqual(Array.from(content ?? "").length);
    let seen = 0;
    for await (const chunk of await client.chat.completions.create({ ...ask(model), stream: true })) {
      const delta = (chunk.choices[0]?.delta ?? {}) as { readonly annotations?: readonly unknown[] };
      seen += delta.annotations?.length ?? 0;
    }
    expect(seen).toBe(annotations.length);
  });

  test("is not answered by a model that has no search where another one has", async () => {
    await using stage = await open();
    const { response } = await clientOf(stage).chat.completions.create(ask("nano")).withResponse();
    expect(response.headers.get("x-understudy-attempts")).toMatch(/^openai\/gpt-4\.1-nano:unsupported:skipped/u);
    expect(response.headers.get("x-understudy-target")).toBe("openai/gpt-4.1-mini");
    expect(stage.simulator.log()).toHaveLength(1);
  });
});

describe("a client of Gemini that offers functions beside the search", () => {
  const functionDeclarations = [{ name: "look", parametersJsonSchema: { type: "object", properties: {} } }];
  const body = JSON.stringify({
    contents: [{ role: "user", parts: [{ text: `Search the web for ${query}` }] }],
    tools: [{ functionDeclarations }, { googleSearch: {} }],
    toolConfig: { functionCallingConfig: { mode: "AUTO" } },
  });
  const shown = "toolConfig.includeServerSideToolInvocations:false>true";

  test.each([
    ["gemini-2.5-flash", "tools.googleSearch", null, ["ok:200"]],
    ["gemini-3.5-flash", null, shown, ["ok:200"]],
    ["gemini-3-pro-preview", null, shown, ["ok:200"]],
    ["gemini-unheard-of", null, shown, ["unsupported:400", "ok:200"]],
  ])("%s is asked as it takes them", async (...[model, dropped, adapted, attempts]) => {
    await using stage = await openStage();
    const put = (): Promise<Response> =>
      fetch(`${stage.url}/v1beta/models/google/${model}:generateContent`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body,
      });
    const { headers } = await put();
    expect(attemptsOf(headers)).toEqual(attempts.map((one) => `google/${model}:${one}`));
    expect(headers.get("x-understudy-dropped")).toBe(dropped);
    expect(headers.get("x-understudy-adapted")).toBe(adapted);
    expect(attemptsOf((await put()).headers)).toEqual([`google/${model}:ok:200`]);
  });
});

describe("a client of Gemini", () => {
  const clientOf = ({ url }: Stage): GoogleGenAI =>
    new GoogleGenAI({ apiKey: "unused", httpOptions: { baseUrl: url, apiVersion: "v1beta" } });
  const ask = (model: string) => ({
    model,
    contents: `Search the web for ${query}`,
    config: { tools: [{ googleSearch: {} }] },
  });

  test.each(["gemini-then-gpt", "gemini-then-claude"])(
    "on the route %s, Gemini down, reads its grounding",
    async (model) => {
      await using stage = await open();
      down(stage, "google");
      const { models } = clientOf(stage);
      const answers: GenerateContentResponse[][] = [[await models.generateContent(ask(model))], []];
      for await (const chunk of await models.generateContentStream(ask(model))) answers[1]?.push(chunk);
      for (const chunks of answers) {
        const text = chunks.map((chunk) => chunk.text ?? "").join("");
        const grounding = chunks.flatMap(({ candidates }) => candidates?.[0]?.groundingMetadata ?? [])[0];
        expect(grounding?.webSearchQueries).toEqual([query]);
        expect(grounding?.groundingChunks?.length).toBeGreaterThanOrEqual(3);
        const segment = grounding?.groundingSupports?.[0]?.segment;
        const bytes = Buffer.from(text).subarray(segment?.startIndex ?? 0, segment?.endIndex);
        expect(bytes.toString()).toBe(segment?.text);
        expect(segment?.text).not.toBe("");
      }
    },
  );
});
