import { describe, expect, test } from "vitest";
import { catalog } from "../providers/catalog.ts";
import { loadText, problemsOf } from "../../test/support/load-config.ts";
import { speakAs } from "./speak-as.ts";

const row = (name: string) => catalog.get(name)!;

describe("protocol of a provider", () => {
  test("nothing said: the row as it is", () => expect(speakAs(row("openai"), undefined)).toBe(row("openai")));

  test("chat: no model goes round, and no client's Responses go as they are", () => {
    const spoken = speakAs(row("openai"), "chat");
    expect(spoken).toMatchObject({ protocol: "openai-chat", quirks: row("openai").quirks });
    expect(Object.keys(spoken?.alsoTakes ?? {})).toEqual(["openai-completions"]);
    expect(spoken?.facts("gpt-5-pro").detour).toBeUndefined();
    expect(row("openai").facts("gpt-5-pro").detour).toBeDefined();
  });

  test("responses: that is its protocol, vectors and quirks stay those of the other", () => {
    const spoken = speakAs(row("mistral"), "responses");
    expect(spoken).toMatchObject({ protocol: "openai-responses", operations: "openai-chat" });
    expect(new Set(spoken?.quirks.map(({ protocol }) => protocol))).toEqual(new Set(["openai-chat"]));
  });

  test("a row of another protocol has no such choice", () => {
    expect(speakAs(row("google"), "chat")).toBeNull();
    expect(speakAs(row("anthropic"), "responses")).toBeNull();
  });
});

describe("in a file", () => {
  const withProtocol = (name: string, word: string) =>
    `providers: { ${name}: { base_url: "http://127.0.0.1:1/v1", api_key: k, protocol: ${word} } }`;

  test("it is resolved at load", async () => {
    const { rules } = await loadText(withProtocol("openai", "responses"));
    expect(rules.providers.get("openai")?.row.protocol).toBe("openai-responses");
  });

  test.each([
    ["google", "chat", "providers.google.protocol: is for providers that speak chat completions or responses"],
    ["openai", "completions", "providers.openai.protocol: must be chat or responses"],
  ])("%s: %s is refused", async (name, word, problem) => {
    expect((await problemsOf(withProtocol(name, word))).join("\n")).toContain(problem);
  });
});
