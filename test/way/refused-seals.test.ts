// A client brings thoughts that somebody else sealed, of which the gateway knows nothing: another gateway's answers, a host
// of the same protocol, a time before a restart. The vendor refuses the seal, and the conversation must not end for it.
import { expect, test } from "vitest";
import { createGateway, type Gateway } from "../../src/index.ts";
import { openFakeVendor, type FakeAnswer, type FakeVendor } from "../support/fake-vendor.ts";

const foreign = "Zm9yZWlnbi1zZWFs";
const refusals = {
  anthropic: {
    type: "error",
    error: { type: "invalid_request_error", message: "messages.1.content.0: Invalid `signature` in `thinking` block" },
  },
  openai: {
    error: {
      message: "The encrypted content gAAA... could not be verified. Reason: Encrypted content could not be decrypted.",
      type: "invalid_request_error",
      param: null,
      code: "invalid_encrypted_content",
    },
  },
};
const usage = { input_tokens: 1, output_tokens: 1, total_tokens: 2 };
const answers = {
  anthropic: {
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: "claude-sonnet-4-5",
    content: [{ type: "text", text: "Hello" }],
    stop_reason: "end_turn",
    stop_sequence: null,
    usage,
  },
  openai: {
    id: "resp_1",
    object: "response",
    created_at: 5,
    status: "completed",
    model: "gpt-5.4",
    output: [
      {
        id: "msg_1",
        type: "message",
        role: "assistant",
        status: "completed",
        content: [{ type: "output_text", text: "Hello", annotations: [] }],
      },
    ],
    usage,
  },
};
const models = { anthropic: "anthropic/claude-sonnet-4-5", openai: "openai/gpt-5.4" };
const requests = {
  anthropic: [
    "/v1/messages",
    {
      max_tokens: 2000,
      thinking: { type: "enabled", budget_tokens: 1024 },
      messages: [
        { role: "user", content: "Hi" },
        {
          role: "assistant",
          content: [
            { type: "thinking", thinking: "hm", signature: foreign },
            { type: "text", text: "Ho" },
          ],
        },
        { role: "user", content: "More" },
      ],
    },
  ],
  openai: [
    "/v1/responses",
    {
      store: false,
      input: [
        { role: "user", content: "Hi" },
        { type: "reasoning", id: "rs_1", summary: [], encrypted_content: foreign },
        {
          type: "message",
          id: "msg_0",
          role: "assistant",
          content: [{ type: "output_text", text: "Ho", annotations: [] }],
        },
        { role: "user", content: "More" },
      ],
    },
  ],
} as const;

type Vendor = keyof typeof models;

function openVendor(vendor: Vendor, always = false): Promise<FakeVendor> {
  return openFakeVendor((_path, body): FakeAnswer =>
    always || body.includes(foreign) ? { status: 400, body: refusals[vendor] } : { body: answers[vendor] },
  );
}

function open(vendor: Vendor, { baseUrl }: FakeVendor): Gateway {
  return createGateway(
    { providers: { [vendor]: { base_url: baseUrl, api_key: "k" } }, routes: { r: { target: models[vendor] } } },
    { environment: {}, warn: () => {} },
  );
}

async function ask(gateway: Gateway, vendor: Vendor, more: object = {}): Promise<Response> {
  const [path, body] = requests[vendor];
  return gateway.fetch(`http://gateway${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...more },
    body: JSON.stringify({ model: "r", ...body }),
  });
}

test.each(["anthropic", "openai"] as const)("%s is asked again without the seal that it refuses", async (name) => {
  await using vendor = await openVendor(name);
  const gateway = open(name, vendor);
  const response = await ask(gateway, name);
  expect(await response.text()).toContain("Hello");
  expect(vendor.asked).toHaveLength(2);
  expect(vendor.asked[1]?.body).toContain("Ho");
  // From then on it is known.
  expect((await ask(gateway, name)).status).toBe(200);
  expect(vendor.asked).toHaveLength(3);
  await gateway.close();
});

test("F7: a vendor that refuses it all the same is asked twice, and its refusal is returned", async () => {
  await using vendor = await openVendor("anthropic", true);
  const gateway = open("anthropic", vendor);
  const response = await ask(gateway, "anthropic");
  expect(response.status).toBe(400);
  expect(await response.text()).toContain("Invalid `signature`");
  expect(vendor.asked).toHaveLength(2);
  await gateway.close();
});
