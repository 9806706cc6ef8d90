// An agent's library writes members into a text part that OpenAI does not know, some of which carry the caller's words
// elsewhere. Each call is asked once more without them, not the first one alone.
import { expect, test } from "vitest";
import { attemptsOf, openStage } from "../support/stage.ts";

const call = { id: "call_1", type: "function", function: { name: "f", arguments: "{}" } };
const part = { type: "text", text: "Hello", role: "assistant", tool_calls: [call], refusal: null, annotations: [] };
const tools = [{ type: "function", function: { name: "f", parameters: { type: "object", properties: {} } } }];

test("several unknown members in one part, call after call", async () => {
  await using stage = await openStage({ config: { routes: { agent: { target: "openai/gpt-4o" } } } });
  for (const answered of [1, 2, 3]) {
    const turns = Array.from({ length: answered }, (_, index) => [
      { role: "assistant", content: [part], tool_calls: [{ ...call, id: `call_${index}` }] },
      { role: "tool", tool_call_id: `call_${index}`, content: "done" },
    ]);
    const response = await fetch(`${stage.url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model: "agent", messages: [{ role: "user", content: "Hi" }, ...turns.flat()], tools }),
    });
    expect([response.status, attemptsOf(response.headers)]).toEqual([
      200,
      ["openai/gpt-4o:unsupported:400", "openai/gpt-4o:ok:200"],
    ]);
    expect(response.headers.get("x-understudy-dropped")).toContain("messages.content.tool_calls");
  }
});
