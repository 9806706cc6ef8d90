// Ids that are too long for OpenAI become a hash if OpenAI is not the client's own vendor; nothing else changes.
import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../core/json.ts";
import type { Protocol, TargetFacts } from "../../core/protocol.ts";
import { catalog } from "../../providers/catalog.ts";
import { openaiChat } from "../openai-chat/protocol.ts";
import { openaiResponses } from "../openai-responses/protocol.ts";
import { anthropicMessages } from "../anthropic-messages/protocol.ts";
import { membersOf } from "./raw-members.test-support.ts";

function at(provider: string, model: string, isStandIn = true): TargetFacts {
  return { model, facts: catalog.get(provider)!.facts(model), isStandIn };
}
const gpt = at("openai", "gpt-4o");
const long = (length: number): string => "x".repeat(length);

function written(
  protocol: Protocol,
  user: string,
  target: TargetFacts,
): { body: JsonObject; adapted: readonly string[] } {
  const asked = { model: "m", max_tokens: 99, messages: [{ role: "user", content: "h" }], metadata: { user_id: user } };
  return protocol.chat.request.encode(
    anthropicMessages.chat.request.decode(asked, { model: null, stream: false }),
    target,
  );
}

describe.each([openaiChat, openaiResponses])("$name", (protocol) => {
  const question = protocol === openaiChat ? { messages: [{ role: "user", content: "h" }] } : { input: "h" };

  test("a name of another protocol's client is hashed where it is too long, always alike", () => {
    const { body, adapted } = written(protocol, long(150), gpt);
    expect(body["user"]).toMatch(/^[0-9A-Za-z]{32}$/u);
    expect(adapted).toContain("user:150>32");
    expect(written(protocol, long(150), gpt).body["user"]).toBe(body["user"]);
    expect(written(protocol, long(151), gpt).body["user"]).not.toBe(body["user"]);
  });

  test("one that is short enough goes as it is", () => {
    expect(written(protocol, long(64), gpt)).toMatchObject({ body: { user: long(64) }, adapted: [] });
  });

  test.each(["user", "safety_identifier", "prompt_cache_key"])(
    "a client's own %s fits up to 64 at a stand-in",
    (name) => {
      const own = (length: number): JsonObject => ({ model: "m", ...question, [name]: long(length) });
      expect(protocol.chat.request.fits?.(membersOf(own(64)), gpt)).toBe(true);
      expect(protocol.chat.request.fits?.(membersOf(own(65)), gpt)).toBe(false);
      // Its own vendor decides.
      expect(protocol.chat.request.fits?.(membersOf(own(65)), at("openai", "gpt-4o", false))).toBe(true);
      const request = protocol.chat.request.decode(own(65), { model: null, stream: false });
      const { body, adapted } = protocol.chat.request.encode(request, gpt);
      expect(JSON.stringify(body)).not.toContain(long(65));
      expect(adapted.join()).toContain(":65>32");
    },
  );
});

test.each([
  ["openrouter", 128],
  ["groq", 64],
  ["vllm", 64],
])("%s gets names of up to %i from clients of other protocols", (provider, most) => {
  const host = at(provider, "some-model");
  expect(written(openaiChat, long(most), host).body["user"]).toBe(long(most));
  expect(written(openaiChat, long(most + 1), host).body["user"]).not.toBe(long(most + 1));
});

test("a chat client's own name goes to an unknown host as it is", () => {
  const body = { model: "m", messages: [{ role: "user", content: "h" }], user: long(150) };
  expect(openaiChat.chat.request.fits?.(membersOf(body), at("vllm", "some-model"))).toBe(true);
});
