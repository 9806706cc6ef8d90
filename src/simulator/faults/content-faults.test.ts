// Faults in the content of an answer: usage, endings, choices, tools, refusals. Checked in each dialect's own format.
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { asRecord, asText, recordsOf, type JsonRecord } from "../json-record.ts";
import { startSimulator, vendors, type FaultScript, type Simulator, type Vendor } from "../simulator.ts";
import { ask, eventsOf, type Question } from "../simulator.test-support.ts";

let simulator: Simulator;
beforeEach(async () => {
  simulator = await startSimulator();
});
afterEach(async () => {
  await simulator.close();
});

async function eventsUnder(script: FaultScript, vendor: Vendor, question: Question = {}): Promise<JsonRecord[]> {
  simulator.play(vendor, { ...script, count: 1 });
  const answer = await ask(simulator, vendor, { stream: true, ...question });
  expect(answer.status).toBe(200);
  return recordsOf(eventsOf(await answer.text()).filter((event) => event !== "[DONE]"));
}

async function wholeUnder(script: FaultScript, vendor: Vendor, question: Question = {}): Promise<JsonRecord> {
  simulator.play(vendor, { ...script, count: 1 });
  const answer = await ask(simulator, vendor, question);
  expect(answer.status).toBe(200);
  return (await answer.json()) as JsonRecord;
}

const usagePattern = /"(usage|usageMetadata)": ?\{|"(usage|usageMetadata)":\{/g;
const finishPattern = /"(finish_reason|stop_reason|finishReason)":"/g;

function count(pattern: RegExp, value: unknown): number {
  return (JSON.stringify(value).match(pattern) ?? []).length;
}

describe.each(vendors)("usage of %s", (vendor) => {
  it("is missing everywhere", async () => {
    expect(count(usagePattern, await eventsUnder({ fault: "usage-missing" }, vendor))).toBe(0);
    expect(count(usagePattern, await wholeUnder({ fault: "usage-missing" }, vendor))).toBe(0);
  });

  it("is sent once more at the end", async () => {
    const events = await eventsUnder({ fault: "usage-twice" }, vendor);
    const usages = events.map((event) => event["usage"] ?? event["usageMetadata"]).filter((usage) => usage != null);
    expect(usages.length).toBeGreaterThan(1);
    expect(usages.at(-1)).toEqual(usages.at(-2));
  });

  it("stands at an odd place", async () => {
    const events = await eventsUnder({ fault: "usage-odd" }, vendor);
    expect(count(usagePattern, events)).toBeGreaterThan(0);
    expect(events.every((event) => event["usage"] == null && event["usageMetadata"] == null)).toBe(true);
    const whole = await wholeUnder({ fault: "usage-odd" }, vendor);
    if (vendor === "anthropic") expect(whole["usage"]).toMatchObject({ output_tokens: null });
    else expect(whole).not.toHaveProperty(vendor === "google" ? "usageMetadata" : "usage");
  });
});

describe.each(vendors)("endings of %s", (vendor) => {
  it("come twice, without repeating the text", async () => {
    simulator.heal();
    const healthy = eventsOf(await (await ask(simulator, vendor, { stream: true })).text());
    const events = await eventsUnder({ fault: "duplicate-finish" }, vendor);
    expect(count(finishPattern, events)).toBe(count(finishPattern, healthy) + 1);
    expect(count(/bread/g, events)).toBe(count(/bread/g, healthy));
  });

  it("name the reason they are told to", async () => {
    const reason = { google: "RECITATION", openai: "length", anthropic: "pause_turn" }[vendor];
    expect(JSON.stringify(await eventsUnder({ fault: "finish-reason", reason }, vendor))).toContain(`"${reason}"`);
    expect(JSON.stringify(await wholeUnder({ fault: "finish-reason", reason }, vendor))).toContain(`"${reason}"`);
  });

  it("come without any text", async () => {
    const events = await eventsUnder({ fault: "empty-text" }, vendor);
    expect(count(finishPattern, events)).toBe(1);
    expect(count(/"(text|content)":"[^"]/g, events)).toBe(0);
    expect(count(/"(text|content)":"[^"]/g, await wholeUnder({ fault: "empty-text" }, vendor))).toBe(0);
  });

  it("have no choices at all", async () => {
    const key = { google: "candidates", openai: "choices", anthropic: "content" }[vendor];
    expect((await wholeUnder({ fault: "empty-choices" }, vendor))[key]).toEqual([]);
    const events = await eventsUnder({ fault: "empty-choices" }, vendor);
    expect(events.length).toBeGreaterThan(0);
    expect(count(/"text":"[^"]|"content":"[^"]/g, events)).toBe(0);
  });
});

describe("a refusal on policy grounds", () => {
  it("is promptFeedback at Google", async () => {
    const whole = await wholeUnder({ fault: "policy-block" }, "google");
    expect(whole).toMatchObject({ promptFeedback: { blockReason: "SAFETY" } });
    expect(whole).not.toHaveProperty("candidates");
    const [only, ...others] = await eventsUnder({ fault: "policy-block" }, "google");
    expect(only).toMatchObject({ promptFeedback: { blockReason: "SAFETY" } });
    expect(others).toEqual([]);
  });

  it("is content_filter at OpenAI", async () => {
    const whole = await wholeUnder({ fault: "policy-block" }, "openai", { tools: true });
    expect(whole["choices"]).toMatchObject([{ finish_reason: "content_filter", message: { content: "" } }]);
  });

  it("is a refusal at Anthropic", async () => {
    const whole = await wholeUnder({ fault: "policy-block" }, "anthropic");
    expect(whole).toMatchObject({ stop_reason: "refusal", stop_details: { type: "refusal" }, content: [] });
  });
});

describe("tool arguments cut", () => {
  const question = { tools: true, text: "Weather in Paris please" };

  it("do not parse at OpenAI, streamed or whole", async () => {
    const whole = await wholeUnder({ fault: "tool-arguments-cut" }, "openai", question);
    const [choice] = recordsOf(whole["choices"]);
    const [call] = recordsOf(asRecord(choice?.["message"])?.["tool_calls"]);
    expect(choice?.["finish_reason"]).toBe("tool_calls");
    expect(() => JSON.parse(asRecord(call?.["function"])?.["arguments"] as string) as unknown).toThrow(SyntaxError);
    const events = await eventsUnder({ fault: "tool-arguments-cut" }, "openai", question);
    const pieces = events
      .flatMap((event) => recordsOf(event["choices"]))
      .flatMap((one) => recordsOf(asRecord(one["delta"])?.["tool_calls"]));
    const text = pieces.map((piece) => asRecord(piece["function"])?.["arguments"]).join("");
    expect(text.startsWith("{")).toBe(true);
    expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError);
  });

  it("do not parse in Anthropic's stream, and are missing in the whole answer", async () => {
    const events = await eventsUnder({ fault: "tool-arguments-cut" }, "anthropic", question);
    const text = events.map((event) => asText(asRecord(event["delta"])?.["partial_json"]) ?? "").join("");
    expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError);
    expect(events.some((event) => asRecord(event["delta"])?.["stop_reason"] === "tool_use")).toBe(true);
    const whole = await wholeUnder({ fault: "tool-arguments-cut" }, "anthropic", question);
    expect(whole["content"]).toMatchObject([{ type: "tool_use", input: {} }]);
  });

  it("are a malformed call at Google", async () => {
    const whole = await wholeUnder({ fault: "tool-arguments-cut" }, "google", question);
    expect(whole["candidates"]).toMatchObject([
      { finishReason: "MALFORMED_FUNCTION_CALL", content: { role: "model" } },
    ]);
    const events = await eventsUnder({ fault: "tool-arguments-cut" }, "google", question);
    expect(JSON.stringify(events)).toContain("MALFORMED_FUNCTION_CALL");
    expect(JSON.stringify(events)).not.toContain("functionCall");
  });
});

describe("interleaved tool calls", () => {
  const question = { tools: true, text: "Weather in Paris and in Rome" };

  it("alternate at OpenAI and stay whole by index", async () => {
    const events = await eventsUnder({ fault: "interleaved-tool-calls" }, "openai", question);
    const pieces = events
      .flatMap((event) => recordsOf(event["choices"]))
      .flatMap((one) => recordsOf(asRecord(one["delta"])?.["tool_calls"]));
    const order = pieces.map((piece) => piece["index"]).join("");
    expect(order.startsWith("0101")).toBe(true);
    const argumentsOf = (index: number): unknown => {
      const own = pieces.filter((piece) => piece["index"] === index);
      return JSON.parse(own.map((piece) => asRecord(piece["function"])?.["arguments"]).join(""));
    };
    expect([argumentsOf(0), argumentsOf(1)]).toEqual([{ city: "Paris" }, { city: "Rome" }]);
  });

  it("have two blocks open at once at Anthropic", async () => {
    const events = await eventsUnder({ fault: "interleaved-tool-calls" }, "anthropic", question);
    const kinds = events
      .filter((event) => event["index"] !== undefined)
      .map((event) => `${String(event["type"]).replace("content_block_", "")}${event["index"] as number}`);
    expect(kinds.slice(0, 4)).toEqual(["start0", "start1", "delta0", "delta1"]);
    expect(kinds.filter((kind) => kind.startsWith("stop"))).toEqual(["stop0", "stop1"]);
  });

  it("come apart, with words between, at Google", async () => {
    const events = await eventsUnder({ fault: "interleaved-tool-calls" }, "google", question);
    const parts = events
      .flatMap((event) => recordsOf(event["candidates"]))
      .flatMap((one) => recordsOf(asRecord(one["content"])?.["parts"]));
    expect(parts.map((part) => (part["functionCall"] === undefined ? "text" : "call"))).toEqual([
      "call",
      "text",
      "call",
      "text",
      "text",
    ]);
  });
});
