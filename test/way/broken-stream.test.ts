// What a client is told of an answer that breaks off, so that it asks again.
// Google's SDKs skip an error frame and take a clean end for the answer's, so a Gemini client's broken stream tells its
// error and then breaks the connection. Clients of the other protocols raise on the frame, and get a clean end.
import { expect, test } from "vitest";
import { readAsFarAsItComes } from "../support/broken-body.ts";
import { openStage } from "../support/stage.ts";

const rows = [
  { path: "/v1beta/models/assistant:streamGenerateContent?alt=sse", breaks: true },
  { path: "/v1/chat/completions", breaks: false },
  { path: "/v1/messages", breaks: false },
  { path: "/v1/responses", breaks: false },
];
const question = {
  model: "assistant",
  stream: true,
  max_tokens: 100,
  messages: [{ role: "user", content: "Hi" }],
};

function bodyFor(path: string): object {
  if (path.includes("v1beta")) return { contents: [{ role: "user", parts: [{ text: "Hi" }] }] };
  return path.includes("responses") ? { model: "assistant", stream: true, input: "Hi" } : question;
}

test.each(rows.flatMap((row) => ["HTTP", "in process"].map((way) => ({ ...row, way }))))(
  "F2: an answer that breaks off at $path ($way)",
  async ({ path, breaks, way }) => {
    await using stage = await openStage();
    stage.simulator.play("google", { fault: "fin-without-terminator", afterTokens: 4 });
    const response = await (way === "HTTP" ? fetch : stage.gateway.fetch)(stage.url + path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(bodyFor(path)),
    });
    const { text, broke } = await readAsFarAsItComes(response);
    expect(text).toContain('"verdict":"cut"');
    expect(broke).toBe(breaks);
    expect(stage.warnings).toEqual([]);
  },
);

test("agents ask again after a broken Gemini stream: its connection is reset, which is the code that they look for", async () => {
  await using stage = await openStage();
  stage.simulator.play("google", { fault: "fin-without-terminator", afterTokens: 4 });
  const response = await fetch(`${stage.url}/v1beta/models/assistant:streamGenerateContent?alt=sse`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(bodyFor("/v1beta")),
  });
  await expect(response.text()).rejects.toMatchObject({ cause: { code: "ECONNRESET" } });
});

/** Agents ask again by the words of an error's message: each of these is enough for some of them, and none for all. */
const wordsOfAgents = [/server.?error/iu, /retry your request/iu];

const faults = ["fin-without-terminator", "stall-mid-stream", "error-event-mid-stream"] as const;

test.each(rows.flatMap(({ path }) => faults.map((fault) => ({ path, fault }))))(
  "agents ask again after $fault at $path: the message has the words that they look for",
  async ({ path, fault }) => {
    await using stage = await openStage();
    stage.simulator.play("google", { fault, afterTokens: 4 });
    const response = await fetch(stage.url + path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(bodyFor(path)),
    });
    const { text } = await readAsFarAsItComes(response);
    const message = /"message":"((?:[^"\\]|\\.)*)"/u.exec(text)?.[1] ?? "";
    for (const words of wordsOfAgents) expect(message).toMatch(words);
  },
);
