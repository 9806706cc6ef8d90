// Members that a vendor does not know. An agent's library repeats an answer with the answer's own members on its text part, some of
// which carry the caller's words: they are known to be refused there. Of others the vendor's refusals tell.
import { describe, expect, test } from "vitest";
import { attemptsOf, openStage, type Stage } from "../support/stage.ts";

const call = { id: "call_1", type: "function", function: { name: "f", arguments: "{}" } };
const whole = { role: "assistant", refusal: null, annotations: [] };
const tools = [{ type: "function", function: { name: "f", parameters: { type: "object", properties: {} } } }];

const talk = (answered: number): readonly Body[] => [
  { role: "user", content: "Hi" },
  ...Array.from({ length: answered }, (_, index) => {
    const tool_calls = [{ ...call, id: `call_${index}` }];
    return [
      { role: "assistant", content: [{ type: "text", text: "Hello", ...whole, tool_calls }], tool_calls },
      { role: "tool", tool_call_id: `call_${index}`, content: "done" },
    ];
  }).flat(),
];

test.each(["openai/gpt-4o", "together/gpt-4o-mini"])(
  "an answer's own members on its text part are not sent to %s, call after call",
  async (target) => {
    await using stage = await openStage({ hosts: ["together"], config: { routes: { agent: { target } } } });
    for (const answered of [1, 2, 3]) {
      const response = await post(stage, "/v1/chat/completions", { messages: talk(answered), tools });
      expect([response.status, attemptsOf(response.headers)]).toEqual([200, [`${target}:ok:200`]]);
      expect(response.headers.get("x-understudy-dropped")).toBeNull();
    }
  },
);

test("the same where nothing is called", async () => {
  await using stage = await openStage({ config: { routes: { agent: { target: "openai/gpt-4o" } } } });
  const said = { role: "assistant", content: [{ type: "text", text: "Hello", role: "assistant", annotations: [] }] };
  const messages = [{ role: "user", content: "Hi" }, said, { role: "user", content: "And?" }];
  const response = await post(stage, "/v1/chat/completions", { messages });
  expect([response.status, attemptsOf(response.headers)]).toEqual([200, ["openai/gpt-4o:ok:200"]]);
  expect(response.headers.get("x-understudy-dropped")).toBeNull();
});

type Body = Readonly<Record<string, unknown>>;

const post = (stage: Stage, path: string, body: Body): Promise<Response> =>
  fetch(stage.url + path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "agent", ...body }),
  });

describe("different refusals in a row, from a single target", () => {
  const half = `Hello ${"\ud83c"}`;

  test.each([
    [
      "a member that Chat Completions does not have, and half of an emoji",
      "openai/gpt-4o",
      "/v1/chat/completions",
      { messages: [{ role: "user", content: half }], safe_prompt: true },
      ["bad_request:400", "unsupported:400", "ok:200"],
    ],
    [
      "two members that Responses does not have",
      "openai/gpt-4o",
      "/v1/responses",
      { input: "Hello", safe_prompt: true, guided_json: {} },
      ["unsupported:400", "unsupported:400", "ok:200"],
    ],
    [
      "half of an emoji and two members that Claude does not have",
      "anthropic/claude-sonnet-4-5",
      "/v1/messages",
      { max_tokens: 50, messages: [{ role: "user", content: half }], safe_prompt: true, guided_json: {} },
      ["bad_request:400", "unsupported:400", "unsupported:400", "ok:200"],
    ],
  ] as const)("%s", async (...[, target, path, body, verdicts]) => {
    await using stage = await openStage({ config: { routes: { agent: { target } } } });
    const response = await post(stage, path, body);
    const told = verdicts.map((verdict) => `${target}:${verdict}`);
    expect([response.status, attemptsOf(response.headers)]).toEqual([200, told]);
    // What was learnt holds for the next one's bytes, which would fit by all that the tables know.
    expect(attemptsOf((await post(stage, path, body)).headers)).toEqual(told.slice(-1));
  });
});
