// Histories that stand-ins accept, over real sockets: what one vendor takes and another one's template or validator refuses
// is put into its order, for clients of its own protocol too; what a host was not known to refuse is learnt.
import { describe, expect, test } from "vitest";
import { attemptsOf, openStage, type Stage } from "../support/stage.ts";

const hosts = ["vllm", "mistral", "xai", "perplexity"];

async function post(stage: Stage, path: string, body: object): Promise<Response> {
  const headers = { "content-type": "application/json" };
  return fetch(`${stage.url}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
}

const chat = (stage: Stage, model: string, messages: readonly object[]): Promise<Response> =>
  post(stage, "/v1/chat/completions", { model, messages });

/** The roles that the last vendor asked saw, and the first message. */
function seen({ simulator }: Stage): { roles: string[]; first: unknown; text: string } {
  const body = simulator.log().at(-1)?.body as { messages: { role: string; content: unknown }[] };
  const [first] = body.messages;
  return { roles: body.messages.map(({ role }) => role), first: first?.content, text: JSON.stringify(body) };
}

const call = { id: "abcDEF123", type: "function", function: { name: "look", arguments: "{}" } };
const called = [
  { role: "user", content: "Look." },
  { role: "assistant", content: null, tool_calls: [call] },
  { role: "tool", tool_call_id: call.id, content: "rain" },
];
const two = [
  { role: "system", content: "Be brief." },
  { role: "developer", content: "Answer in English." },
  { role: "user", content: "Hello" },
];

describe("F8, system messages that a template refuses", () => {
  test("several in front are one to a host of open models", async () => {
    await using stage = await openStage({ hosts });
    const response = await chat(stage, "vllm/qwen3.8-27b", two);
    expect(response.status).toBe(200);
    expect(seen(stage)).toMatchObject({ roles: ["system", "user"], first: "Be brief.\n\nAnswer in English." });
    expect(response.headers.get("x-understudy-adapted")).toBe("role:developer>system, messages.system:2>1");
  });

  test("a late one is the user's words there, and stays what it is at OpenAI", async () => {
    await using stage = await openStage({ hosts });
    const messages = [...two.slice(0, 1), ...called, { role: "system", content: "Hurry." }];
    expect((await chat(stage, "vllm/qwen3.8-27b", messages)).status).toBe(200);
    expect(seen(stage).roles).toEqual(["system", "user", "assistant", "tool", "user"]);
    expect(seen(stage).text).toContain("<system>\\nHurry.\\n</system>");
    expect((await chat(stage, "openai/gpt-4o", messages)).status).toBe(200);
    expect(seen(stage).roles).toEqual(["system", "user", "assistant", "tool", "system"]);
  });

  test("instructions and a developer's item of a Responses client too", async () => {
    await using stage = await openStage({ hosts });
    const input = [
      { role: "developer", content: "Answer in English." },
      { role: "user", content: "Hello" },
      { role: "developer", content: "Hurry." },
    ];
    const body = { model: "vllm/qwen3.8-27b", instructions: "Be brief.", input };
    expect((await post(stage, "/v1/responses", body)).status).toBe(200);
    expect(seen(stage)).toMatchObject({ roles: ["system", "user", "user"], first: "Be brief.\n\nAnswer in English." });
  });

  test("what a host was not known to refuse is learnt, and the same request is asked again", async () => {
    await using stage = await openStage({ hosts });
    const first = await chat(stage, "xai/qwen3.8-27b", two);
    expect([first.status, attemptsOf(first.headers)]).toEqual([
      200,
      ["xai/qwen3.8-27b:unsupported:400", "xai/qwen3.8-27b:ok:200"],
    ]);
    const second = await chat(stage, "xai/qwen3.8-27b", two);
    expect(attemptsOf(second.headers)).toEqual(["xai/qwen3.8-27b:ok:200"]);
    expect(seen(stage).roles).toEqual(["system", "user"]);
  });
});

describe("F8, turns that a validator refuses", () => {
  test("the user's word after a result", async () => {
    await using stage = await openStage({ hosts });
    const messages = [...called, { role: "user", content: "And tomorrow?" }];
    expect((await chat(stage, "mistral/mistral-large-latest", messages)).status).toBe(200);
    expect(seen(stage).roles).toEqual(["user", "assistant", "tool", "assistant", "user"]);
  });

  test("two turns of the user's, at a template that wants them by turns", async () => {
    await using stage = await openStage({ hosts });
    const messages = [...two.slice(0, 1), ...two.slice(2), { role: "user", content: "Are you there?" }];
    for (const model of ["vllm/gemma3:27b", "perplexity/gemma3:27b"]) {
      expect((await chat(stage, model, messages)).status).toBe(200);
      expect(seen(stage).roles.filter((role) => role !== "system")).toEqual(["user"]);
    }
  });
});
