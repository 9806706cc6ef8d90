// An alias of a Claude that nobody here knows: clients send their newest form, and what the model behind it refuses is
// learnt from its own words. The very request that was refused is answered, and the next ones are not refused any more.
import { expect, test } from "vitest";
import type { JsonObject } from "../../src/core/json.ts";
import { openFakeVendor, type FakeAnswer, type FakeVendor } from "../support/fake-vendor.ts";
import { openStage, type Stage } from "../support/stage.ts";
import { checkRequest } from "../../src/simulator/anthropic/check-request.ts";
import { Complaint } from "../../src/simulator/anthropic/envelope.ts";

const newest = {
  model: "assistant",
  max_tokens: 32_000,
  thinking: { type: "adaptive", display: "summarized" },
  output_config: { effort: "high" },
  context_management: { edits: [{ type: "clear_thinking_20251015", keep: "all" }] },
  messages: [
    { role: "user", content: "What is on stage?" },
    { role: "system", content: "Be brief." },
  ],
  tools: [{ name: "look", input_schema: { type: "object", properties: {} } }],
};

/** A model as the simulator knows it, under a name that tells nothing. */
function behind(model: string): (path: string, body: string) => FakeAnswer {
  return (_, body) => {
    try {
      const { stream: _stream, ...request } = JSON.parse(body) as JsonObject;
      checkRequest({ ...request, model }, { version: "2023-06-01", betas: new Set() });
    } catch (error) {
      if (!(error instanceof Complaint)) throw error;
      return { status: 400, body: { type: "error", error: { type: "invalid_request_error", message: error.message } } };
    }
    const content = [{ type: "text", text: "A chair." }];
    const usage = { input_tokens: 1, output_tokens: 2 };
    return {
      body: { id: "msg_1", type: "message", role: "assistant", model, content, stop_reason: "end_turn", usage },
    };
  };
}

function openAlias(vendor: FakeVendor): Promise<Stage> {
  return openStage({
    config: {
      routes: { assistant: { fallback: ["anthropic/stage-hand"], retry: { attempts: 0 } } },
      providers: { anthropic: { base_url: vendor.baseUrl, api_key: "key" } },
    },
  });
}

function ask(stage: Stage, body: JsonObject, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${stage.url}/v1/messages`, {
    method: "POST",
    headers: { "content-type": "application/json", "anthropic-version": "2023-06-01", ...headers },
    body: JSON.stringify(body),
  });
}

test("a beta that the host does not know is withheld from then on", async () => {
  const refusal = "Unexpected value(s) `new-2026-11-01` for the `anthropic-beta` header.";
  const answer = behind("claude-opus-5");
  let betas: unknown = "";
  await using vendor = await openFakeVendor((path, body) => {
    betas = vendor.asked.at(-1)?.headers["anthropic-beta"];
    if (!String(betas as string).includes("new-2026-11-01")) return answer(path, body);
    return { status: 400, body: { type: "error", error: { type: "invalid_request_error", message: refusal } } };
  });
  await using stage = await openAlias(vendor);
  const put = (): Promise<Response> => ask(stage, newest, { "anthropic-beta": "old-2026-01-01, new-2026-11-01" });
  expect((await put()).status).toBe(200);
  expect(betas).toBe("old-2026-01-01");
  expect((await put()).status).toBe(200);
  expect(vendor.asked).toHaveLength(3);
});

test.each<[model: string, body: JsonObject, dropped: string | null]>([
  ["claude-haiku-4-5", newest, null],
  ["claude-sonnet-4-20250514", newest, null],
  ["claude-3-5-haiku-latest", { ...newest, max_tokens: 8000 }, "reasoning_effort, context_management.clear_thinking"],
  ["claude-opus-4-6", { ...newest, output_config: { effort: "xhigh" } }, "reasoning_effort"],
  ["claude-opus-4-7", { ...newest, thinking: { type: "enabled", budget_tokens: 4096 } }, null],
  ["claude-opus-4-8", { ...newest, fallbacks: "default" }, "fallbacks"],
  ["claude-opus-5-5", { ...newest, tool_choice: { type: "any" } }, null],
])("%s behind an alias takes what it is sent from its first refusals on", async (model, body, dropped) => {
  await using vendor = await openFakeVendor(behind(model));
  await using stage = await openAlias(vendor);
  const put = (): Promise<Response> => ask(stage, body);
  // Each refusal teaches one thing, and one request is asked again once.
  const statuses: number[] = [];
  for (let call = 0; call < 4 && statuses.at(-1) !== 200; call += 1) statuses.push((await put()).status);
  expect(statuses.at(-1)).toBe(200);
  expect(statuses.length).toBeLessThanOrEqual(2);
  const before = vendor.asked.length;
  const answer = await put();
  expect(answer.status).toBe(200);
  expect(vendor.asked).toHaveLength(before + 1);
  expect(answer.headers.get("x-understudy-dropped")).toBe(dropped);
});
