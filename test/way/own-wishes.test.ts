// What the gateway asks for by itself (the tokens of a stream) must never cost the answer: a host that refuses the wish is asked
// again without it, or the next target is asked.
import { expect, test } from "vitest";
import { createGateway } from "../../src/index.ts";
import { type FakeAnswer, openFakeVendor } from "../support/fake-vendor.ts";

const chunk = (delta: object, finish: string | null = null): string =>
  JSON.stringify({
    id: "c",
    object: "chat.completion.chunk",
    created: 1,
    model: "m",
    choices: [{ index: 0, delta, finish_reason: finish }],
  });
const hello: FakeAnswer = { body: [chunk({ role: "assistant", content: "Hello" }), chunk({}, "stop"), "[DONE]"] };
const refusal = (message: string): FakeAnswer => ({
  status: 400,
  body: { error: { message, type: "invalid_request_error", param: null, code: null } },
});

const ask = async (hosts: Readonly<Record<string, string>>) => {
  const providers = Object.fromEntries(
    Object.entries(hosts).map(([name, url]) => [name, { kind: "openai-compatible", base_url: url, api_key: "k" }]),
  );
  const fallback = Object.keys(hosts).map((name) => `${name}/m`);
  const gateway = createGateway({ providers, routes: { one: { fallback } } }, { environment: {}, warn: () => {} });
  const response = await gateway.fetch("http://gateway/v1/chat/completions", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "one", stream: true, messages: [{ role: "user", content: "hi" }] }),
  });
  const told = { status: response.status, text: await response.text() };
  await gateway.close();
  return told;
};

test("a host that names the wish is asked again without it", async () => {
  await using host = await openFakeVendor((_path, body) =>
    body.includes("stream_options") ? refusal("stream_options is not supported") : hello,
  );
  expect(await ask({ first: host.baseUrl })).toMatchObject({ status: 200, text: expect.stringContaining("Hello") });
  expect(host.asked).toHaveLength(2);
});

test("a host that goes on to refuse it is left for the next target", async () => {
  await using host = await openFakeVendor(() => refusal("include_usage: no such thing here"));
  await using other = await openFakeVendor(() => hello);
  const told = await ask({ first: host.baseUrl, second: other.baseUrl });
  expect(told).toMatchObject({ status: 200, text: expect.stringContaining("Hello") });
});

test.each([406, 411, 415, 418, 424, 431])("F7: a %i is no word about the caller's body", async (status) => {
  await using host = await openFakeVendor(() => ({ ...refusal("No."), status }));
  await using other = await openFakeVendor(() => hello);
  const told = await ask({ first: host.baseUrl, second: other.baseUrl });
  expect(told).toMatchObject({ status: 200, text: expect.stringContaining("Hello") });
});

test("a member that the vendor's code and param name is left out, though nobody here knows it", async () => {
  await using host = await openFakeVendor((_path, body) =>
    body.includes("chat_template_kwargs")
      ? {
          status: 400,
          body: {
            error: {
              message: "Unsupported parameter: 'chat_template_kwargs' is not supported with this model.",
              type: "invalid_request_error",
              param: "chat_template_kwargs",
              code: "unsupported_parameter",
            },
          },
        }
      : {
          body: {
            id: "c",
            object: "chat.completion",
            created: 1,
            model: "m",
            choices: [{ index: 0, message: { role: "assistant", content: "Hello" }, finish_reason: "stop" }],
          },
        },
  );
  const gateway = createGateway(
    { providers: { first: { kind: "openai-compatible", base_url: host.baseUrl, api_key: "k" } } },
    { environment: {}, warn: () => {} },
  );
  const body = { model: "first/m", messages: [{ role: "user", content: "hi" }], chat_template_kwargs: { thinking: 1 } };
  const response = await gateway.fetch("http://gateway/v1/chat/completions", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  expect([response.status, response.headers.get("x-understudy-dropped")]).toEqual([200, "chat_template_kwargs"]);
  await gateway.close();
});
