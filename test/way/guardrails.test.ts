// A guardrail of Amazon Bedrock as a setting of its provider: each kind of request asks for it in its own way, no caller can
// take it off, and where it intervenes the verdict is `policy_blocked`, with its findings in the ledger and no quote.
import { describe, expect, test } from "vitest";
import { secretOf } from "../../src/simulator/clouds/aws-keys.ts";
import { BLOCKED_WORDS } from "../../src/simulator/clouds/guardrail.ts";
import { createGateway, type ConfigFile } from "../../src/index.ts";
import { attemptsOf, openStage, type Stage } from "../support/stage.ts";

type Guardrail = NonNullable<NonNullable<NonNullable<ConfigFile["providers"]>[string]>["guardrail"]>;

const claude = "bedrock/eu.anthropic.claude-sonnet-4-5-20250929-v1:0";
const nova = "bedrock/us.amazon.nova-2-lite-v1:0";
const open = "bedrock/openai.gpt-oss-120b-1:0";
const usual: Guardrail = { id: "gr1", version: "3", trace: "enabled" };
const id = "AKIASIMULATED0000001";

function openCloud(guardrail: Guardrail = usual): Promise<Stage> {
  return openStage({
    config: ({ vendors }) => ({
      providers: {
        bedrock: {
          base_url: vendors.anthropic.baseUrl.replace("/v1", ""),
          region: "eu-central-1",
          credentials: { access_key_id: id, secret_access_key: secretOf(id) },
          guardrail,
        },
      },
      routes: {
        next: { fallback: [nova, "openai/gpt-4o"], fallback_on: ["default", "policy_blocked"] },
      },
    }),
  });
}

function ask({ url }: Stage, path: string, body: object): Promise<Response> {
  return fetch(`${url}${path}`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      // Of a caller that wants another one.
      "x-amzn-bedrock-guardrailidentifier": "other",
      "x-amzn-bedrock-trace": "DISABLED",
    },
    body: JSON.stringify({ max_tokens: 50, ...body }),
  });
}

const hello = [{ role: "user", content: "Hi" }];
const insult = [{ role: "user", content: "BLOCK ME" }];

describe.each([false, true])("streamed: %s", (stream) => {
  test.each([claude, nova, open])("%s: an intervention is told", async (model) => {
    await using stage = await openCloud();
    for (const path of ["/v1/chat/completions", "/v1/messages"]) {
      const response = await ask(stage, path, { model, messages: insult, stream });
      const text = await response.text();
      expect(response.status).toBe(200);
      if (model !== open || !stream) expect(text).toContain(BLOCKED_WORDS);
      expect(text).not.toContain("event: error");
      const entry = stage.gateway.attempts(1)[0];
      expect(entry).toMatchObject({
        verdict: "policy_blocked",
        message: "contentPolicy INSULTS BLOCKED, wordPolicy customWords BLOCKED",
      });
    }
  });

  test.each([claude, nova, open])("%s: without one, the answer is an answer", async (model) => {
    await using stage = await openCloud({ id: "gr1", version: "DRAFT", stream: "async" });
    const response = await ask(stage, "/v1/chat/completions", { model, messages: hello, stream });
    await response.text();
    expect(stage.gateway.attempts(1)[0]).toMatchObject({ verdict: "ok", message: null });
    const { headers, body } = stage.simulator.log()[0]!;
    if (model === nova) {
      const mode = stream ? { streamProcessingMode: "async" } : {};
      expect(body).toHaveProperty("guardrailConfig", {
        guardrailIdentifier: "gr1",
        guardrailVersion: "DRAFT",
        ...mode,
      });
    } else
      expect(headers).toMatchObject({
        "x-amzn-bedrock-guardrailidentifier": "gr1",
        "x-amzn-bedrock-guardrailversion": "DRAFT",
      });
    if (model === claude && stream)
      expect(body).toHaveProperty("amazon-bedrock-guardrailConfig", { streamProcessingMode: "ASYNCHRONOUS" });
    else expect(body).not.toHaveProperty("amazon-bedrock-guardrailConfig");
  });

  test("a route that wants to leaves it for the stand-in", async () => {
    await using stage = await openCloud();
    const response = await ask(stage, "/v1/messages", { model: "next", messages: insult, stream });
    await response.text();
    const targets = attemptsOf(response.headers);
    // What has been said in a stream stays said.
    if (stream) expect(targets).toHaveLength(1);
    else expect(targets).toEqual([`${nova}:policy_blocked:200`, "openai/gpt-4o:ok:200"]);
  });
});

test("no caller takes the guardrail off", async () => {
  await using stage = await openCloud();
  const response = await ask(stage, "/v1/messages", { model: claude, messages: insult });
  expect(await response.json()).toMatchObject({ "amazon-bedrock-guardrailAction": "INTERVENED" });
  expect(attemptsOf(response.headers)).toEqual([`${claude}:policy_blocked:200`]);
  expect(stage.simulator.log()[0]?.headers).toMatchObject({
    "x-amzn-bedrock-guardrailidentifier": "gr1",
    "x-amzn-bedrock-trace": "ENABLED",
  });
});

test.each([
  ["another vendor", { openai: { api_key: "sk-x", guardrail: usual } }, /guardrail.*is no setting of OpenAI/u],
  ["no id", { bedrock: { region: "us-east-1", guardrail: { ...usual, id: "not an id" } } }, /guardrail's id or ARN/u],
  ["no version", { bedrock: { region: "us-east-1", guardrail: { ...usual, version: "last" } } }, /a number, or DRAFT/u],
])("%s: the configuration is refused", (_name, providers, words) => {
  expect(() => createGateway({ providers }, { environment: {} })).toThrow(words);
});
