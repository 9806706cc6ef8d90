// One target at several regions of a cloud, over real sockets: a region without quota, or down, leads to the next one, and
// what is known of a region stays with it.
import { describe, expect, test } from "vitest";
import type { ConfigFile } from "../../src/index.ts";
import { openFakeVendor, overloaded, type FakeAnswer, type FakeVendor } from "../support/fake-vendor.ts";
import { attemptsOf, openStage, type Stage } from "../support/stage.ts";

const quota: FakeAnswer = {
  status: 429,
  headers: { "retry-after": "30" },
  body: {
    error: { code: 429, message: "Quota exceeded for aiplatform.googleapis.com.", status: "RESOURCE_EXHAUSTED" },
  },
};
const tooLong: FakeAnswer = {
  status: 400,
  body: {
    error: {
      code: 400,
      message: "The input token count (9000000) exceeds the maximum number of tokens allowed (1048576).",
      status: "INVALID_ARGUMENT",
    },
  },
};
const answered: FakeAnswer = {
  body: {
    candidates: [{ content: { role: "model", parts: [{ text: "Here I am." }] }, finishReason: "STOP", index: 0 }],
    usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 3, totalTokenCount: 4 },
  },
};

interface Regions extends AsyncDisposable {
  readonly stage: Stage;
  readonly cloud: FakeVendor;
  ask(model: string): Promise<Response>;
}

const places = ["europe-west1", "europe-west4", "global"];

async function openRegions(
  answers: (region: string) => FakeAnswer,
  own: NonNullable<NonNullable<ConfigFile["providers"]>[string]> = {},
): Promise<Regions> {
  const cloud = await openFakeVendor((path) => answers(/locations\/([^/]+)/u.exec(path)?.[1] ?? ""));
  const stage = await openStage({
    config: {
      providers: {
        vertex: {
          base_url: `${cloud.baseUrl}/projects/p/locations/{location}`,
          project: "p",
          location: places,
          api_key: "the-key",
          ...own,
        },
      },
      routes: {
        assistant: {
          fallback: ["vertex/gemini-2.5-flash", "openai/gpt-4o"],
          retry: { attempts: 0 },
        },
        quota_only: {
          fallback: [{ target: "vertex/gemini-2.5-flash", fallback_on: ["rate_limited"] }, "openai/gpt-4o"],
          retry: { attempts: 0 },
        },
      },
    },
  });
  return {
    stage,
    cloud,
    ask: (model) =>
      fetch(`${stage.url}/v1/chat/completions`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ model, messages: [{ role: "user", content: "Where are you?" }] }),
      }),
    async [Symbol.asyncDispose]() {
      await stage[Symbol.asyncDispose]();
      await cloud[Symbol.asyncDispose]();
    },
  };
}

const regionsAsked = ({ cloud }: Regions) => cloud.asked.map(({ path }) => /locations\/([^/]+)/u.exec(path)?.[1]);

describe("a target in three regions", () => {
  test("a region without quota leads to the next one, and is spared afterwards", async () => {
    await using regions = await openRegions((region) => (region === "europe-west1" ? quota : answered));
    const first = await regions.ask("vertex/gemini-2.5-flash");
    expect([first.status, attemptsOf(first.headers)]).toEqual([
      200,
      ["vertex.europe-west1/gemini-2.5-flash:rate_limited:429", "vertex.europe-west4/gemini-2.5-flash:ok:200"],
    ]);
    expect(first.headers.get("x-understudy-target")).toBe("vertex.europe-west4/gemini-2.5-flash");
    const second = await regions.ask("vertex/gemini-2.5-flash");
    expect(attemptsOf(second.headers)).toEqual(["vertex.europe-west4/gemini-2.5-flash:ok:200"]);
    expect(regionsAsked(regions)).toEqual(["europe-west1", "europe-west4", "europe-west4"]);
  });

  test("the rest of the route follows when all regions are down, and each has a breaker of its own", async () => {
    await using regions = await openRegions((region) => (region === "global" ? answered : overloaded));
    for (const _call of [1, 2, 3, 4, 5]) expect((await regions.ask("assistant")).status).toBe(200);
    const after = await regions.ask("assistant");
    expect(attemptsOf(after.headers)).toEqual(["vertex.global/gemini-2.5-flash:ok:200"]);
    expect(JSON.stringify(regions.stage.gateway.status())).toContain("vertex.europe-west4/gemini-2.5-flash");
    await using down = await openRegions(() => overloaded);
    const elsewhere = await down.ask("assistant");
    expect(attemptsOf(elsewhere.headers)).toEqual([
      ...places.map((place) => `vertex.${place}/gemini-2.5-flash:overloaded:503`),
      "openai/gpt-4o:ok:200",
    ]);
  });

  test("a request that the model refuses asks no other region", async () => {
    await using regions = await openRegions(() => tooLong);
    const response = await regions.ask("assistant");
    expect(attemptsOf(response.headers)).toEqual([
      "vertex.europe-west1/gemini-2.5-flash:context_too_long:400",
      "openai/gpt-4o:ok:200",
    ]);
  });

  test("the target's own fallback_on says when all of its regions are left", async () => {
    await using regions = await openRegions(() => overloaded);
    const response = await regions.ask("quota_only");
    expect([response.ok, attemptsOf(response.headers).length]).toEqual([false, 3]);
    await using full = await openRegions(() => quota);
    expect((await full.ask("quota_only")).headers.get("x-understudy-target")).toBe("openai/gpt-4o");
  });

  test("Portkey's header names the provider, and gets its regions", async () => {
    await using regions = await openRegions((region) => (region === "europe-west1" ? overloaded : answered));
    const response = await fetch(`${regions.stage.url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-portkey-provider": "vertex-ai" },
      body: JSON.stringify({ model: "gemini-2.5-flash", messages: [{ role: "user", content: "Hi" }] }),
    });
    expect(response.status).toBe(200);
    expect(regionsAsked(regions)).toEqual(["europe-west1", "europe-west4"]);
  });

  test("`by: weight` spreads the calls", async () => {
    await using regions = await openRegions(() => answered, { by: "weight" });
    for (let call = 0; call < 40; call += 1) await regions.ask("vertex/gemini-2.5-flash");
    expect(new Set(regionsAsked(regions)).size).toBe(3);
  });

  test("a demanded region is asked of the places that lie in it alone", async () => {
    await using regions = await openRegions(() => answered, {
      location: ["us-east5", "europe-west4"],
      models: { "*": { region: "eu" } },
    });
    const response = await fetch(`${regions.stage.url}/v1/messages`, {
      method: "POST",
      headers: { "content-type": "application/json", "anthropic-version": "2023-06-01" },
      body: JSON.stringify({
        model: "vertex/gemini-2.5-flash",
        max_tokens: 9,
        inference_geo: "eu",
        messages: [{ role: "user", content: "Hi" }],
      }),
    });
    expect([response.status, regionsAsked(regions)]).toEqual([200, ["europe-west4"]]);
  });
});
