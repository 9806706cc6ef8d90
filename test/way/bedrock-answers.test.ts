// Answers and refusals of Bedrock that the simulator does not give, from a vendor of the test's own.
import { expect, test } from "vitest";
import { openFakeVendor, type FakeAnswer } from "../support/fake-vendor.ts";
import { attemptsOf, openStage } from "../support/stage.ts";

const claude = "bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0";
const nova = "bedrock/us.amazon.nova-lite-v1:0";
const hello = [{ role: "user", content: "Hi" }];

interface Told {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
  readonly bodies: readonly string[];
}

async function play(model: string, answers: readonly FakeAnswer[]): Promise<Told> {
  let count = 0;
  await using vendor = await openFakeVendor(() => answers[Math.min(count++, answers.length - 1)]!);
  await using stage = await openStage({
    config: {
      providers: {
        bedrock: { base_url: vendor.baseUrl.replace("/v1", ""), region: "us-east-1", api_key: "bedrock-key" },
      },
    },
  });
  const response = await fetch(`${stage.url}/v1/messages`, {
    method: "POST",
    headers: { "content-type": "application/json", "anthropic-beta": "new-thing-2027-01-01" },
    body: JSON.stringify({ model, max_tokens: 9, messages: hello }),
  });
  const { status, headers } = response;
  return { status, text: await response.text(), headers, bodies: vendor.asked.map(({ body }) => body) };
}

function refusal(status: number, name: string, body: object): FakeAnswer {
  return {
    status,
    body,
    headers: { "x-amzn-errortype": `${name}:http://internal.amazon.com/coral/com.amazon.bedrock/` },
  };
}

const message = {
  id: "msg_bdrk_1",
  type: "message",
  role: "assistant",
  model: "claude-sonnet-4-5-20250929",
  content: [{ type: "text", text: "Hello" }],
  stop_reason: "end_turn",
  stop_sequence: null,
  usage: { input_tokens: 1, output_tokens: 1 },
};

test("a beta that Bedrock does not know is left out of the body, too, and reported", async () => {
  const { status, headers, bodies } = await play(claude, [
    refusal(400, "ValidationException", { message: "invalid beta flag" }),
    { body: message },
  ]);
  expect([status, bodies.length]).toEqual([200, 2]);
  expect(bodies.map((body) => body.includes("new-thing-2027-01-01"))).toEqual([true, false]);
  expect(headers.get("x-understudy-dropped")).toContain("anthropic-beta");
});

test.each([
  [claude, 429, "ThrottlingException", { message: "Too many requests" }, "rate_limited"],
  [claude, 403, "AccessDeniedException", { Message: "User: x is not authorized" }, "forbidden"],
  [
    nova,
    403,
    "UnrecognizedClientException",
    { message: "The security token included in the request is invalid." },
    "bad_key",
  ],
  [nova, 400, "ValidationException", { message: "Input is too long for requested model." }, "context_too_long"],
  [claude, 400, "ValidationException", { message: "Input is too long for requested model." }, "context_too_long"],
  [nova, 408, "ModelTimeoutException", { message: "late" }, "server_error"],
  [nova, 404, "ResourceNotFoundException", { message: "no model" }, "unknown_model"],
  [nova, 503, "ServiceUnavailableException", { message: "down" }, "overloaded"],
] as const)("%s: %d %s %j is %s", async (...[model, status, name, body, verdict]) => {
  const { headers } = await play(model, [refusal(status, name, body)]);
  expect(attemptsOf(headers)[0]).toContain(`:${verdict}:${status}`);
});

test("words of an exception with a capital letter are told", async () => {
  const { text } = await play(claude, [
    refusal(403, "AccessDeniedException", { Message: "User: x is not authorized" }),
  ]);
  expect(text).toContain("User: x is not authorized");
});

test("what a guardrail wrote in place of the answer is told, as filtered", async () => {
  const content = [{ text: "Sorry, no." }];
  const body = {
    output: { message: { role: "assistant", content } },
    stopReason: "guardrail_intervened",
    usage: { inputTokens: 1, outputTokens: 1, totalTokens: 2 },
  };
  const { status, text } = await play(nova, [{ body }]);
  expect([status, text]).toEqual([200, expect.stringContaining("Sorry, no.")]);
  expect(text).toContain('"stop_reason":"refusal"');
});
