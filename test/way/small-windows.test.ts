// The last stand-in has a small context window: agents send one high limit of the answer to every model (Claude Code:
// 32,000 tokens). The limit is lowered to the room beside the prompt, where the window is known and where the host tells
// it. While another target is left, that one is asked with the limit as it is (F8).
import { describe, expect, test } from "vitest";
import { openFakeVendor, overloaded, type FakeVendor } from "../support/fake-vendor.ts";
import { attemptsOf, openStage, type Stage } from "../support/stage.ts";

const WINDOW = 32_768;
const answer = {
  id: "x",
  object: "chat.completion",
  created: 1,
  model: "small",
  choices: [{ index: 0, message: { role: "assistant", content: "Yes." }, finish_reason: "stop" }],
};

/** Refuses like vLLM what does not fit its window: a token for each four characters of the messages. */
function openHost(): Promise<FakeVendor> {
  return openFakeVendor((_, body) => {
    const { messages, max_tokens: limit = 0 } = JSON.parse(body) as { messages: object[]; max_tokens?: number };
    const prompt = Math.ceil(JSON.stringify(messages).length / 4);
    if (prompt + limit <= WINDOW) return { body: answer };
    const message =
      prompt > WINDOW
        ? `This model's maximum context length is ${WINDOW} tokens. However, your request has ${prompt} input tokens. Please reduce the length of the input messages.`
        : `'max_tokens' or 'max_completion_tokens' is too large: ${limit}. This model's maximum context length is ${WINDOW} tokens and your request has ${prompt} input tokens (${limit} > ${WINDOW} - ${prompt}).`;
    return { status: 400, body: { error: { message, type: "BadRequestError", param: null, code: 400 } } };
  });
}

async function openOn(host: FakeVendor, context: number | null): Promise<Stage> {
  const small = { base_url: host.baseUrl, api_key: "k", kind: "openai-compatible" as const };
  const models = context === null ? {} : { models: { small: { context } } };
  const stage = await openStage({
    config: {
      routes: {
        behind: { fallback: ["anthropic/claude-sonnet-4-5", "host/small"], retry: { attempts: 0 } },
        before: { fallback: ["host/small", "google/gemini-2.5-flash"], retry: { attempts: 0 } },
      },
      providers: { host: { ...small, ...models } },
    },
  });
  stage.simulator.play("anthropic", { fault: "status", status: overloaded.status ?? 503 });
  return stage;
}

interface Ask {
  readonly model: string;
  readonly words: number;
  readonly limit?: number;
}

async function ask(stage: Stage, { model, words, limit = 32_000 }: Ask): Promise<Response> {
  const content = "word ".repeat(words);
  const response = await fetch(`${stage.url}/v1/messages`, {
    method: "POST",
    headers: { "content-type": "application/json", "anthropic-version": "2023-06-01" },
    body: JSON.stringify({ model, max_tokens: limit, messages: [{ role: "user", content }] }),
  });
  await response.text();
  return response;
}

function limitsAt(host: FakeVendor): (number | undefined)[] {
  return host.asked.map(({ body }) => (JSON.parse(body) as { max_tokens?: number }).max_tokens);
}

describe("a window that is known", () => {
  test("the limit is lowered to the room that is left, and reported", async () => {
    await using host = await openHost();
    await using stage = await openOn(host, WINDOW);
    const response = await ask(stage, { model: "behind", words: 8_000 });
    expect(response.status).toBe(200);
    expect(attemptsOf(response.headers)).toEqual(["anthropic/claude-sonnet-4-5:overloaded:503", "host/small:ok:200"]);
    const [limit = 0] = limitsAt(host);
    expect(limit).toBeGreaterThan(16_000);
    expect(limit).toBeLessThan(WINDOW - 10_000);
    expect(response.headers.get("x-understudy-adapted")).toContain(`max_tokens:32000>${limit}`);
  });

  test("half the window must be left, and a limit that fits is kept", async () => {
    await using host = await openHost();
    await using stage = await openOn(host, WINDOW);
    expect((await ask(stage, { model: "behind", words: 8_000, limit: 16_000 })).status).toBe(200);
    expect(limitsAt(host)).toEqual([16_000]);
    const response = await ask(stage, { model: "behind", words: 24_000 });
    expect(attemptsOf(response.headers).at(-1)).toBe("host/small:context_too_long:skipped");
  });

  test("another target is left: that one has room for all of it", async () => {
    await using host = await openHost();
    await using stage = await openOn(host, WINDOW);
    const response = await ask(stage, { model: "before", words: 8_000 });
    expect(attemptsOf(response.headers)).toEqual([
      "host/small:context_too_long:skipped",
      "google/gemini-2.5-flash:ok:200",
    ]);
  });
});

describe("a window that the host tells", () => {
  test("the request is asked once more with what is left, and the next one at once", async () => {
    await using host = await openHost();
    await using stage = await openOn(host, null);
    const first = await ask(stage, { model: "behind", words: 8_000 });
    expect(attemptsOf(first.headers).slice(1)).toEqual(["host/small:context_too_long:400", "host/small:ok:200"]);
    const second = await ask(stage, { model: "behind", words: 8_000 });
    expect(attemptsOf(second.headers).at(-1)).toBe("host/small:ok:200");
    const [refused, lowered = 0, again] = limitsAt(host);
    expect(refused).toBe(32_000);
    expect(lowered).toBeGreaterThan(16_000);
    expect(again).toBe(lowered);
    expect(host.asked).toHaveLength(3);
  });

  test("a prompt that is too long by itself is not asked again", async () => {
    await using host = await openHost();
    await using stage = await openOn(host, null);
    const response = await ask(stage, { model: "behind", words: 40_000 });
    expect(attemptsOf(response.headers).at(-1)).toBe("host/small:context_too_long:400");
    expect(host.asked).toHaveLength(1);
  });
});
