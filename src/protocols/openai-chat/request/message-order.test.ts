// The order of messages that a target takes: what is joined, moved into another role, or filled in, and what stays
// unchanged.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../../core/json.ts";
import type { ModelFacts } from "../../../core/provider.ts";
import { compatibleFacts, openaiFacts } from "../../../providers/facts.ts";
import { stringOr } from "../../shared/read.ts";
import { orderMessages, rolesFit } from "./message-order.ts";

type Order = Pick<ModelFacts, "systemMessages" | "turnOrder">;

const say = (role: string, content: JsonObject["content"] = role): JsonObject => ({ role, content: content ?? null });
const called: JsonObject = { role: "assistant", content: null, tool_calls: [{ id: "a" }] };
const answered: JsonObject = { role: "tool", tool_call_id: "a", content: "r" };
const late = say("user", "<system>\nsystem\n</system>");

const unknown: Order = {};
const leading: Order = { systemMessages: "leading" };
const alternating: Order = { systemMessages: "leading", turnOrder: "alternating" };
const mistral: Order = { systemMessages: "leading", turnOrder: "assistant-after-tool" };

const rolesOf = (messages: readonly JsonObject[]): string[] => messages.map(({ role }) => stringOr(role, ""));

function order(messages: readonly JsonObject[], facts: Order) {
  const adapted = new Set<string>();
  const ordered = orderMessages(messages, facts, adapted);
  expect(rolesFit(rolesOf(messages), facts)).toBe(ordered === messages);
  expect(rolesFit(rolesOf(ordered), facts)).toBe(true);
  return { ordered, told: [...adapted] };
}

describe("system messages", () => {
  test("leading ones are joined where several may be refused", () => {
    expect(order([say("system", "a"), say("system", "b"), say("user")], unknown)).toEqual({
      ordered: [say("system", "a\n\nb"), say("user")],
      told: ["messages.system:2>1"],
    });
  });

  test("parts stay parts, with what they carry", () => {
    const marked = [{ type: "text", text: "b", cache_control: { type: "ephemeral" } }];
    expect(order([say("system", "a"), say("developer", marked), say("user")], unknown).ordered[0]).toEqual(
      say("system", [{ type: "text", text: "a" }, ...marked]),
    );
  });

  test("a late one keeps its place as the user's words", () => {
    const told = ["messages.role:system>user"];
    for (const facts of [unknown, leading])
      expect(order([say("system", "a"), say("user"), say("assistant"), say("system"), say("user")], facts)).toEqual({
        ordered: [say("system", "a"), say("user"), say("assistant"), late, say("user")],
        told,
      });
    const parts = [{ type: "text", text: "system" }, { type: "x" }, null];
    const [, wrapped] = order([say("user"), say("system", parts)], unknown).ordered;
    expect(wrapped).toEqual(say("user", [{ type: "text", text: "<system>\nsystem\n</system>" }, { type: "x" }, null]));
  });

  test("one between calls and their results comes after these", () => {
    expect(order([say("user"), called, say("system"), answered, say("user")], unknown).ordered).toEqual([
      say("user"),
      called,
      answered,
      late,
      say("user"),
    ]);
  });

  test("alone they are the question", () => {
    expect(order([say("system", "a"), say("system", "b")], unknown)).toEqual({
      ordered: [say("user", "a\n\nb")],
      told: ["messages.system:2>1", "messages.role:system>user"],
    });
  });

  test("where there is no such role they are all the user's", () => {
    expect(order([say("system"), say("user")], { systemMessages: "none" }).ordered).toEqual([late, say("user")]);
  });

  test.each<[string, readonly JsonObject[], Order]>([
    ["a single one, in front", [say("system"), say("user"), say("assistant"), say("user")], unknown],
    ["none", [say("user"), called, answered, say("user")], unknown],
    ["several in front", [say("system"), say("system"), say("user")], leading],
    ["anywhere", [say("user"), say("system"), say("system")], { systemMessages: "anywhere" }],
  ])("%s: the very same list", (_name, messages, facts) => {
    const { ordered, told } = order(messages, facts);
    expect(ordered).toBe(messages);
    expect(told).toEqual([]);
  });
});

describe("turns", () => {
  test("turns of one side are joined, results never", () => {
    const both = { ...called, tool_calls: [{ id: "a" }, { id: "b" }] };
    const second = { ...answered, tool_call_id: "b" };
    const messages = [say("user", "1"), say("user", "2"), say("assistant", "x"), both, answered, second];
    expect(order(messages, alternating)).toEqual({
      ordered: [say("user", "1\n\n2"), { ...both, content: "x" }, answered, second],
      told: ["messages.user:several>1", "messages.assistant:several>1"],
    });
  });

  test("who must begin is given a word, and so is who must speak after a result", () => {
    expect(order([say("system"), say("assistant"), say("user")], alternating)).toEqual({
      ordered: [
        say("system"),
        say("user", "[The conversation begins with your words.]"),
        say("assistant"),
        say("user"),
      ],
      told: ["messages:+user"],
    });
    for (const facts of [alternating, mistral])
      expect(order([say("user"), called, answered, say("user")], facts)).toEqual({
        ordered: [say("user"), called, answered, say("assistant", "OK."), say("user")],
        told: ["messages:+assistant"],
      });
  });

  test("a late system message does not part what is joined", () => {
    expect(order([say("user"), say("system"), say("user")], alternating).ordered).toEqual([
      say("user", "user\n\n<system>\nsystem\n</system>\n\nuser"),
    ]);
  });

  test("elsewhere they stay as they are", () => {
    const messages = [say("user"), say("user"), called, answered, say("assistant"), say("user")];
    expect(order(messages, mistral).ordered).toBe(messages);
  });
});

test("whatever the order was, it fits afterwards, and no word is lost", () => {
  const message = fc.constantFrom("system", "developer", "user", "assistant", "tool").map((role) => role);
  const facts = fc.record({
    systemMessages: fc.constantFrom<Order["systemMessages"]>(undefined, "anywhere", "leading", "one", "none"),
    turnOrder: fc.constantFrom<Order["turnOrder"]>(undefined, "alternating", "assistant-after-tool"),
  });
  fc.assert(
    fc.property(fc.array(message, { minLength: 1, maxLength: 8 }), facts, (roles, given) => {
      const messages = roles.map((role, index) => say(role, `word ${index}.`));
      const { ordered } = order(messages, given);
      const words = JSON.stringify(ordered);
      for (const index of roles.keys()) expect(words).toContain(`word ${index}.`);
    }),
  );
});

describe("whom the order is known of", () => {
  const orderOf = (facts: ModelFacts): string => `${facts.systemMessages ?? "?"}, ${facts.turnOrder ?? "any"}`;
  test.each([
    ["gpt-4o", "anywhere, any"],
    ["openai/gpt-5.1", "anywhere, any"],
    ["gpt-oss-120b", "?, any"],
    ["qwen3.8-27b", "?, any"],
    ["qwen-long", "leading, any"],
    ["google/gemma-3-27b-it", "?, alternating"],
    ["gemma2:9b", "none, alternating"],
    ["gemma-2-9b-it", "none, alternating"],
    ["gemma-4-31b", "?, any"],
    ["mistralai/devstral-small", "?, alternating"],
    ["anthropic/claude-sonnet-4.5", "?, any"],
  ])("%s at a host: %s", (model, expected) => {
    expect(orderOf(compatibleFacts({})(model))).toBe(expected);
  });

  test("OpenAI takes any", () => {
    expect(orderOf(openaiFacts("gpt-4o"))).toBe("anywhere, any");
    expect(orderOf(openaiFacts("unheard-of"))).toBe("anywhere, any");
  });
});
