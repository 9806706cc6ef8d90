// The fake vendors accept what the real ones accepted: every recorded request with an answer, if present. The
// exceptions depend on state that only the real vendor has, or that was removed before publication.
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { recordings, type Recording } from "./recorded.test-support.ts";
import { goodHeaders } from "./simulator.test-support.ts";
import { startSimulator, type Simulator, type Vendor } from "./simulator.ts";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator();
});
afterAll(async () => {
  await simulator.close();
});

const services: readonly (readonly [api: string, provider: string, vendor: Vendor, exceptions: readonly string[]])[] = [
  ["openai-chat", "openai", "openai", []],
  ["openai-completions", "openai", "openai", []],
  ["embeddings", "openai", "openai", []],
  [
    "openai-responses",
    "openai",
    "openai",
    [
      "mixed-tools-and-mcp.a1800d01", // reasoning that was stored
      "cancancelbackgroundresponses.17ecefd3", // background
      "multipleresponseinstructions.05b1ea8c", // a stored prompt
      "responseusingconversations.29b81bb4", // a stored conversation
      "three-turn-tool-session.bb80c508", // sealed reasoning, taken out
      "tool-with-complex-return-type.76efc4af", // a stored turn
    ],
  ],
  ["anthropic-messages", "anthropic", "anthropic", ["messages-adaptive-thinking-streaming-smoke.783781d5"]], // with its signature removed
  ["count-tokens", "anthropic", "anthropic", []],
  ["count-tokens", "gemini", "google", []],
  ["embeddings", "gemini", "google", []],
  ["gemini-generate", "gemini", "google", []],
  ["gemini-stream", "gemini", "google", []],
];

async function send(vendor: Vendor, { request }: Recording): Promise<string | undefined> {
  const url = new URL(request.url);
  const path = url.pathname.replace(/^\/v1(beta|alpha)?/, "") + url.search;
  const answer = await fetch(simulator.vendors[vendor].baseUrl + path, {
    method: "POST",
    // The headers of that time were not recorded.
    headers: { ...goodHeaders, "x-goog-api-key": "key", "anthropic-beta": "context-management-2025-06-27" },
    body: JSON.stringify(request.body),
  });
  const text = await answer.text();
  return answer.status === 200 ? undefined : text;
}

describe("recorded requests, where present", () => {
  it.each(services)("%s of %s", async (...[api, provider, vendor, exceptions]) => {
    const known = recordings(api, provider);
    const taken = (known ?? []).filter(({ response, request }) => response.status === 200 && request.body !== null);
    const refused: string[] = [];
    for (const recording of taken) {
      const complaint = await send(vendor, recording);
      if (complaint !== undefined) refused.push(`${recording.id}: ${complaint}`);
    }
    const names = refused.filter((line) => !exceptions.some((exception) => line.includes(`${exception}:`)));
    expect(names).toEqual([]);
    expect(refused).toHaveLength(known === undefined ? 0 : exceptions.length);
  });
});
