// F8 from end to end, over real sockets: what a target cannot serve is found before it is asked, for clients of every
// protocol; a skipped vendor sees nothing at all, and where nobody is left the caller is told what, and who.
import { describe, expect, test } from "vitest";
import type { ConfigFile } from "../../src/index.ts";
import { attemptsOf, openStage, type Stage } from "../support/stage.ts";

const png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

interface Client {
  readonly name: string;
  readonly path: (model: string) => string;
  /** A question with this text, and the image where one is wanted. */
  readonly ask: (model: string, text: string, image?: boolean) => Record<string, unknown>;
  /** The same with a setting that has no place at `lacks`. */
  readonly setting: Record<string, unknown>;
  readonly lacks: string;
  readonly takes: string;
  /** The member that holds the conversation. */
  readonly conversation: string;
  /** The member for the answer's limit. */
  readonly limit: (tokens: number) => Record<string, unknown>;
  readonly read: (error: unknown) => { readonly code: unknown; readonly message: string };
}

interface Failure {
  readonly error: {
    readonly verdict: unknown;
    readonly message: string;
    readonly details?: readonly { reason?: string }[];
  };
  readonly attempts?: readonly object[];
}
/** The verdict, which is the same for clients of every protocol. */
const readError = (body: unknown) => {
  const { error } = body as Failure;
  return { code: error.verdict, message: error.message };
};

const clients: readonly Client[] = [
  {
    name: "Chat Completions",
    path: () => "/v1/chat/completions",
    ask: (model, text, image = false) => {
      const picture = [{ type: "image_url", image_url: { url: `data:image/png;base64,${png}` } }];
      return { model, messages: [{ role: "user", content: image ? [{ type: "text", text }, ...picture] : text }] };
    },
    setting: { seed: 7 },
    lacks: "anthropic/claude-sonnet-4-5",
    takes: "openai/gpt-4o",
    conversation: "messages",
    limit: (max_completion_tokens) => ({ max_completion_tokens }),
    read: readError,
  },
  {
    name: "Responses",
    path: () => "/v1/responses",
    ask: (model, text, image = false) => {
      const picture = [{ type: "input_image", image_url: `data:image/png;base64,${png}` }];
      const content = [{ type: "input_text", text }, ...picture];
      return { model, input: image ? [{ role: "user", content }] : text };
    },
    setting: { metadata: { a: "b" } },
    lacks: "google/gemini-2.5-flash",
    takes: "openai/gpt-4o",
    conversation: "input",
    limit: (max_output_tokens) => ({ max_output_tokens }),
    read: readError,
  },
  {
    name: "Messages",
    path: () => "/v1/messages",
    ask: (model, text, image = false) => {
      const picture = [{ type: "image", source: { type: "base64", media_type: "image/png", data: png } }];
      const content = image ? [{ type: "text", text }, ...picture] : text;
      return { model, max_tokens: 100, messages: [{ role: "user", content }] };
    },
    setting: { top_k: 5 },
    lacks: "openai/gpt-4o",
    takes: "google/gemini-2.5-flash",
    conversation: "messages",
    limit: (max_tokens) => ({ max_tokens }),
    read: readError,
  },
  {
    name: "Gemini",
    path: (model) => `/v1beta/models/${model}:generateContent`,
    ask: (_, text, image = false) => {
      const picture = image ? [{ inlineData: { mimeType: "image/png", data: png } }] : [];
      return { contents: [{ role: "user", parts: [{ text }, ...picture] }] };
    },
    setting: { generationConfig: { topK: 5 } },
    lacks: "openai/gpt-4o",
    takes: "google/gemini-2.5-flash",
    conversation: "contents",
    limit: (maxOutputTokens) => ({ generationConfig: { maxOutputTokens } }),
    read: (body) => {
      const { message, details } = (body as Failure).error;
      const reason = details?.map((one) => one.reason).find((one) => one !== undefined);
      return { message, code: reason?.toLowerCase() };
    },
  },
];

const routes: ConfigFile["routes"] = {
  small: { fallback: ["openai/gpt-4", "google/gemini-2.5-flash"], retry: { attempts: 0 } },
  smallest: { fallback: ["openai/gpt-4", "openai/gpt-3.5-turbo"], retry: { attempts: 0 } },
};

async function send(
  stage: Stage,
  client: Client,
  {
    model,
    body,
    headers = {},
  }: {
    readonly model: string;
    readonly body: Record<string, unknown>;
    readonly headers?: Record<string, string>;
  },
): Promise<Response> {
  const sent = { "content-type": "application/json", ...headers };
  return fetch(`${stage.url}${client.path(model)}`, { method: "POST", headers: sent, body: JSON.stringify(body) });
}

/** Which models were asked, in order, as their vendors saw it. */
const seen = ({ simulator }: Stage): (string | null)[] => simulator.log().map((entry) => entry.model);
const words = (count: number): string => "lorem ipsum dolor ".repeat(count);

describe.each(clients)("F8, a client of $name", (client) => {
  test("an image is not shown to a model that cannot see", async () => {
    await using stage = await openStage({ config: { routes } });
    const response = await send(stage, client, { model: "small", body: client.ask("small", "What is it?", true) });
    expect([response.status, attemptsOf(response.headers)]).toEqual([
      200,
      ["openai/gpt-4:unsupported:skipped", "google/gemini-2.5-flash:ok:200"],
    ]);
    expect(response.headers.get("x-understudy-skipped")).toBe(
      `openai/gpt-4: ${client.conversation}: gpt-4 does not accept images`,
    );
    expect(response.headers.get("server-timing")).toContain('desc="openai/gpt-4 unsupported skipped";dur=0.0');
    expect(seen(stage)).toEqual(["gemini-2.5-flash"]);
    expect(stage.gateway.attempts()).toMatchObject([
      {
        target: "openai/gpt-4",
        verdict: "unsupported",
        skipped: true,
        status: null,
        message: `${client.conversation}: gpt-4 does not accept images`,
      },
      { target: "google/gemini-2.5-flash", verdict: "ok", status: 200 },
    ]);
  });

  test("what is clearly too long for one is asked of the next", async () => {
    await using stage = await openStage({ config: { routes } });
    const response = await send(stage, client, { model: "small", body: client.ask("small", words(3_000)) });
    expect([response.status, attemptsOf(response.headers)[0]]).toEqual([200, "openai/gpt-4:context_too_long:skipped"]);
    expect(seen(stage)).toEqual(["gemini-2.5-flash"]);
    const short = await send(stage, client, { model: "small", body: client.ask("small", words(300)) });
    expect(attemptsOf(short.headers)[0]).toMatch(/^openai\/gpt-4:.*:\d{3}$/u);
  });

  test("the limit of the answer counts", async () => {
    await using stage = await openStage({ config: { routes } });
    const ask = (tokens: number) => ({ ...client.ask("small", words(1_000)), ...client.limit(tokens) });
    const little = await send(stage, client, { model: "small", body: ask(1_000) });
    expect(attemptsOf(little.headers)[0]).toMatch(/^openai\/gpt-4:.*:\d{3}$/u);
    const much = await send(stage, client, { model: "small", body: ask(7_000) });
    expect(attemptsOf(much.headers)[0]).toBe("openai/gpt-4:context_too_long:skipped");
  });

  test("where nobody is left: a 400 with the field, the targets and the numbers, and no vendor was asked", async () => {
    await using stage = await openStage({ config: { routes } });
    const long = await send(stage, client, { model: "smallest", body: client.ask("smallest", words(6_000)) });
    expect([long.status, long.headers.get("x-should-retry")]).toEqual([400, "false"]);
    const body: unknown = await long.json();
    const { code, message } = client.read(body);
    expect(code).toBe("context_too_long");
    expect(message).toMatch(
      /openai\/gpt-4: \w+: gpt-4 has a context window of 8192 tokens; the request needs about 2\d{4}/u,
    );
    expect(message).toMatch(/openai\/gpt-3\.5-turbo: \w+: gpt-3\.5-turbo has a context window of 16385 tokens/u);
    expect(JSON.stringify(body)).toContain('"skipped":true');
    const image = await send(stage, client, { model: "smallest", body: client.ask("smallest", "Look", true) });
    const told = client.read(await image.json());
    expect([image.status, told.code]).toEqual([400, "unsupported"]);
    expect(told.message).toMatch(
      /does not accept images; openai\/gpt-3\.5-turbo: \w+: gpt-3\.5-turbo does not accept images/u,
    );
    expect(seen(stage)).toEqual([]);
  });

  test("strict: a target that would have to leave something out is skipped", async () => {
    const fallback = { fallback: [client.lacks, client.takes] };
    await using stage = await openStage({ config: { routes: { strictly: fallback, alone: client.lacks } } });
    const body = { ...client.ask("strictly", "Hi"), ...client.setting };
    const loose = await send(stage, client, { model: "strictly", body });
    expect(attemptsOf(loose.headers)).toEqual([`${client.lacks}:ok:200`]);
    expect(loose.headers.get("x-understudy-dropped")).not.toBeNull();
    const headers = { "x-understudy-strict": "true" };
    const strict = await send(stage, client, { model: "strictly", body, headers });
    expect([strict.status, attemptsOf(strict.headers)]).toEqual([
      200,
      [`${client.lacks}:unsupported:skipped`, `${client.takes}:ok:200`],
    ]);
    expect(strict.headers.get("x-understudy-dropped")).toBeNull();
    expect(seen(stage)).toHaveLength(2);
    const alone = { ...body, ...("model" in body ? { model: "alone" } : {}) };
    const failed = await send(stage, client, { model: "alone", body: alone, headers });
    expect([failed.status, client.read(await failed.json())]).toMatchObject([400, { code: "unsupported" }]);
    expect(seen(stage)).toHaveLength(2);
  });

  test("strict is true or false", async () => {
    await using stage = await openStage({ config: { routes } });
    const body = client.ask("small", "Hi");
    const wrong = await send(stage, client, { model: "small", body, headers: { "x-understudy-strict": "yes" } });
    expect([wrong.status, client.read(await wrong.json())]).toMatchObject([
      400,
      { code: "bad_request", message: expect.stringContaining('"yes" is neither true nor false') as string },
    ]);
    const off = await send(stage, client, { model: "small", body, headers: { "x-understudy-strict": "false" } });
    expect(off.status).toBe(200);
  });

  test("the operator's word on a model goes before the tables", async () => {
    await using stage = await openStage({ config: { routes } });
    const { openai } = stage.simulator.vendors;
    const models = {
      "gpt-4o*": { images: false, context: 500 },
      mine: { like: "openai/gpt-4" },
      "gpt-4": { images: true },
    };
    const config: ConfigFile = {
      providers: { openai: { base_url: openai.baseUrl, api_key: "k", models } },
      routes: { blind: "openai/gpt-4o-mini", deployed: "openai/mine", seeing: "openai/gpt-4" },
    };
    await using other = await openStage({ config: config as never });
    const see = async (model: string) =>
      attemptsOf((await send(other, client, { model, body: client.ask(model, "Look", true) })).headers)[0];
    expect(await see("blind")).toBe("openai/gpt-4o-mini:unsupported:skipped");
    expect(await see("deployed")).toBe("openai/mine:unsupported:skipped");
    expect(await see("seeing")).not.toContain("skipped");
    const long = await send(other, client, { model: "blind", body: client.ask("blind", words(200)) });
    expect(attemptsOf(long.headers)).toEqual(["openai/gpt-4o-mini:context_too_long:skipped"]);
  });

  test("too long, says a vendor: only larger windows are asked after it", async () => {
    const fallback = ["google/gemini-2.5-flash", "openai/gpt-4", "anthropic/claude-sonnet-4-5"];
    await using stage = await openStage({ config: { routes: { long: { fallback } } } });
    stage.simulator.play("google", { fault: "status", status: 400, contextLength: true, count: 1 });
    const response = await send(stage, client, { model: "long", body: client.ask("long", words(700)) });
    expect([response.status, attemptsOf(response.headers)]).toEqual([
      200,
      [
        "google/gemini-2.5-flash:context_too_long:400",
        "openai/gpt-4:context_too_long:skipped",
        "anthropic/claude-sonnet-4-5:ok:200",
      ],
    ]);
  });
});

describe("what a refusal teaches", () => {
  const [chat] = clients as readonly [Client];
  const config = { routes: { one: "openai/gpt-4o", two: { fallback: ["openai/gpt-4o", "google/gemini-2.5-flash"] } } };
  const ask = (stage: Stage, model: string, more: Record<string, unknown>) =>
    send(stage, chat, { model, body: { ...chat.ask(model, "Hi"), ...more } });
  const refuse = (stage: Stage, name: string): string =>
    stage.simulator.play("openai", { fault: "status", status: 400, unsupportedParameter: name, count: 1 });

  test("a target is asked again without the field, and from then on at once", async () => {
    await using stage = await openStage({ config });
    refuse(stage, "verbosity");
    const first = await ask(stage, "one", { verbosity: "low" });
    expect(attemptsOf(first.headers)).toEqual(["openai/gpt-4o:unsupported:400", "openai/gpt-4o:ok:200"]);
    expect(first.headers.get("x-understudy-dropped")).toBe("verbosity");
    const second = await ask(stage, "one", { verbosity: "low", temperature: 0.5 });
    expect(attemptsOf(second.headers)).toEqual(["openai/gpt-4o:ok:200"]);
    expect(second.headers.get("x-understudy-dropped")).toBe("verbosity");
    expect(stage.simulator.log().at(-1)?.body).toMatchObject({ temperature: 0.5 });
    expect(stage.simulator.log().at(-1)?.body).not.toHaveProperty("verbosity");
    const plain = await ask(stage, "one", {});
    expect(plain.headers.get("x-understudy-dropped")).toBeNull();
    const body = { ...chat.ask("one", "Hi"), verbosity: "low" };
    const strict = await send(stage, chat, { model: "one", body, headers: { "x-understudy-strict": "true" } });
    expect([strict.status, attemptsOf(strict.headers)]).toEqual([400, ["openai/gpt-4o:unsupported:skipped"]]);
  });

  test("so is one with a stand-in behind it, but for strict callers, who get the stand-in", async () => {
    await using stage = await openStage({ config });
    refuse(stage, "seed");
    const first = await ask(stage, "two", { seed: 3 });
    expect(attemptsOf(first.headers)).toEqual(["openai/gpt-4o:unsupported:400", "openai/gpt-4o:ok:200"]);
    expect(first.headers.get("x-understudy-dropped")).toBe("seed");
    const body = { ...chat.ask("two", "Hi"), seed: 3 };
    const headers = { "x-understudy-strict": "true" };
    const second = await send(stage, chat, { model: "two", body, headers });
    expect(attemptsOf(second.headers)).toEqual(["openai/gpt-4o:unsupported:skipped", "google/gemini-2.5-flash:ok:200"]);
    await using fresh = await openStage({ config });
    refuse(fresh, "seed");
    const third = await send(fresh, chat, { model: "two", body: { ...chat.ask("two", "Hi"), seed: 3 }, headers });
    expect(attemptsOf(third.headers)).toEqual([
      "openai/gpt-4o:unsupported:400",
      "openai/gpt-4o:unsupported:skipped",
      "google/gemini-2.5-flash:ok:200",
    ]);
  });

  test("the answer's limit goes by the name that is taken", async () => {
    await using stage = await openStage({ config });
    refuse(stage, "max_tokens");
    const first = await ask(stage, "one", { max_tokens: 77 });
    expect(attemptsOf(first.headers)).toEqual(["openai/gpt-4o:unsupported:400", "openai/gpt-4o:ok:200"]);
    expect(first.headers.get("x-understudy-adapted")).toBe("max_tokens:max_tokens>max_completion_tokens");
    expect(stage.simulator.log().at(-1)?.body).toMatchObject({ max_completion_tokens: 77 });
  });

  test("what cannot be left out passes the target over", async () => {
    await using stage = await openStage({ config });
    refuse(stage, "logprobs");
    await ask(stage, "two", { logprobs: true });
    const second = await ask(stage, "two", { logprobs: true });
    expect(attemptsOf(second.headers)).toEqual(["openai/gpt-4o:unsupported:skipped", "google/gemini-2.5-flash:ok:200"]);
    expect(attemptsOf((await ask(stage, "two", {})).headers)).toEqual(["openai/gpt-4o:ok:200"]);
  });

  test("a window that a vendor names holds from then on", async () => {
    const unknown = { routes: { mine: { fallback: ["openai/ft:mine", "google/gemini-2.5-flash"] } } };
    await using stage = await openStage({ config: unknown });
    stage.simulator.play("openai", { fault: "status", status: 400, contextLength: true, count: 1 });
    await send(stage, chat, { model: "mine", body: chat.ask("mine", "Hi") });
    stage.simulator.clearLog();
    const response = await send(stage, chat, { model: "mine", body: chat.ask("mine", words(40_000)) });
    expect(attemptsOf(response.headers)).toEqual([
      "openai/ft:mine:context_too_long:skipped",
      "google/gemini-2.5-flash:ok:200",
    ]);
    expect(seen(stage)).toEqual(["gemini-2.5-flash"]);
  });
});
