// Faults in the body of an answer, streamed and whole, in every dialect.
import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { startSimulator, vendors, type FaultScript, type Simulator, type Vendor } from "../simulator.ts";
import { ask, eventsOf, RawClient, rawRequest, type Question } from "../simulator.test-support.ts";

let simulator: Simulator;
beforeEach(async () => {
  simulator = await startSimulator();
});
afterEach(async () => {
  await simulator.close();
});

async function textUnder(script: FaultScript, vendor: Vendor, question: Question = { stream: true }): Promise<string> {
  simulator.play(vendor, { ...script, count: 1 });
  const answer = await ask(simulator, vendor, question);
  return answer.text();
}

async function healthyText(vendor: Vendor): Promise<string> {
  return (await ask(simulator, vendor, { stream: true })).text();
}

/** The text of a streamed answer, in any dialect. */
function wordsOf(text: string): string {
  return eventsOf(text)
    .map((event) => {
      const found = /"(?:content|text)": ?("(?:[^"\\]|\\.)*")/.exec(JSON.stringify(event))?.[1];
      return found === undefined ? "" : (JSON.parse(found) as string);
    })
    .join("");
}

describe.each(vendors)("framing faults of %s", (vendor) => {
  it.each([
    { fault: "split-bytes", every: 7 },
    { fault: "crlf" },
    { fault: "comments" },
    { fault: "no-space-after-data" },
    { fault: "coalesced" },
    { fault: "huge-event", bytes: 300_000 },
  ] as const)("$fault leaves the words as they are", async (script) => {
    const words = wordsOf(await healthyText(vendor));
    expect(words).toMatch(/“[^”]*bread”/);
    expect(wordsOf(await textUnder(script, vendor))).toBe(words);
  });

  it("crlf changes the line ends", async () => {
    const text = await textUnder({ fault: "crlf" }, vendor);
    expect(text.includes("\r\n\r\n")).toBe(vendor !== "google");
    expect((await healthyText(vendor)).includes("\r\n\r\n")).toBe(vendor === "google");
  });

  it("comments and missing spaces are really there", async () => {
    expect(await textUnder({ fault: "comments" }, vendor)).toMatch(/^: keep-alive\r?\n\r?\n/);
    expect(await textUnder({ fault: "no-space-after-data" }, vendor)).toMatch(/(^|\n)data:\{/);
  });

  it("huge-event has one event of that size", async () => {
    const lines = (await textUnder({ fault: "huge-event", bytes: 300_000 }, vendor)).split("\n");
    expect(lines.filter((line) => line.length >= 300_000)).toHaveLength(1);
    const whole = await textUnder({ fault: "huge-event", bytes: 300_000 }, vendor, {});
    expect(whole.length).toBeGreaterThan(299_000);
    expect(JSON.parse(whole)).toBeTypeOf("object");
  });

  it("coalesced packs several events into one HTTP chunk", async () => {
    simulator.play(vendor, { fault: "coalesced", events: 3 });
    const client = new RawClient(simulator.vendors[vendor].port);
    client.send(rawRequest(vendor, { stream: true }));
    const text = await client.until((read) => read.endsWith("0\r\n\r\n"));
    client.close();
    const [firstChunk = ""] = text.slice(text.indexOf("\r\n\r\n") + 4).split(/\r\n[0-9a-f]+\r\n/);
    expect(firstChunk.match(/data: /g)).toHaveLength(3);
  });

  it("split-bytes tears a character of several bytes apart", async () => {
    simulator.play(vendor, { fault: "split-bytes" });
    const client = new RawClient(simulator.vendors[vendor].port);
    client.send(rawRequest(vendor, { stream: true, text: "bread" }));
    await simulator.waitFor((entry) => entry.events.some((event) => event.what === "finished"), 5000);
    const text = await client.until((read) => read.endsWith("\r\n0\r\n\r\n"));
    client.close();
    expect(text).toContain("\r\n1\r\n");
    expect(Buffer.concat(client.reads).includes(Buffer.from([0x31, 0x0d, 0x0a, 0xe2, 0x0d, 0x0a]))).toBe(true);
  });
});

describe.each(vendors)("broken endings of %s", (vendor) => {
  it("stall-mid-stream stops after some tokens and keeps the connection", async () => {
    simulator.play(vendor, { fault: "stall-mid-stream", afterTokens: 2 });
    const client = new RawClient(simulator.vendors[vendor].port);
    client.send(rawRequest(vendor, { stream: true }));
    await simulator.waitFor((entry) => entry.events.some((event) => event.what === "first-token"), 1000);
    await client.until((text) => text.includes("data: "));
    client.close();
    const entry = await simulator.waitFor((seen) => seen.events.some((event) => event.what === "client-closed"), 1000);
    expect(entry.events.some((event) => event.what === "finished")).toBe(false);
  });

  it("stall-mid-stream can end", async () => {
    const text = await textUnder({ fault: "stall-mid-stream", stallMs: 20 }, vendor);
    expect(wordsOf(text)).toBe(wordsOf(await healthyText(vendor)));
    await textUnder({ fault: "stall-mid-stream", stallMs: 20 }, vendor, {});
  });

  it.each([true, false])("fin-without-terminator breaks the body (stream: %s)", async (stream) => {
    await expect(textUnder({ fault: "fin-without-terminator" }, vendor, { stream })).rejects.toThrow(/terminated/);
    expect(simulator.log()[0]?.events.at(-1)?.what).toBe("cut");
  });

  it("clean-end-without-finish ends well as HTTP, not as a dialect", async () => {
    const text = await textUnder({ fault: "clean-end-without-finish", afterTokens: 4 }, vendor);
    expect(text).not.toMatch(/"(finish_reason|stop_reason|finishReason)": ?"|DONE|message_stop/);
    expect(eventsOf(text).length).toBeGreaterThan(1);
    const whole = await textUnder({ fault: "clean-end-without-finish" }, vendor, {});
    expect(() => JSON.parse(whole) as unknown).toThrow(SyntaxError);
  });

  it("no-done leaves out nothing but the end marker", async () => {
    const [healthy, text] = [await healthyText(vendor), await textUnder({ fault: "no-done" }, vendor)];
    expect(wordsOf(text)).toBe(wordsOf(healthy));
    expect(text).toMatch(/"(finish_reason|stop_reason|finishReason)": ?"/);
    expect(text).not.toMatch(/\[DONE\]|message_stop/);
    if (vendor === "google") expect(text.endsWith("}\r\n") && !text.endsWith("\r\n\r\n")).toBe(true);
  });

  it("drip takes its time", async () => {
    const start = performance.now();
    await textUnder({ fault: "drip", everyMs: 2 }, vendor);
    expect(performance.now() - start).toBeGreaterThan(10);
    await textUnder({ fault: "drip", everyMs: 0 }, vendor, {});
  });
});

describe.each(vendors)("errors and nonsense inside a good answer of %s", (vendor) => {
  it("error-event-first and error-event-mid-stream", async () => {
    const first = await textUnder({ fault: "error-event-first" }, vendor);
    expect(first).toContain("error");
    expect(wordsOf(first)).toBe("");
    const middle = await textUnder({ fault: "error-event-mid-stream", afterTokens: 3, status: 529 }, vendor);
    expect(wordsOf(middle)).not.toBe("");
    expect(middle).toMatch(/overloaded/i);
    expect(middle).not.toMatch(/\[DONE\]|message_stop|"(finish_reason|stop_reason|finishReason)": ?"/);
  });

  it("malformed-event breaks one event and no other", async () => {
    const broken = eventsOf(await textUnder({ fault: "malformed-event" }, vendor)).filter((event) => {
      return typeof event === "string" && event !== "[DONE]";
    });
    expect(broken).toHaveLength(1);
    const whole = await textUnder({ fault: "malformed-event" }, vendor, {});
    expect(() => JSON.parse(whole) as unknown).toThrow(SyntaxError);
  });

  it("html-200, error-body-200, wrong-content-type, redirect", async () => {
    const play = async (script: FaultScript): Promise<Response> => {
      simulator.play(vendor, { ...script, count: 1 });
      return ask(simulator, vendor, { stream: true });
    };
    const html = await play({ fault: "html-200" });
    expect([html.status, html.headers.get("content-type"), await html.text()]).toEqual([
      200,
      "text/html; charset=utf-8",
      expect.stringContaining("<html>"),
    ]);
    const error = await play({ fault: "error-body-200", status: 429 });
    expect(error.status).toBe(200);
    expect(JSON.stringify(await error.json())).toContain("error");
    const typed = await play({ fault: "wrong-content-type", contentType: "application/octet-stream" });
    expect(typed.headers.get("content-type")).toBe("application/octet-stream");
    expect(eventsOf(await typed.text()).length).toBeGreaterThan(3);
    const moved = await play({ fault: "redirect", location: "https://elsewhere.example/" });
    expect([moved.status, moved.headers.get("location")]).toEqual([307, "https://elsewhere.example/"]);
  });
});

describe.each(vendors)("lengths and encodings of %s", (vendor) => {
  it("gzip is sound, gzip-cut is not", async () => {
    const packed = await textUnder({ fault: "gzip" }, vendor);
    expect(wordsOf(packed)).toBe(wordsOf(await healthyText(vendor)));
    // fetch returns what could be unpacked, without an error
    const cut = await textUnder({ fault: "gzip-cut" }, vendor);
    expect(wordsOf(packed).startsWith(wordsOf(cut))).toBe(true);
    expect(cut).not.toMatch(/\[DONE\]|message_stop|"finishReason"/);
    simulator.play(vendor, { fault: "gzip-cut", count: 1 });
    const client = new RawClient(simulator.vendors[vendor].port);
    client.send(rawRequest(vendor).replace("host: simulator", "host: simulator\r\nconnection: close"));
    await client.ended;
    const bytes = Buffer.concat(client.reads);
    expect(() => gunzipSync(bytes.subarray(bytes.indexOf("\r\n\r\n") + 4))).toThrow(/unexpected end/);
  });

  it("bodies are shorter or longer than announced", async () => {
    await expect(textUnder({ fault: "body-shorter-than-announced" }, vendor, {})).rejects.toThrow(/terminated/);
    simulator.play(vendor, { fault: "body-longer-than-announced", count: 1 });
    const client = new RawClient(simulator.vendors[vendor].port);
    client.send(rawRequest(vendor));
    await client.ended;
    const announced = Number(/content-length: (\d+)/.exec(client.text)?.[1]);
    const body = Buffer.concat(client.reads);
    expect(body.length - body.indexOf("\r\n\r\n") - 4).toBeGreaterThan(announced);
  });
});

describe.each(vendors)("errors of a foreign shape of %s", (vendor) => {
  it.each([
    ["detail", '{"detail":"Gone."}'],
    ["code-msg", '{"code":500,"msg":"Gone."}'],
    ["success-false", '{"success":false,"errors":[{"code":500,"message":"Gone."}],"result":null}'],
    ["text", '{"error":"Gone."}'],
    ["message-status", '{"message":"Gone.","status":500}'],
  ])("%s", async (shape, expected) => {
    const bare = (text: string): string => text.replaceAll(/\s*([{}[\]:,])\s*/gu, "$1");
    const more = { shape, message: "Gone." };
    const middle = await textUnder({ fault: "error-event-mid-stream", ...more }, vendor);
    expect(wordsOf(middle)).not.toBe("");
    expect(bare(middle)).toContain(expected);
    expect(bare(await textUnder({ fault: "error-event-first", ...more }, vendor))).toContain(expected);
    expect(bare(await textUnder({ fault: "error-body-200", ...more }, vendor, {}))).toBe(expected);
  });

  it("comments-after-finish keeps the connection open after the ending", async () => {
    simulator.play(vendor, { fault: "comments-after-finish", everyMs: 5, count: 1 });
    const { body } = await ask(simulator, vendor, { stream: true });
    let text = "";
    for await (const bytes of body ?? []) {
      text += Buffer.from(bytes).toString("utf8");
      if (text.split(": keep-alive").length > 3) break;
    }
    expect(text).toMatch(/"(finish_reason|stop_reason|finishReason)": ?"/u);
    expect(text).not.toMatch(/\[DONE\]|message_stop/u);
  });
});

it("a shape that does not exist is refused", () => {
  expect(() => simulator.play("openai", { fault: "error-body-200", shape: "round" })).toThrow(/"shape".*detail/u);
});
