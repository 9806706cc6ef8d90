// Recorded errors of all vendors, through the gateway: what OpenAI's own SDK raises, with which status and code. No error of
// one vendor may look to a client like its own bad key, and each says what it came to.
import OpenAI from "openai";
import { describe, expect, test } from "vitest";
import { createGateway } from "../../src/index.ts";
import type { Transport } from "../../src/core/transport.ts";
import { verdictIn } from "../support/outcome.ts";
import { bodyText, readRecordings, type Recording, recordingsMissing } from "../support/recordings.ts";

const targets: Readonly<Record<string, string>> = {
  "openai-chat": "openai-compatible/some-model",
  "gemini-generate": "google/gemini-2.5-flash",
  "gemini-stream": "google/gemini-2.5-flash",
  "anthropic-messages": "anthropic/claude-sonnet-4-5",
};
const errors = Object.keys(targets)
  .flatMap((api) => readRecordings(api))
  .filter(({ response }) => response.status >= 400);

/** Class, status and code, as the SDK raises them. */
const raised: Readonly<Record<string, string>> = {
  "anthropic-messages.anthropic.anthropic-completion-invalid-api-key.94c08039": "InternalServerError 502 bad_key",
  "anthropic-messages.anthropic.anthropic-json.07edd8dd": "BadRequestError 400 unsupported",
  "anthropic-messages.anthropic.anthropic-language-model-test.2b98fdfa": "InternalServerError 529 overloaded",
  "anthropic-messages.anthropic.model-name-suggestion-anthropic.2aaca580": "NotFoundError 404 model_not_found",
  "anthropic-messages.anthropic.plicit-effort-xhigh-unsupported-model-errors.162acbd4":
    "BadRequestError 400 unsupported",
  "gemini-generate.gemini.auth-rejection-keeps-transport-shape.1e31d188": "InternalServerError 502 bad_key",
  "gemini-generate.gemini.google-429-retry-info.b87c82b6": "RateLimitError 429 rate_limit_exceeded",
  "gemini-generate.gemini.y-failure-generativelanguage-api-not-enabled.8aa0ef6c": "InternalServerError 502 forbidden",
  "gemini-generate.vertex.generate-content-invalid-role.58c516d8": "BadRequestError 400 bad_request",
  "gemini-generate.vertex.unary-failure-invalid-location-url-not-found.e508dceb": "NotFoundError 404 model_not_found",
  "gemini-generate.vertex.unary-failure-quota-exceeded.bc274da1": "RateLimitError 429 insufficient_quota",
  "gemini-stream.gemini.googleerrors-test.699153ca": "RateLimitError 429 rate_limit_exceeded",
  "gemini-stream.gemini.loggers-test.caf7f8d6": "InternalServerError 503 overloaded",
  "gemini-stream.gemini.streaming-failure-image-rejected.f254375d": "BadRequestError 400 bad_request",
  "openai-chat.deepseek.n-rejects-a-bogus-key-with-the-provider-body.8152ba19": "InternalServerError 502 bad_key",
  "openai-chat.deepseek.streaming-image-part-reaches-the-wire.34f45e1c": "BadRequestError 400 invalid_request_error",
  "openai-chat.groq.auth-rejection-classifies-with-contract.c18de7d1": "InternalServerError 502 bad_key",
  "openai-chat.groq.provider-error-response-carries-request-id.74b35d92": "NotFoundError 404 model_not_found",
  "openai-chat.groq.tool-use-failed-error-with-text.f6ca3b92": "InternalServerError 502 malformed",
  "openai-chat.llamacpp.unfetchable-image-url.0b2b49b6": "InternalServerError 500 server_error",
  "openai-chat.openai.chat-completion-error.70fc0dd6": "InternalServerError 502 bad_key",
  "openai-chat.openai.chat-unknown-model.86477088": "NotFoundError 404 model_not_found",
  "openai-chat.openai.chat-with-model-not-found.75dbacf0": "NotFoundError 404 model_not_found",
  "openai-chat.openai.ng-test-input-value-hides-regular-url-images.1620b61c": "BadRequestError 400 invalid_image_url",
  "openai-chat.openai.openai-web-search-tool-model-not-supported.f2064f95": "BadRequestError 400 unsupported",
  "openai-chat.openrouter.openrouter-errors-raised.6629bb6a": "RateLimitError 429 rate_limit_exceeded",
};

function answering(recording: Recording): Transport {
  const { status, headers } = recording.response;
  const type = headers["content-type"] ?? "application/json";
  return {
    close: () => Promise.resolve(),
    send: () => {
      const rest = [Buffer.from(bodyText(recording))];
      const body = { next: () => Promise.resolve(rest.shift() ?? null), cancel: () => {} };
      return Promise.resolve({ status, headers: { ...headers, "content-type": type }, body });
    },
  };
}

async function raise(recording: Recording, stream: boolean): Promise<InstanceType<typeof OpenAI.APIError>> {
  const gateway = createGateway(
    {
      providers: {
        google: { api_key: "key" },
        anthropic: { api_key: "key" },
        "openai-compatible": { base_url: "https://host.example/v1", api_key: "key" },
      },
      routes: { assistant: { fallback: [targets[recording.api] ?? ""], retry: { attempts: 0 } } },
    },
    { environment: {}, transport: answering(recording), warn: () => {} },
  );
  const client = new OpenAI({
    apiKey: "unused",
    baseURL: "http://gateway.example/v1",
    maxRetries: 0,
    fetch: gateway.fetch,
  });
  const asked = { model: "assistant", messages: [{ role: "user" as const, content: "hi" }], stream };
  const outcome: unknown = await client.chat.completions.create(asked).catch((error: unknown) => error);
  await gateway.close();
  if (!(outcome instanceof OpenAI.APIError)) throw new Error("no error of the SDK's", { cause: outcome });
  return outcome;
}

describe.skipIf(recordingsMissing !== "")(`recorded errors ${recordingsMissing}`, () => {
  test("each is raised as its class, with its status and code", async () => {
    const found: Record<string, string> = {};
    for (const recording of errors) {
      const error = await raise(recording, false);
      found[recording.id] = `${error.constructor.name} ${error.status} ${error.code}`;
    }
    expect(found).toEqual(raised);
  });

  test.each(errors.map((one) => [one.id, one] as const))(
    "%s says what happened, streamed or not",
    async (_id, recording) => {
      const whole = await raise(recording, false);
      const streamed = await raise(recording, true);
      expect([streamed.status, streamed.code, streamed.message]).toEqual([whole.status, whole.code, whole.message]);
      expect(whole.status).not.toBe(401);
      expect(whole.message.length).toBeGreaterThan(10);
      // A member that the vendor does not know is left out once.
      const { attempts } = whole.error as { attempts: { target: string; verdict: string }[] };
      expect(attempts.length).toBeLessThanOrEqual(2);
      for (const attempt of attempts)
        expect(attempt).toMatchObject({ target: targets[recording.api], verdict: verdictIn(whole) });
    },
  );
});
