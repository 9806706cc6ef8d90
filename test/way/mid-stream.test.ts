// `mid_stream: continue` and `restart`, from end to end: the primary dies in mid-answer and a stand-in goes on, starts over
// or repeats the tail; callers of every protocol read every character once (F3) and one ending (F2).
import Anthropic from "@anthropic-ai/sdk";
import { GoogleGenAI } from "@google/genai";
import OpenAI from "openai";
import { describe, expect, test } from "vitest";
import type { ConfigFile } from "../../src/index.ts";
import type { Vendor } from "../../src/simulator/simulator.ts";
import { openFakeVendor, type FakeVendor } from "../support/fake-vendor.ts";
import { openStage, type Stage } from "../support/stage.ts";

const FRESH = " And that, dear reader, is all that I know.";
const question = "Tell me about the sea.";

/** How a stand-in answers on, given the whole text so far and the words that it is asked to repeat first. */
type Manner = (said: string, anchor: string) => string;
const manners = {
  "repeats the words and goes on": (_, anchor) => anchor + FRESH,
  "repeats them after a blank line and an ellipsis": (_, anchor) => `\n\n…${anchor}${FRESH}`,
  "quotes them": (_, anchor) => `“${anchor}”${FRESH}`,
  "repeats a longer end": (said) => said.slice(-60) + FRESH,
  "starts over": (said) => said + FRESH,
  "starts over with a blank line": (said) => `\n\n${said}${FRESH}`,
} as const satisfies Readonly<Record<string, Manner>>;

/** Nothing of these may be shown. */
const strangers: Readonly<Record<string, Manner>> = {
  "goes on without the words": () => FRESH,
  "goes on without a blank": () => FRESH.trim(),
  "answers anew": () => "The sea covers most of the earth, and few have seen its floor.",
  "paraphrases the end": (said) => `As I said, ${said.slice(-20).toUpperCase()} and so on.`,
  refuses: () => "I'm sorry, but I can't help with that.",
  "apologises first": (_, anchor) => `Sorry about the interruption. ${anchor}${FRESH}`,
  "answers in another language": () => "Das Meer bedeckt den größten Teil der Erde.",
  "answers in Chinese": () => "海洋覆盖了地球的大部分。",
};

interface Asked {
  readonly messages: readonly { readonly role: string; readonly content: string }[];
}

/** The words that it was asked to repeat first. */
function anchorIn(body: string): string {
  const { messages } = JSON.parse(body) as Asked;
  return /<repeat_first>(.*)<\/repeat_first>/su.exec(messages.at(-1)?.content ?? "")?.[1] ?? "";
}

/** The words of the answer that the stand-in was asked to go on with. */
function saidIn(body: string): string {
  const { messages } = JSON.parse(body) as Asked;
  return messages.findLast((one) => one.role === "assistant")?.content ?? "";
}

interface Chunk {
  readonly model: string;
  readonly understudy?: object;
  readonly usage?: object | null;
}

function openStandIn(manner: Manner, usage?: { input: number; output: number }): Promise<FakeVendor> {
  return openFakeVendor((_, body) => {
    const words = manner(saidIn(body), anchorIn(body)).match(/\s*\S+/gu) ?? [];
    const chunk = (delta: object, finish: string | null = null): string =>
      JSON.stringify({
        id: "chatcmpl-standin",
        object: "chat.completion.chunk",
        created: 1,
        model: "standin",
        choices: [{ index: 0, delta, finish_reason: finish }],
      });
    return {
      body: [
        chunk({ role: "assistant", content: "" }),
        ...words.map((content) => chunk({ content })),
        chunk({}, "stop"),
        ...(usage === undefined ? [] : [usageChunk(usage)]),
        "[DONE]",
      ],
    };
  });
}

function usageChunk({ input, output }: { input: number; output: number }): string {
  const usage = { prompt_tokens: input, completion_tokens: output, total_tokens: input + output };
  return JSON.stringify({ id: "c", object: "chat.completion.chunk", created: 1, model: "standin", choices: [], usage });
}

const models: Readonly<Record<Vendor, string>> = {
  google: "google/gemini-2.5-flash",
  openai: "openai/gpt-4o",
  anthropic: "anthropic/claude-sonnet-4-5",
};

type MidStream = "continue" | "restart" | "error";

function configure(
  standIn: FakeVendor,
  primary: Vendor,
  mid_stream: MidStream = "continue",
): Pick<ConfigFile, "routes"> & { providers: NonNullable<ConfigFile["providers"]> } {
  const fallback = [models[primary], "standin/any"];
  return {
    providers: { standin: { kind: "openai-compatible", base_url: standIn.baseUrl, api_key: "k" } },
    routes: { assistant: { fallback, mid_stream, timeout: { idle: "1s" } } },
  };
}

interface Read {
  readonly text: string;
  readonly finish: string | null;
}
type Reader = (url: string) => Promise<Read>;

const readers: Readonly<Record<string, Reader>> = {
  "openai chat": async (url) => {
    const client = new OpenAI({ apiKey: "x", baseURL: `${url}/v1`, maxRetries: 0 });
    const messages = [{ role: "user" as const, content: question }];
    const done = await client.chat.completions.stream({ model: "assistant", messages }).finalChatCompletion();
    return { text: done.choices[0]?.message.content ?? "", finish: done.choices[0]?.finish_reason ?? null };
  },
  "openai responses": async (url) => {
    const client = new OpenAI({ apiKey: "x", baseURL: `${url}/v1`, maxRetries: 0 });
    const stream = client.responses.stream({ model: "assistant", input: question });
    const numbers: number[] = [];
    for await (const event of stream) numbers.push(event.sequence_number);
    expect(numbers).toEqual(numbers.map((_, index) => index));
    const done = await stream.finalResponse();
    return { text: done.output_text, finish: done.status ?? null };
  },
  anthropic: async (url) => {
    const client = new Anthropic({ apiKey: "x", baseURL: url, maxRetries: 0 });
    const messages = [{ role: "user" as const, content: question }];
    const done = await client.messages.stream({ model: "assistant", max_tokens: 900, messages }).finalMessage();
    const text = done.content.map((block) => (block.type === "text" ? block.text : "")).join("");
    return { text, finish: done.stop_reason };
  },
  gemini: async (url) => {
    const client = new GoogleGenAI({ apiKey: "x", httpOptions: { baseUrl: url } });
    let text = "";
    let finish: string | null = null;
    for await (const chunk of await client.models.generateContentStream({ model: "assistant", contents: question })) {
      text += chunk.text ?? "";
      finish = chunk.candidates?.[0]?.finishReason ?? finish;
    }
    return { text, finish };
  },
};

const endings: Readonly<Record<string, string>> = {
  "openai chat": "stop",
  "openai responses": "completed",
  anthropic: "end_turn",
  gemini: "STOP",
};

async function playTo(stage: Stage, standIn: FakeVendor, read: Reader): Promise<Read & { readonly said: string }> {
  const told = await read(stage.url);
  return { ...told, said: saidIn(standIn.asked.at(-1)?.body ?? "{}") };
}

describe("F3: every character once, whoever speaks", () => {
  for (const [client, read] of Object.entries(readers)) {
    for (const primary of ["google", "openai", "anthropic"] as const) {
      for (const [manner, answer] of Object.entries(manners)) {
        test(`${client} client, ${primary} is cut, the stand-in ${manner}`, async () => {
          await using standIn = await openStandIn(answer);
          await using stage = await openStage({ config: configure(standIn, primary) });
          stage.simulator.play(primary, { fault: "fin-without-terminator", count: 1 });
          const { said, text, finish } = await playTo(stage, standIn, read);
          expect(said).toMatch(/\w/u);
          expect(text).toBe(said + FRESH);
          expect(finish).toBe(endings[client]);
          expect(stage.gateway.attempts().map(({ target, verdict }) => `${target}:${verdict}`)).toEqual([
            `${models[primary]}:cut`,
            "standin/any:ok",
          ]);
        });
      }
    }
  }
});

/** What a client shows when the stream ends in an error: its text so far, and that error. */
const tolerant = async (read: Reader, url: string): Promise<Read | "error"> => {
  try {
    return await read(url);
  } catch {
    return "error";
  }
};

describe("F3: of a stand-in that does not prove that it goes on, no word is shown", () => {
  for (const [client, read] of Object.entries(readers)) {
    for (const [manner, answer] of Object.entries(strangers)) {
      test(`${client} client, the stand-in ${manner}: the next one goes on`, async () => {
        await using stranger = await openStandIn(answer);
        await using standIn = await openStandIn(manners["repeats the words and goes on"]);
        const { providers } = configure(standIn, "google");
        const other = { kind: "openai-compatible", base_url: stranger.baseUrl, api_key: "k" } as const;
        const fallback = [models.google, "other/any", "standin/any"];
        await using stage = await openStage({
          config: { providers: { ...providers, other }, routes: { assistant: { fallback } } },
        });
        stage.simulator.play("google", { fault: "fin-without-terminator", count: 1 });
        const { said, text, finish } = await playTo(stage, standIn, read);
        expect(text).toBe(said + FRESH);
        expect(finish).toBe(endings[client]);
        expect(stage.gateway.attempts().map(({ verdict }) => verdict)).toEqual(["cut", "invalid_output", "ok"]);
      });
    }

    test(`${client} client, and nobody else is left: one error`, async () => {
      await using stranger = await openStandIn(strangers["answers anew"] ?? (() => ""));
      await using stage = await openStage({ config: configure(stranger, "google") });
      stage.simulator.play("google", { fault: "fin-without-terminator", count: 1 });
      expect(await tolerant(read, stage.url)).toBe("error");
      expect(stage.gateway.attempts().map(({ verdict }) => verdict)).toEqual(["cut", "invalid_output"]);
    });
  }
});

/** The stream as it goes over the wire. */
async function readWire(stage: Stage, more: { body?: object; headers?: Record<string, string> } = {}): Promise<string> {
  const response = await fetch(`${stage.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", ...more.headers },
    body: JSON.stringify({
      model: "assistant",
      stream: true,
      messages: [{ role: "user", content: question }],
      ...more.body,
    }),
  });
  return response.text();
}

function textIn(wire: string): string {
  const words = wire.split("\n").filter((line) => line.startsWith("data: {"));
  return words
    .map((line) => JSON.parse(line.slice(6)) as { choices?: { delta: { content?: string } }[] })
    .map((chunk) => chunk.choices?.[0]?.delta.content ?? "")
    .join("");
}

function errorsIn(wire: string): string[] {
  return [...wire.matchAll(/"code":"(\w+)"/gu)].map((match) => match[1] ?? "");
}

const faults = {
  "fin-without-terminator": "cut",
  "clean-end-without-finish": "cut",
  "stall-mid-stream": "stalled",
  "error-event-mid-stream": "overloaded",
} as const;

/** What chunks tell of who goes on. */
function handOversIn(wire: string): unknown[] {
  const lines = wire.split("\n").filter((line) => line.includes('"understudy":'));
  return lines.map((line) => (JSON.parse(line.slice("data: ".length)) as { understudy: unknown }).understudy);
}

describe("mid_stream: continue", () => {
  for (const [fault, verdict] of Object.entries(faults)) {
    test(`${fault} is gone on with, and a last comment and the ledger tell`, async () => {
      await using standIn = await openStandIn(manners["repeats the words and goes on"]);
      await using stage = await openStage({ config: configure(standIn, "google") });
      stage.simulator.play("google", { fault: fault as keyof typeof faults, count: 1 });
      const wire = await readWire(stage);
      expect(textIn(wire)).toBe(saidIn(standIn.asked[0]?.body ?? "") + FRESH);
      const [ledger] = stage.gateway.attempts();
      const told = ledger?.verdict ?? "";
      expect([verdict, "server_error"]).toContain(told);
      expect(wire.match(/^data: \[DONE\]$/gmu)).toHaveLength(1);
      expect(wire.trimEnd().split("\n").at(-1)).toBe(
        `: understudy: continued by standin/any after google/gemini-2.5-flash: ${told}`,
      );
      const hand = { continued_by: "standin/any", after: "google/gemini-2.5-flash", verdict: told };
      expect(handOversIn(wire)).toEqual([hand]);
    });
  }

  test("a program reads from OpenAI's SDK who went on, where the words of the other begin", async () => {
    await using standIn = await openStandIn(manners["repeats the words and goes on"]);
    await using stage = await openStage({ config: configure(standIn, "openai") });
    stage.simulator.play("openai", { fault: "fin-without-terminator", count: 1 });
    const client = new OpenAI({ apiKey: "unused", baseURL: `${stage.url}/v1`, maxRetries: 0 });
    const messages = [{ role: "user" as const, content: question }];
    const [said, hands]: [string[], unknown[]] = [["", ""], []];
    for await (const chunk of await client.chat.completions.create({ model: "assistant", stream: true, messages })) {
      if ("understudy" in chunk) hands.push(chunk.understudy);
      said[hands.length] += chunk.choices[0]?.delta.content ?? "";
    }
    expect(hands).toEqual([{ continued_by: "standin/any", after: "openai/gpt-4o", verdict: "cut" }]);
    expect(said).toEqual([saidIn(standIn.asked[0]?.body ?? ""), FRESH]);
  });

  test("a stand-in that takes the beginning of an answer is given it", async () => {
    await using standIn = await openStandIn(manners["repeats the words and goes on"]);
    const { providers } = configure(standIn, "google");
    const fallback = [models.google, models.anthropic];
    await using stage = await openStage({
      config: { providers, routes: { assistant: { fallback, mid_stream: "continue" } } },
    });
    stage.simulator.play("google", { fault: "fin-without-terminator", count: 1 });
    const text = textIn(await readWire(stage));
    const asked = stage.simulator.log().find((entry) => entry.vendor === "anthropic");
    const sent = asked?.body as { messages: { role: string; content: string }[] };
    expect(sent.messages.map((one) => one.role)).toEqual(["user", "assistant"]);
    const said = sent.messages[1]?.content ?? "?";
    expect(text.startsWith(said)).toBe(true);
    expect(text.length).toBeGreaterThan(said.length);
  });

  test("a second break is gone on with too", async () => {
    await using standIn = await openStandIn(manners["repeats a longer end"]);
    const { providers } = configure(standIn, "google");
    const fallback = [models.google, models.openai, "standin/any"];
    await using stage = await openStage({
      config: { providers, routes: { assistant: { fallback, mid_stream: "continue" } } },
    });
    stage.simulator.play("google", { fault: "fin-without-terminator", count: 1 });
    stage.simulator.play("openai", { fault: "fin-without-terminator", count: 1 });
    const wire = await readWire(stage);
    expect(textIn(wire)).toBe(saidIn(standIn.asked[0]?.body ?? "") + FRESH);
    expect(stage.gateway.attempts().map((one) => one.verdict)).toEqual(["cut", "cut", "ok"]);
  });

  test.each([
    ["{{repeat_first}} And on.", "continued"],
    ["“{{repeat_first}}” And on.", "continued"],
    ["Sorry. {{repeat_first}} And on.", "cut"],
    ["And on.", "cut"],
  ])("the simulator plays a stand-in by script: %s", async (say, end) => {
    await using stage = await openStage({
      config: { routes: { assistant: { fallback: [models.google, models.openai] } } },
    });
    stage.simulator.answerWith([{ when: "<repeat_first>", say }]);
    stage.simulator.play("google", { fault: "fin-without-terminator", count: 1 });
    const wire = await readWire(stage);
    expect(textIn(wire).endsWith(" And on.") ? "continued" : errorsIn(wire).join()).toBe(end);
  });

  test.each([
    ["JSON was asked for", { response_format: { type: "json_object" } }],
    [
      "a call is being made",
      {
        tools: [{ type: "function", function: { name: "look", parameters: { type: "object", properties: {} } } }],
        tool_choice: "required",
      },
    ],
  ])("%s: one error, and nobody else is asked", async (_, body) => {
    await using standIn = await openStandIn(manners["repeats the words and goes on"]);
    await using stage = await openStage({ config: configure(standIn, "openai") });
    stage.simulator.play("openai", { fault: "fin-without-terminator", afterTokens: 1, count: 1 });
    const messages = [{ role: "user", content: "Look at the sea, as JSON." }];
    const wire = await readWire(stage, { body: { messages, ...body } });
    expect(errorsIn(wire)).toEqual(["cut"]);
    expect(wire).not.toContain("[DONE]");
    expect(standIn.asked).toHaveLength(0);
  });

  test("words that cannot be joined: one error, and not one word of theirs", async () => {
    await using standIn = await openStandIn((said) => `${said.slice(0, 30)} or something else altogether.`);
    await using stage = await openStage({ config: configure(standIn, "google") });
    stage.simulator.play("google", { fault: "fin-without-terminator", afterTokens: 20, count: 1 });
    const wire = await readWire(stage);
    expect(errorsIn(wire)).toEqual(["cut"]);
    expect(textIn(wire)).toBe(saidIn(standIn.asked[0]?.body ?? ""));
  });

  test("model and usage afterwards are those of both: the chunks name who writes, the usage is the sum", async () => {
    await using standIn = await openStandIn(manners["repeats the words and goes on"], { input: 40, output: 30 });
    await using stage = await openStage({ config: configure(standIn, "openai") });
    stage.simulator.play("openai", { fault: "fin-without-terminator", count: 1 });
    const wire = await readWire(stage, { body: { stream_options: { include_usage: true } } });
    const chunks = [...wire.matchAll(/^data: (\{.*)$/gmu)].map((match) => JSON.parse(match[1] ?? "") as Chunk);
    const at = chunks.findIndex((chunk) => chunk.understudy !== undefined);
    expect(new Set(chunks.slice(0, at).map(({ model }) => model))).toEqual(new Set(["gpt-4o-2024-08-06"]));
    expect(new Set(chunks.slice(at).map(({ model }) => model))).toEqual(new Set(["standin"]));
    await expect.poll(() => stage.gateway.attempts().length).toBe(2);
    const [cut, whole] = stage.gateway.attempts();
    const estimate = Math.ceil(saidIn(standIn.asked[0]?.body ?? "").length / 4);
    expect(cut).toMatchObject({ outputTokens: estimate, usageFrom: "estimate" });
    expect(whole).toMatchObject({ inputTokens: 40, outputTokens: 30, usageFrom: "vendor" });
    const [usage] = chunks.flatMap((chunk) => chunk.usage ?? []);
    expect(usage).toMatchObject({
      prompt_tokens: (cut?.inputTokens ?? 0) + 40,
      completion_tokens: (cut?.outputTokens ?? 0) + 30,
    });
  });

  test("nobody is left: the error that broke the answer, with every attempt", async () => {
    await using standIn = await openFakeVendor(() => ({ status: 503, body: { error: { message: "down" } } }));
    await using stage = await openStage({ config: configure(standIn, "google") });
    stage.simulator.play("google", { fault: "fin-without-terminator", count: 1 });
    const wire = await readWire(stage);
    expect(errorsIn(wire)).toEqual(["cut"]);
    expect(stage.gateway.attempts().map((one) => one.verdict)).toEqual(["cut", "overloaded", "overloaded"]);
  });
});

describe("mid_stream: restart", () => {
  test("a caller that asks for it hears that the answer begins anew", async () => {
    await using standIn = await openStandIn(() => FRESH);
    await using stage = await openStage({ config: configure(standIn, "google", "restart") });
    stage.simulator.play("google", { fault: "fin-without-terminator", count: 1 });
    const wire = await readWire(stage, { headers: { "x-understudy-restart": "true" } });
    const [before = "", after = ""] = wire.split("event: understudy.restart\n");
    expect(textIn(before)).toMatch(/\w/u);
    expect(after).toMatch(
      /^data: \{"type":"understudy.restart","from":"google\/gemini-2.5-flash","to":"standin\/any","reason":"cut"\}\n/u,
    );
    expect(textIn(after.slice(after.indexOf("\n\n")))).toBe(FRESH);
    expect(wire.match(/"finish_reason":"stop"/gu)).toHaveLength(1);
  });

  test("any other gets the one error", async () => {
    await using standIn = await openStandIn(() => FRESH);
    await using stage = await openStage({ config: configure(standIn, "google", "restart") });
    stage.simulator.play("google", { fault: "fin-without-terminator", count: 1 });
    const wire = await readWire(stage);
    expect(errorsIn(wire)).toEqual(["cut"]);
    expect(standIn.asked).toHaveLength(0);
  });
});

test("F11: a caller that leaves while a stand-in is looked for has that one cancelled", async () => {
  await using stage = await openStage({
    config: {
      routes: { assistant: { fallback: [models.google, models.openai], mid_stream: "continue" } },
    },
  });
  stage.simulator.play("google", { fault: "fin-without-terminator", count: 1 });
  stage.simulator.play("openai", { fault: "slow-headers", delayMs: 20_000, count: 1 });
  const leaving = new AbortController();
  const response = await fetch(`${stage.url}/v1/chat/completions`, {
    method: "POST",
    signal: leaving.signal,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "assistant", stream: true, messages: [{ role: "user", content: question }] }),
  });
  const reader = response.body?.getReader();
  await reader?.read();
  await expect.poll(() => stage.simulator.log().length).toBe(2);
  leaving.abort();
  await expect.poll(() => stage.gateway.attempts().map((one) => one.verdict)).toEqual(["cut", "cancelled"]);
});
