// How an answer ends (F17): only a known good ending is a success, in every protocol, streamed and whole, with the vendor's
// own bytes and translated. An answer without content is one if its vendor explains it.
import { describe, expect, test } from "vitest";
import type { ConfigFile } from "../../src/index.ts";
import type { FaultScript, Vendor } from "../../src/simulator/simulator.ts";
import { readAsFarAsItComes } from "../support/broken-body.ts";
import { attemptsOf, openStage, type Stage } from "../support/stage.ts";

interface Primary {
  readonly vendor: Vendor;
  readonly target: string;
  readonly protocol: string;
}

const primaries: readonly Primary[] = [
  { vendor: "openai", target: "openai/gpt-4o", protocol: "openai-chat" },
  { vendor: "openai", target: "by-responses/gpt-5.2", protocol: "openai-responses" },
  { vendor: "anthropic", target: "anthropic/claude-sonnet-4-5", protocol: "anthropic-messages" },
  { vendor: "google", target: "google/gemini-2.5-flash", protocol: "gemini-generate" },
];

const words = "Tell me about the sea.";
const clients = {
  "chat completions": { path: "/v1/chat/completions", body: { messages: [{ role: "user", content: words }] } },
  responses: { path: "/v1/responses", body: { input: words } },
  messages: { path: "/v1/messages", body: { max_tokens: 200, messages: [{ role: "user", content: words }] } },
  gemini: { path: "/v1beta/models/m", body: { contents: [{ role: "user", parts: [{ text: words }] }] } },
} as const;
type ClientName = keyof typeof clients;
const names = Object.keys(clients) as ClientName[];

/** What a client would take for the end of a complete answer: of a stream, and of a whole one. */
const goodEnding = /\[DONE\]|"end_turn"|"response\.completed"|"finish_?[rR]eason":\s*"(?:stop|STOP)"/u;
const wholeEnding = /"end_turn"|"status":\s*"completed"|"finish_?[rR]eason":\s*"(?:stop|STOP)"/u;

const ways = ["HTTP", "in process"] as const;
const cases = primaries.flatMap((primary) =>
  names.flatMap((client, at) => ({ ...primary, client, way: ways[at % 2] ?? "HTTP" })),
);

function openFor({ target, vendor }: Primary, withStandIn: boolean): Promise<Stage> {
  const standIn = vendor === "google" ? "openai/gpt-4o" : "google/gemini-2.5-flash";
  return openStage({
    config: ({ vendors }): Pick<ConfigFile, "providers" | "routes"> => ({
      providers: {
        "by-responses": { kind: "openai", base_url: vendors.openai.baseUrl, api_key: "k", protocol: "responses" },
      },
      routes: {
        m: { fallback: withStandIn ? [target, standIn] : [target], mid_stream: "error", retry: { attempts: 0 } },
      },
    }),
  });
}

interface Asking {
  readonly client: ClientName;
  readonly streamed: boolean;
  readonly way: (typeof ways)[number];
}

function ask(stage: Stage, { client, streamed, way }: Asking): Promise<Response> {
  const { path, body } = clients[client];
  const isGemini = client === "gemini";
  const full = isGemini ? path + (streamed ? ":streamGenerateContent?alt=sse" : ":generateContent") : path;
  return (way === "HTTP" ? fetch : stage.gateway.fetch)(stage.url + full, {
    method: "POST",
    headers: { "content-type": "application/json", "anthropic-version": "2023-06-01" },
    body: JSON.stringify(isGemini ? body : { ...body, model: "m", stream: streamed }),
  });
}

describe.each(cases)("$client at $protocol ($way)", ({ client, way, ...primary }) => {
  test.each(["abort", "TIMEOUT", "nobody_knows_this"])(
    "F17: a whole answer that ended with %s is not shown; the next target answers",
    async (reason) => {
      await using stage = await openFor(primary, true);
      stage.simulator.play(primary.vendor, { fault: "finish-reason", reason, count: 1 });
      const response = await ask(stage, { client, streamed: false, way });
      expect([response.status, attemptsOf(response.headers)[0]]).toEqual([200, `${primary.target}:cut:200`]);
      expect(await response.text()).toMatch(wholeEnding);
    },
  );

  test.each(["error", "network_error", "Cancelled", "nobody_knows_this"])(
    "F17: a stream that ended with %s ends in one error",
    async (reason) => {
      await using stage = await openFor(primary, true);
      stage.simulator.play(primary.vendor, { fault: "finish-reason", reason });
      const { text } = await readAsFarAsItComes(await ask(stage, { client, streamed: true, way }));
      expect(text.match(/"verdict":"cut"/gu)?.length).toBeGreaterThan(0);
      expect(text).not.toMatch(goodEnding);
      expect(stage.simulator.log()).toHaveLength(1);
    },
  );

  test("F17: an unknown word is told to the operator once, with its protocol and target", async () => {
    await using stage = await openFor(primary, false);
    stage.simulator.play(primary.vendor, { fault: "finish-reason", reason: "nobody_knows_this" });
    for (const streamed of [false, true, true]) await readAsFarAsItComes(await ask(stage, { client, streamed, way }));
    const told = stage.warnings.filter((warning) => warning.includes("nobody_knows_this"));
    expect(told).toHaveLength(1);
    expect(told[0]).toContain(primary.target);
    // OpenAI's own models are asked in the caller's protocol.
    expect(told[0]).toContain(client === "responses" && primary.vendor === "openai" ? client : primary.protocol);
  });

  test("F17: an error of another shape in mid-stream is one error, with the vendor's words", async () => {
    for (const shape of ["detail", "code-msg", "success-false", "text", "message-status"]) {
      await using stage = await openFor(primary, true);
      const fault: FaultScript = { fault: "error-event-mid-stream", afterTokens: 4, shape, message: "Out of pages." };
      stage.simulator.play(primary.vendor, fault);
      const { text } = await readAsFarAsItComes(await ask(stage, { client, streamed: true, way }));
      expect(text).toContain("The answer was interrupted by a server error: Out of pages.");
      expect(text).not.toMatch(goodEnding);
    }
  });

  test("F17: an error of another shape before the first content leads to the next target", async () => {
    await using stage = await openFor(primary, true);
    stage.simulator.play(primary.vendor, { fault: "error-event-first", shape: "detail", count: 1 });
    const response = await ask(stage, { client, streamed: true, way });
    expect((await readAsFarAsItComes(response)).text).toMatch(goodEnding);
    expect(attemptsOf(response.headers)[0]).toMatch(/:server_error:/u);
  });

  test("an overload in mid-stream has the type of an overload", async () => {
    await using stage = await openFor(primary, true);
    stage.simulator.play(primary.vendor, { fault: "error-event-mid-stream", afterTokens: 4, status: 529 });
    const { text } = await readAsFarAsItComes(await ask(stage, { client, streamed: true, way }));
    const kinds = {
      "chat completions": '"code":"overloaded"',
      responses: '"code":"overloaded"',
      messages: '"type":"overloaded_error"',
      gemini: '"status":"UNAVAILABLE"',
    };
    expect(text).toContain(kinds[client]);
  });
});
