// AWS's own client with the simulator's Bedrock: what it signs, sends and reads is what the gateway must, too.
import {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
} from "@aws-sdk/client-bedrock-runtime";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { afterAll, beforeAll, expect, test } from "vitest";
import { secretOf } from "../../src/simulator/clouds/aws-keys.ts";
import { startSimulator, type Simulator } from "../../src/simulator/simulator.ts";

let simulator: Simulator;
beforeAll(async () => void (simulator = await startSimulator()));
afterAll(() => simulator.close());

function open(secretAccessKey: string = secretOf("AKIASDK")): BedrockRuntimeClient {
  return new BedrockRuntimeClient({
    region: "us-east-1",
    endpoint: simulator.vendors.anthropic.baseUrl.replace("/v1", ""),
    credentials: { accessKeyId: "AKIASDK", secretAccessKey },
    maxAttempts: 1,
    // Its usual one speaks HTTP/2, which the fake service does not.
    requestHandler: new NodeHttpHandler(),
  });
}

const modelId = "us.anthropic.claude-haiku-4-5-20251001-v1:0";
const messages = [{ role: "user", content: "Hi" }];
const body = JSON.stringify({ anthropic_version: "bedrock-2023-05-31", max_tokens: 50, messages });

test("Claude by InvokeModel", async () => {
  const answer = await open().send(new InvokeModelCommand({ modelId, body, contentType: "application/json" }));
  expect(JSON.parse(new TextDecoder().decode(answer.body))).toMatchObject({ type: "message", role: "assistant" });
});

test("Claude by InvokeModelWithResponseStream", async () => {
  const answer = await open().send(new InvokeModelWithResponseStreamCommand({ modelId, body }));
  const types: unknown[] = [];
  for await (const { chunk } of answer.body ?? [])
    types.push((JSON.parse(new TextDecoder().decode(chunk?.bytes)) as { type: unknown }).type);
  expect([types[0], types.at(-1)]).toEqual(["message_start", "message_stop"]);
});

test("refusals and exceptions are its own", async () => {
  await expect(open("wrong").send(new InvokeModelCommand({ modelId, body }))).rejects.toMatchObject({
    name: "InvalidSignatureException",
  });
  await expect(open().send(new InvokeModelCommand({ modelId, body: "{}" }))).rejects.toMatchObject({
    name: "ValidationException",
  });
  simulator.play("anthropic", { fault: "status", status: 429, count: 1 });
  await expect(open().send(new InvokeModelCommand({ modelId, body }))).rejects.toMatchObject({
    name: "ThrottlingException",
  });
  simulator.heal();
  simulator.play("anthropic", { fault: "error-event-mid-stream", status: 503 });
  const answer = await open().send(new InvokeModelWithResponseStreamCommand({ modelId, body }));
  await expect(async () => {
    for await (const _ of answer.body ?? []);
  }).rejects.toMatchObject({ name: "ServiceUnavailableException" });
  simulator.heal();
});

const nova = "us.amazon.nova-lite-v1:0";
const question = [{ role: "user" as const, content: [{ text: "What is the weather in Paris?" }] }];
const toolConfig = {
  tools: [
    { toolSpec: { name: "look_up", inputSchema: { json: { type: "object", properties: { q: { type: "string" } } } } } },
  ],
  toolChoice: { any: {} },
};

test("Converse, with a tool and its result", async () => {
  const client = open();
  const asked = await client.send(new ConverseCommand({ modelId: nova, messages: question, toolConfig }));
  expect(asked.stopReason).toBe("tool_use");
  const message = asked.output?.message;
  const call = message?.content?.find(({ toolUse }) => toolUse !== undefined)?.toolUse;
  const result = { toolUseId: call?.toolUseId, content: [{ text: "Sunny." }] };
  const messages = [...question, message!, { role: "user" as const, content: [{ toolResult: result }] }];
  const { toolChoice: _, ...plainTools } = toolConfig;
  const answer = await client.send(new ConverseCommand({ modelId: nova, messages, toolConfig: plainTools }));
  expect([answer.stopReason, answer.usage?.totalTokens]).toEqual(["end_turn", expect.any(Number)]);
});

test("ConverseStream, and an exception in it", async () => {
  const answer = await open().send(new ConverseStreamCommand({ modelId: nova, messages: question }));
  const events: string[] = [];
  for await (const event of answer.stream ?? []) events.push(...Object.keys(event));
  expect([events[0], events.at(-2), events.at(-1)]).toEqual(["messageStart", "messageStop", "metadata"]);
  simulator.play("anthropic", { fault: "error-event-mid-stream", status: 429 });
  const broken = await open().send(new ConverseStreamCommand({ modelId: nova, messages: question }));
  await expect(async () => {
    for await (const _ of broken.stream ?? []);
  }).rejects.toMatchObject({ name: "ThrottlingException" });
  simulator.heal();
});

test.each([
  ["turns that do not alternate", { messages: [...question, ...question] }],
  ["blank text", { messages: [{ role: "user" as const, content: [{ text: " " }] }] }],
  ["a temperature of 2", { messages: question, inferenceConfig: { temperature: 2 } }],
])("Converse refuses %s", async (_name, input) => {
  await expect(open().send(new ConverseCommand({ modelId: nova, ...input }))).rejects.toMatchObject({
    name: "ValidationException",
  });
});
