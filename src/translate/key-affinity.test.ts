import { expect, test } from "vitest";
import { key, plainRow, provider, target } from "../../test/support/engine-rig.ts";
import { plainCall, plainExchange } from "../../test/support/exchange.ts";
import { anthropicMessages } from "../protocols/anthropic-messages/protocol.ts";
import { openaiChat } from "../protocols/openai-chat/protocol.ts";
import { cacheModelFacts } from "../domain/model-facts-cache.ts";
import { keyAffinity } from "./key-affinity.ts";
import type { KeyQuestion, StateKeeper } from "./state-keeper.ts";
import { StoredThings } from "./stored-things.ts";

const keys = [key("one"), key("two")];
const row = plainRow("a", { protocol: "anthropic-messages" });
const node = target("a/m", { provider: provider("a", { keys, row }) });

function asked(wanted: Partial<Parameters<ReturnType<typeof keyAffinity>>[0]>) {
  const questions: KeyQuestion[] = [];
  const keeper = {
    keyOf(question: KeyQuestion) {
      questions.push(question);
      return Promise.resolve(keys[1] ?? null);
    },
  } as unknown as StateKeeper;
  const find = keyAffinity({
    protocols: { "openai-chat": openaiChat, "anthropic-messages": anthropicMessages },
    keeper,
    storedThings: new StoredThings(),
    factsOf: cacheModelFacts(),
  });
  const answer = find({ exchange: plainExchange(), call: plainCall(), target: node, ...wanted });
  return { answer, questions };
}

test("a pool's key is asked for in the words of both protocols", async () => {
  const { answer, questions } = asked({});
  expect(await answer).toBe(keys[1]);
  const { reasoningState: inner } = openaiChat;
  const { reasoningState: outer } = anthropicMessages;
  expect(questions).toMatchObject([{ inner, outer, model: "m", protocol: "anthropic-messages" }]);
});

test("nobody is asked where there is one key, where no conversation is held, or where state is unknown", () => {
  const single = { ...node, provider: { ...node.provider, keys: keys.slice(0, 1) } };
  const embeddings = plainCall({ task: "embeddings" });
  for (const wanted of [
    { target: single },
    { call: embeddings },
    { call: plainCall({ protocol: "openai-completions" }) },
  ]) {
    const { answer, questions } = asked(wanted);
    expect(answer).toBeNull();
    expect(questions).toEqual([]);
  }
});
