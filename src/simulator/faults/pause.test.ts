// Answers that pause: a token or a turn returns the rest, and only the right one.
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { asRecord, recordsOf, type JsonRecord } from "../json-record.ts";
import { startSimulator, type Simulator } from "../simulator.ts";

let simulator: Simulator;
beforeEach(async () => {
  simulator = await startSimulator();
});
afterEach(async () => {
  await simulator.close();
});

async function post(url: string, body: JsonRecord): Promise<{ status: number; data: JsonRecord }> {
  const headers = {
    "content-type": "application/json",
    "x-goog-api-key": "k",
    "x-api-key": "k",
    "anthropic-version": "2023-06-01",
  };
  const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
  return { status: answer.status, data: (await answer.json()) as JsonRecord };
}

describe("Gemini 4", () => {
  const contents = [{ role: "user", parts: [{ text: "Tell me of bread." }] }];
  const ask = (more: JsonRecord = {}, model = "gemini-4-pro") =>
    post(`${simulator.vendors.google.baseUrl}/models/${model}:generateContent`, { contents, ...more });
  const candidateOf = ({ data }: { data: JsonRecord }): JsonRecord => recordsOf(data["candidates"])[0] ?? {};
  const textOf = (answer: { data: JsonRecord }): string =>
    recordsOf(asRecord(candidateOf(answer)["content"])?.["parts"])
      .map(({ text }) => String(text))
      .join("");

  it("gives a token, and the rest for it, though the script is over", async () => {
    const whole = textOf(await ask());
    simulator.play("google", { fault: "pause", times: 2, count: 1 });
    const texts: string[] = [];
    let answer = await ask();
    for (; candidateOf(answer)["finishReason"] === "CONTINUATION";) {
      texts.push(textOf(answer));
      answer = await ask({ continuationToken: candidateOf(answer)["continuationToken"] });
    }
    expect(candidateOf(answer)).toMatchObject({ finishReason: "STOP" });
    expect(candidateOf(answer)).not.toHaveProperty("continuationToken");
    expect([...texts, textOf(answer)].join("")).toBe(whole);
    expect(texts).toHaveLength(2);
  });

  it("refuses a token of another conversation, and one that nobody gave", async () => {
    simulator.play("google", { fault: "pause", count: 1 });
    const token = candidateOf(await ask())["continuationToken"];
    const other = [{ role: "user", parts: [{ text: "Of the sea." }] }];
    expect((await ask({ continuationToken: token, contents: other })).status).toBe(400);
    expect((await ask({ continuationToken: "made up" })).status).toBe(400);
    expect((await ask({ continuationToken: token })).status).toBe(200);
  });

  it("earlier models never pause", async () => {
    simulator.play("google", { fault: "pause" });
    expect(candidateOf(await ask({}, "gemini-2.5-flash"))["finishReason"]).toBe("STOP");
  });
});

describe("Anthropic", () => {
  const question = { role: "user", content: "Tell me of bread." };
  const search = { type: "web_search_20250305", name: "web_search" };
  const ask = (more: JsonRecord = {}) =>
    post(`${simulator.vendors.anthropic.baseUrl}/messages`, {
      model: "claude-opus-4-8",
      max_tokens: 500,
      tools: [search],
      messages: [question],
      ...more,
    });

  it("pauses behind a call of its tool's, and goes on where the turn is sent back", async () => {
    simulator.play("anthropic", { fault: "pause", count: 1 });
    const { data } = await ask();
    expect(data).toMatchObject({ stop_reason: "pause_turn", content: [{ type: "text" }, { type: "server_tool_use" }] });
    const turn = { role: "assistant", content: data["content"] };
    const rest = await ask({ messages: [question, turn] });
    expect(rest.data).toMatchObject({
      stop_reason: "end_turn",
      content: [{ type: "web_search_tool_result" }, { type: "text" }],
    });
  });

  it("takes no other turn of the assistant's for a paused one", async () => {
    const turn = { role: "assistant", content: [{ type: "text", text: "Bread is" }] };
    expect((await ask({ messages: [question, turn] })).status).toBe(400);
  });

  it("never pauses without tools of its own", async () => {
    simulator.play("anthropic", { fault: "pause" });
    expect((await ask({ tools: [] })).data["stop_reason"]).toBe("end_turn");
  });
});
