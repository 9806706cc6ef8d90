// What an agent's own blocks say arrives at the stand-in: the words of a tool's result, of a page, of a document. A call that
// has lost its question goes to nobody, and a strict one not to a target that would lose anything.
import { describe, expect, test } from "vitest";
import { attemptsOf, openStage, type Stage } from "../support/stage.ts";

const config = {
  routes: {
    agent: { fallback: ["anthropic/claude-sonnet-4-5", "openai/gpt-4o", "google/gemini-2.5-flash"] },
    reasoner: { target: "openai/gpt-5" },
    others: { fallback: ["openai/gpt-4o", "google/gemini-2.5-flash"] },
  },
};
const tools = ["ToolSearch", "WebFetch"].map((name) => ({ name, input_schema: { type: "object", properties: {} } }));

/** The second step of an agent that looked for a tool. */
function step(model: string, ...content: readonly object[]): object {
  return {
    model,
    max_tokens: 100,
    tools,
    messages: [
      { role: "user", content: "Fetch the page." },
      {
        role: "assistant",
        content: [{ type: "tool_use", id: "toolu_1", name: "ToolSearch", input: { query: "web" } }],
      },
      { role: "user", content: [{ type: "tool_result", tool_use_id: "toolu_1", content }] },
    ],
  };
}

const ask = (stage: Stage, body: object, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${stage.url}/v1/messages`, {
    method: "POST",
    headers: { "content-type": "application/json", "anthropic-version": "2023-06-01", ...headers },
    body: JSON.stringify(body),
  });

/** The last request that a vendor was sent. */
function sentTo(stage: Stage, vendor: "openai" | "google"): string {
  const entry = stage.simulator.log().findLast((one) => one.vendor === vendor);
  return JSON.stringify(entry?.body);
}

const reference = { type: "tool_reference", tool_name: "WebFetch" };
const found = { type: "text", text: "found" };
const sealed = { type: "hologram", data: "AAAA" };

describe("an agent whose vendor is down", () => {
  test.each(["openai", "google"] as const)("%s gets the words of a tool's result", async (vendor) => {
    await using stage = await openStage({ config });
    stage.simulator.play("anthropic", { fault: "status", status: 529 });
    if (vendor === "google") stage.simulator.play("openai", { fault: "status", status: 503 });
    const response = await ask(stage, step("agent", reference, found));
    expect([response.status, response.headers.get("x-understudy-dropped")]).toEqual([200, null]);
    expect(sentTo(stage, vendor)).toContain("tool_name: WebFetch\\nfound");
  });

  test("what a model does not take at all is dropped, and is not also reported as changed", async () => {
    await using stage = await openStage({ config });
    const stop_sequences = ["a", "b", "c", "d", "e"];
    const body = { model: "reasoner", max_tokens: 100, messages: [{ role: "user", content: "Hi" }], stop_sequences };
    const { status, headers } = await ask(stage, body);
    const adapted = headers.get("x-understudy-adapted") ?? "";
    expect([status, headers.get("x-understudy-dropped"), adapted.includes("stop")]).toEqual([200, "stop", false]);
  });

  test("what cannot be carried is named by its place, and a strict call goes to nobody who would lose it", async () => {
    await using stage = await openStage({ config });
    const response = await ask(stage, step("others", sealed, found));
    expect([response.status, response.headers.get("x-understudy-dropped")]).toEqual([
      200,
      "messages[2].content[0].content[0]",
    ]);
    const before = stage.simulator.log().length;
    const strict = await ask(stage, step("others", sealed, found), { "x-understudy-strict": "true" });
    expect([strict.status, attemptsOf(strict.headers)]).toEqual([
      400,
      ["openai/gpt-4o:unsupported:skipped", "google/gemini-2.5-flash:unsupported:skipped"],
    ]);
    expect(stage.simulator.log()).toHaveLength(before);
  });

  test.each([
    ["reasoning_content", { reasoning_details: [{ type: "reasoning.text", text: "First.", index: 0 }] }],
    ["reasoning_content", { thinking_blocks: [{ type: "thinking", thinking: "First.", signature: "U0lH" }] }],
    ["messages.reasoning_details", { reasoning_details: [{ type: "reasoning.encrypted", data: "U0lH" }] }],
  ])("reasoning in a form of routers is reported as %s, and skips a strict caller's target", async (named, answer) => {
    await using stage = await openStage({ config });
    const messages = [
      { role: "user", content: "Hi" },
      { role: "assistant", content: "Ho", ...answer },
      { role: "user", content: "More" },
    ];
    const chat = (headers = {}): Promise<Response> =>
      fetch(`${stage.url}/v1/chat/completions`, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: JSON.stringify({ model: "others", messages }),
      });
    const response = await chat();
    expect([response.status, response.headers.get("x-understudy-dropped")]).toEqual([200, named]);
    expect(attemptsOf((await chat({ "x-understudy-strict": "true" })).headers)).toEqual([
      "openai/gpt-4o:unsupported:skipped",
      "google/gemini-2.5-flash:unsupported:skipped",
    ]);
  });

  test("a question of which nothing is left is put to nobody else, and the caller is told which", async () => {
    await using stage = await openStage({ config });
    const lost = { model: "others", max_tokens: 100, messages: [{ role: "user", content: [sealed] }] };
    const response = await ask(stage, lost);
    const { error } = (await response.json()) as { error: { type: string; message: string } };
    expect([response.status, error.type]).toEqual([400, "invalid_request_error"]);
    expect(error.message).toContain("messages[0].content[0]: this target cannot read this message");
    expect(stage.simulator.log()).toHaveLength(0);
  });
});

describe("what the vendor ran itself, and files that lie there, when it is down", () => {
  const talk = (model: string): object => ({
    model,
    max_tokens: 100,
    messages: [
      {
        role: "user",
        content: [
          { type: "text", text: "Count." },
          { type: "container_upload", file_id: "file_0123" },
        ],
      },
      {
        role: "assistant",
        content: [
          { type: "server_tool_use", id: "srvtoolu_1", name: "code_execution", input: { code: "print(41 + 1)" } },
          {
            type: "code_execution_tool_result",
            tool_use_id: "srvtoolu_1",
            content: { type: "code_execution_result", stdout: "42", stderr: "", return_code: 0, content: [] },
          },
          { type: "text", text: "Done." },
        ],
      },
      { role: "user", content: "What did it print?" },
    ],
  });

  test.each(["openai", "google"] as const)("are told to %s, in words", async (vendor) => {
    await using stage = await openStage({ config });
    stage.simulator.play("anthropic", { fault: "status", status: 529 });
    if (vendor === "google") stage.simulator.play("openai", { fault: "status", status: 503 });
    const response = await ask(stage, talk("agent"));
    expect([response.status, response.headers.get("x-understudy-dropped")]).toEqual([
      200,
      "messages[0].content[1].file_id",
    ]);
    expect(response.headers.get("x-understudy-adapted")).toContain("messages.code_execution_tool_result:blocks>text");
    const sent = sentTo(stage, vendor);
    expect(sent).toContain("[A file cannot be shown here.]");
    expect(sent).toContain("<assistant_code_execution_tool_result>\\nstdout: 42\\n");
  });

  test("its own bytes go to it as they came, and a strict call to nobody else", async () => {
    await using stage = await openStage({ config });
    expect((await ask(stage, talk("agent"))).headers.get("x-understudy-dropped")).toBeNull();
    const strict = await ask(stage, talk("others"), { "x-understudy-strict": "true" });
    expect([strict.status, attemptsOf(strict.headers)]).toEqual([
      400,
      ["openai/gpt-4o:unsupported:skipped", "google/gemini-2.5-flash:unsupported:skipped"],
    ]);
  });
});
