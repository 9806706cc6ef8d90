// What an attempt cost stands in the ledger, by list price or the operator's own, where the vendor counted: over real
// sockets, from the vendor's answer to the ledger's file.
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import OpenAI from "openai";
import { expect, test } from "vitest";
import type { LedgerEntry } from "../../src/index.ts";
import { assistant, openStage, type Stage } from "../support/stage.ts";

const client = ({ url }: Stage): OpenAI => new OpenAI({ apiKey: "unused", baseURL: `${url}/v1`, maxRetries: 0 });
const ask = (stage: Stage, model: string): Promise<OpenAI.ChatCompletion> =>
  client(stage).chat.completions.create({ model, messages: [{ role: "user", content: "Who stands in?" }] });

/** US dollars for the tokens that an entry tells of, at so much for a million. */
const sumOf = ({ inputTokens, outputTokens }: LedgerEntry, input: number, output: number): number =>
  ((inputTokens ?? Number.NaN) * input + (outputTokens ?? Number.NaN) * output) / 1_000_000;

test("two attempts, one cost: who failed counted nothing, who stood in is paid by the list, in memory and in the file", async () => {
  const folder = await mkdtemp(join(tmpdir(), "understudy-costs-"));
  const file = join(folder, "ledger.jsonl");
  try {
    const stage = await openStage({ config: { routes: { assistant }, ledger: { file } } });
    stage.simulator.play("google", { fault: "status", status: 403 });
    const { usage } = await ask(stage, "assistant");
    const entries = stage.gateway.attempts();
    await stage[Symbol.asyncDispose]();
    const [failed, stoodIn] = entries;
    expect(entries).toHaveLength(2);
    expect(failed).toMatchObject({ target: "google/gemini-2.5-flash", usageFrom: null, cost: null });
    expect(stoodIn).toMatchObject({ target: "openai/gpt-4o", inputTokens: usage?.prompt_tokens, usageFrom: "vendor" });
    expect(stoodIn?.cost).toBeGreaterThan(0);
    expect(stoodIn?.cost).toBeCloseTo(sumOf(stoodIn as LedgerEntry, 2.5, 10), 10);
    const lines = (await readFile(file, "utf8")).trim().split("\n");
    expect(lines.map((line) => (JSON.parse(line) as LedgerEntry).cost)).toEqual([null, stoodIn?.cost]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test("streamed and named directly, at the operator's own price, and at no price that anybody knows", async () => {
  const own = { target: "openai/gpt-4o", price: { input: 1, output: 2 } };
  await using stage = await openStage({ config: { routes: { own } } });
  await using elsewhere = await openStage({
    config: {
      providers: {
        local: { kind: "openai-compatible", base_url: stage.simulator.vendors.openai.baseUrl, api_key: "openai-key" },
      },
    },
  });
  const stream = await client(stage).chat.completions.create({
    model: "google/gemini-2.5-flash",
    messages: [{ role: "user", content: "Who stands in?" }],
    stream: true,
    stream_options: { include_usage: true },
  });
  for await (const chunk of stream) expect(chunk.object).toBe("chat.completion.chunk");
  await ask(stage, "own");
  await expect.poll(() => stage.gateway.attempts()).toHaveLength(2);
  const [listed, owned] = stage.gateway.attempts() as [LedgerEntry, LedgerEntry];
  expect(listed.cost).toBeCloseTo(sumOf(listed, 0.3, 2.5), 10);
  expect(owned.cost).toBeCloseTo(sumOf(owned, 1, 2), 10);
  await ask(elsewhere, "local/gpt-4o");
  expect(elsewhere.gateway.attempts()).toMatchObject([{ verdict: "ok", usageFrom: "vendor", cost: null }]);
});

test("a route in a request's own headers is paid by the list too", async () => {
  await using stage = await openStage();
  const headers = { "x-portkey-provider": "openai" };
  await client(stage).chat.completions.create(
    { model: "gpt-4o-mini", messages: [{ role: "user", content: "Who stands in?" }] },
    { headers: { ...headers, authorization: "Bearer a-key-of-the-callers" } },
  );
  const [entry] = stage.gateway.attempts();
  expect(entry?.cost).toBeCloseTo(sumOf(entry as LedgerEntry, 0.15, 0.6), 10);
});

test("a gateway that starts does not load the list; one that looks a price up does", async () => {
  const url = (path: string): string =>
    JSON.stringify(pathToFileURL(join(import.meta.dirname, "..", "..", "src", path)).href);
  const script = `
    import { createRequire } from "node:module";
    import { createGateway } from ${url("index.ts")};
    import { catalog } from ${url("providers/catalog.ts")};
    const { cache } = createRequire(import.meta.url);
    const isLoaded = () => Object.keys(cache).some((path) => path.includes("genai-prices"));
    const gateway = createGateway({
      providers: { openai: { api_key: "a-key" } },
      routes: { cheap: { balance: ["openai/gpt-4o", "openai/gpt-4o-mini"], by: "cost" } },
    });
    await gateway.listen({ port: 0 });
    const before = isLoaded();
    catalog.get("openai").tariff("gpt-4o").price();
    console.log(before, isLoaded());
    await gateway.close();
  `;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", script]);
  expect(stdout.trim()).toBe("false true");
});
