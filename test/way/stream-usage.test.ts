// A streamed OpenAI answer tells its tokens only where it is asked to. The gateway always asks, so that the ledger has
// them; a caller that did not ask gets the stream that it expects.
import { expect, test } from "vitest";
import { openFakeVendor, type FakeVendor } from "../support/fake-vendor.ts";
import { createGateway, type Gateway } from "../../src/index.ts";

const usage = { prompt_tokens: 7, completion_tokens: 2, total_tokens: 9 };

const chunk = (more: object): string =>
  JSON.stringify({ id: "c1", object: "chat.completion.chunk", created: 5, model: "gpt-4o", choices: [], ...more });
const said = [
  chunk({ choices: [{ index: 0, delta: { role: "assistant", content: "Hello" }, finish_reason: null }] }),
  chunk({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }] }),
];

/** As OpenAI: usage where it is asked for; with `refuses`, a host that does not know the wish. */
function openVendor(refuses = false): Promise<FakeVendor> {
  return openFakeVendor((_path, body) => {
    const options = (JSON.parse(body) as { stream_options?: { include_usage?: boolean } }).stream_options;
    if (refuses && options !== undefined) {
      const error = { message: "Unknown parameter: 'stream_options'.", param: "stream_options" };
      return { status: 400, body: { error: { ...error, type: "invalid_request_error", code: "unknown_parameter" } } };
    }
    return { body: [...said, ...(options?.include_usage === true ? [chunk({ usage })] : []), "[DONE]"] };
  });
}

function open(vendor: FakeVendor): Gateway {
  const providers = { openai: { base_url: vendor.baseUrl, api_key: "k" } };
  return createGateway({ providers, routes: { r: { target: "openai/gpt-4o" } } }, { environment: {}, warn: () => {} });
}

async function ask(gateway: Gateway, more: object = {}): Promise<{ text: string; response: Response }> {
  const response = await gateway.fetch("http://gateway/v1/chat/completions", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "r", stream: true, messages: [{ role: "user", content: "Hi" }], ...more }),
  });
  return { text: await response.text(), response };
}

const counted = { inputTokens: 7, outputTokens: 2, usageFrom: "vendor" };

test("F14: the ledger has the tokens of a stream whose caller did not ask for them", async () => {
  await using vendor = await openVendor();
  const gateway = open(vendor);
  const { text, response } = await ask(gateway);
  expect(text).toContain("Hello");
  expect(text).not.toContain("prompt_tokens");
  expect(text).toMatch(/\[DONE\]\n\n$/u);
  expect(response.headers.get("x-understudy-dropped")).toBeNull();
  expect(gateway.attempts()).toMatchObject([{ verdict: "ok", ...counted }]);
  await gateway.close();
});

test("a caller that asks gets them, and its other options go along", async () => {
  await using vendor = await openVendor();
  const gateway = open(vendor);
  expect((await ask(gateway, { stream_options: { include_usage: true } })).text).toContain("prompt_tokens");
  await ask(gateway, { stream_options: { include_obfuscation: false } });
  expect(vendor.asked.map(({ body }) => (JSON.parse(body) as { stream_options: unknown }).stream_options)).toEqual([
    { include_usage: true },
    { include_obfuscation: false, include_usage: true },
  ]);
  await gateway.close();
});

test("a host that does not know the wish is asked without it, from then on at once", async () => {
  await using vendor = await openVendor(true);
  const gateway = open(vendor);
  for (const _ of [1, 2]) {
    const { text, response } = await ask(gateway);
    expect([response.status, text.includes("Hello")]).toEqual([200, true]);
  }
  expect(vendor.asked).toHaveLength(3);
  await gateway.close();
});
