// Recorded requests of chat clients, to every vendor's model: the simulated service, which refuses what the real one
// refuses, takes what the gateway makes of them, or the gateway itself says that this target cannot serve it, and names the
// field. A row that appears here is a request that a stand-in would fail on.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { JsonObject } from "../../src/core/json.ts";
import type { Transport } from "../../src/core/transport.ts";
import { createUndiciTransport } from "../../src/transport/undici.ts";
import { openStage, type Stage } from "../support/stage.ts";
import { readRecordings, recordingsMissing } from "../support/recordings.ts";

const requests = readRecordings("openai-chat").flatMap(({ id, request: { body } }) =>
  body === null ? [] : [{ id, body }],
);

/** Fields that a target cannot serve, by the recording's id: the gateway says so, and asks the next target. */
const gemini = {
  "mistral.tral-small-latest-understands-docx-documents.355193a5": "file",
  "openai.chat-text-to-audio.cde68c47": "audio",
};
const claude = {
  "deepseek.streaming-low-stop-top-two.c0ac63a2": "logprobs",
  "mistral.streaming-mistral-small-tiny-plain-two.36758ee0": "n",
  "mistral.tral-small-latest-understands-docx-documents.355193a5": "messages[0].content[1]",
  "openai.chat-completion-error.70fc0dd6": "n",
  "openai.chat-completions-with-audio-input.0afbf35a": "messages",
  "openai.chat-text-to-audio.cde68c47": "audio",
  "openai.logprobs-chunks.61c0b41c": "logprobs",
};
const gpt4o = {
  // Its own client's bytes, for a host that takes them.
  "huggingface.request-structured-response.36a030fb":
    "the vendor says: Invalid type for 'messages[0].tool_calls': expected an array of objects, but got null instead.",
  "openai.chat-completions-with-audio-input.0afbf35a": "messages",
};
const gpt5 = {
  ...gpt4o,
  "deepseek.streaming-low-stop-top-two.c0ac63a2": "logprobs",
  "mistral.streaming-mistral-small-tiny-plain-two.36758ee0": "n",
  "openai.chat-completion-error.70fc0dd6": "n",
  "openai.logprobs-chunks.61c0b41c": "logprobs",
};
const targets: readonly (readonly [target: string, lacks: Readonly<Record<string, string>>])[] = [
  ["google/gemini-2.5-flash", gemini],
  ["google/gemini-3-flash-preview", gemini],
  ["anthropic/claude-sonnet-4-5", claude],
  ["anthropic/claude-opus-4-7", claude],
  ["openai/gpt-4o", gpt4o],
  ["openai/gpt-5", gpt5],
];

/** Pictures on the open net are one small PNG; everything else goes over real sockets to the simulated vendors. */
function withPictures(): Transport {
  const real = createUndiciTransport({ trustedHosts: new Set() });
  const png = Buffer.from("\x89PNG\r\n\x1a\n0000", "latin1");
  return {
    close: () => real.close(),
    send(request) {
      if (!request.guarded) return real.send(request);
      const rest = [png];
      const body = { next: () => Promise.resolve(rest.shift() ?? null), cancel: () => {} };
      return Promise.resolve({ status: 200, headers: {}, body });
    },
  };
}

interface ErrorBody {
  readonly error?: { readonly code: string; readonly param: string | null; readonly message: string };
}

describe.skipIf(recordingsMissing !== "")(`recorded requests ${recordingsMissing}`, () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage({ options: { transport: withPictures() } });
  });
  afterAll(() => stage[Symbol.asyncDispose]());

  async function ask(target: string, body: JsonObject): Promise<string | null> {
    const response = await fetch(`${stage.url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ ...body, model: target }),
    });
    const text = await response.text();
    if (response.status === 200) {
      if (body["stream"] === true) expect(text.trimEnd().endsWith("data: [DONE]")).toBe(true);
      return null;
    }
    const { error } = JSON.parse(text) as ErrorBody;
    const refused = /:[45]\d\d:\d+$/u.test(response.headers.get("x-understudy-attempts") ?? "");
    if (error?.code === "unsupported" && !refused) return error.param ?? "a field without a name";
    return `the vendor says: ${error?.message}`;
  }

  test.each(targets)("%s takes them, or it is said which field it cannot serve", async (target, lacks) => {
    const found: Record<string, string> = {};
    for (const { id, body } of requests) {
      const reason = await ask(target, body);
      if (reason !== null) found[id.replace("openai-chat.", "")] = reason;
    }
    expect(found).toEqual(lacks);
  });
});
