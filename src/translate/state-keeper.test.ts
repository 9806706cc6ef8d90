import { describe, expect, test } from "vitest";
import { key, plainFacts, provider, target } from "../../test/support/engine-rig.ts";
import { plainCall, plainExchange } from "../../test/support/exchange.ts";
import { VirtualClock } from "../../test/support/virtual-clock.ts";
import type { ChatRequest, ChatResponse, Part, VendorState } from "../core/chat.ts";
import type { Call } from "../core/exchange.ts";
import type { JsonObject } from "../core/json.ts";
import type { ModelFacts } from "../core/provider.ts";
import { scanJsonObject } from "../decode/json-scanner.ts";
import { anthropicMessages } from "../protocols/anthropic-messages/protocol.ts";
import { openaiChat } from "../protocols/openai-chat/protocol.ts";
import { openaiResponses } from "../protocols/openai-responses/protocol.ts";
import type { Protocol } from "../core/protocol.ts";
import { rawMembers } from "./raw-members.ts";
import { createStateKeeper, type StateKeeper, type StatePlace } from "./state-keeper.ts";
import { createStateStore, type StateStore } from "./state-store.ts";

const strong = "call_0123456789abcdefghijklmn";
const keys = [key("account-one"), key("account-two")];
const node = target("a/m", { provider: provider("a", { keys }) });

function rulesOf({ reasoningState }: Protocol): StatePlace["rules"] {
  if (reasoningState === undefined) throw new Error("a protocol without state");
  return reasoningState;
}

interface Scene {
  readonly store: StateStore;
  readonly keeper: StateKeeper;
  /** How many lookups there were. */
  readonly looked: () => number;
  readonly place: (protocol: Protocol, more?: { model?: string; account?: number; caller?: string }) => StatePlace;
  readonly learn: (
    protocol: Protocol,
    parts: readonly Part[],
    more?: { call?: Call; facts?: Partial<ModelFacts> },
  ) => void;
}

function openScene(): Scene {
  const kept = createStateStore({ clock: new VirtualClock() });
  let looks = 0;
  const store: StateStore = {
    get mayHold() {
      return kept.mayHold;
    },
    get(wanted) {
      looks += 1;
      return Promise.resolve(kept.get(wanted));
    },
    put: (name, value) => kept.put(name, value),
  };
  const keeper = createStateKeeper(store);
  const place: Scene["place"] = (protocol, { model = "m", account = 0, caller = "one" } = {}) => ({
    rules: rulesOf(protocol),
    origin: keeper.originOf({ protocol: protocol.name, provider: node.provider, model, key: keys[account] ?? null }),
    exchange: plainExchange({ caller: { name: caller, vendorKey: null } }),
  });
  return {
    store,
    keeper,
    looked: () => looks,
    place,
    learn(protocol, parts, { call = plainCall(), facts = {} } = {}) {
      const reader = keeper.read({ ...place(protocol), call, facts: { ...plainFacts, ...facts }, isHeld: false });
      reader?.takeWhole({ choices: [{ index: 0, parts }] } as unknown as ChatResponse);
    },
  };
}

const sealed = (signature: string): VendorState => ({
  protocol: "anthropic-messages",
  value: { type: "thinking", signature },
});
const thought: Part = { type: "reasoning", text: "hm", state: sealed("S".repeat(80)) };
const item: VendorState = {
  protocol: "openai-responses",
  value: { item: { type: "reasoning", id: "rs_1", summary: [], encrypted_content: "E".repeat(80) } },
};
const callOf = (id: string): Part => ({ type: "tool-call", id, name: "f", arguments: "{}" });

function requestOf(parts: readonly Part[], opening = "q"): ChatRequest {
  const messages = [
    { role: "user", parts: [{ type: "text", text: opening }], name: null },
    { role: "assistant", parts, name: null },
  ];
  return { messages } as unknown as ChatRequest;
}

function rawOf(body: object): Call {
  const bytes = Buffer.from(JSON.stringify(body));
  return plainCall({ body: bytes, fields: scanJsonObject(bytes, 64) });
}

describe("a history without its state", () => {
  test("gets it where it belongs, and for whom it was made", async () => {
    const { keeper, learn, place } = openScene();
    learn(anthropicMessages, [thought, callOf(strong)]);
    const bare = requestOf([callOf(strong)]);
    const mended = await keeper.mend(bare, place(anthropicMessages));
    expect(mended.messages[1]?.parts).toEqual([thought, callOf(strong)]);
    for (const more of [{ caller: "other" }, { model: "n" }, { account: 1 }])
      expect(await keeper.mend(bare, place(anthropicMessages, more))).toBe(bare);
    expect(await keeper.mend(bare, place(openaiChat))).toBe(bare);
  });

  test("weak ids count within their conversation only", async () => {
    const { keeper, learn, place } = openScene();
    const chat = (opening: string): Call => plainCall({ chat: () => requestOf([], opening) });
    const said: Part = { type: "reasoning", text: "mine" };
    learn(openaiChat, [said, callOf("functions.f:0")], {
      call: chat("one question"),
      facts: { reasoningField: "reasoning_content" },
    });
    const asked = (opening: string) => keeper.mend(requestOf([callOf("functions.f:0")], opening), place(openaiChat));
    expect((await asked("one question")).messages[1]?.parts).toHaveLength(2);
    expect((await asked("another one")).messages[1]?.parts).toHaveLength(1);
  });

  test("as bytes it is looked into only where something is known of its calls", async () => {
    const { keeper, learn, place, looked } = openScene();
    const history = (id: string) => [{ role: "tool", tool_call_id: id, content: "x" }];
    const asked = (messages: object) => keeper.concerns(rawMembers(rawOf({ messages }), {}), place(openaiChat));
    expect(asked(history(strong))).toBe(false);
    learn(openaiChat, [{ type: "reasoning", text: "mine" }, callOf(strong)], {
      facts: { reasoningField: "reasoning_content" },
    });
    expect(await asked(history(strong))).toBe(true);
    expect(await asked(history(`${strong}x`))).toBe(false);
    expect(await asked(history("functions.f:0"))).toBe(true);
    const before = looked();
    expect(await asked([{ role: "user", content: "no calls" }])).toBe(false);
    expect(await asked([{ reasoning_content: "it has them" }, ...history(strong)])).toBe(false);
    expect(looked()).toBe(before);
  });
});

describe("state that another account or model sealed", () => {
  test.each<[string, Protocol, Part, { model?: string; account?: number }]>([
    ["trap 29: thinking", anthropicMessages, thought, { model: "n" }],
    ["thinking of another account", anthropicMessages, thought, { account: 1 }],
    [
      "trap 31: encrypted reasoning of another organisation",
      openaiResponses,
      { type: "reasoning", text: "", state: item },
      { account: 1 },
    ],
    [
      "encrypted reasoning of another model",
      openaiResponses,
      { type: "reasoning", text: "", state: item },
      { model: "n" },
    ],
  ])("%s is left out", async (_name, protocol, ...rest) => {
    const [part, elsewhere] = rest;
    const { keeper, learn, place } = openScene();
    learn(protocol, [part]);
    const request = requestOf([part, { type: "text", text: "said" }]);
    expect(await keeper.mend(request, place(protocol))).toBe(request);
    const stripped = await keeper.mend(request, place(protocol, elsewhere));
    expect(stripped.messages[1]?.parts).toEqual([{ type: "text", text: "said" }]);
  });

  test("is found in the bytes; what nobody knows goes as it is", async () => {
    const { keeper, learn, place } = openScene();
    learn(anthropicMessages, [thought]);
    const block = (signature: string) => ({ type: "thinking", thinking: "hm", signature });
    const asked = (signature: string, more: object) => {
      const raw = rawMembers(rawOf({ messages: [{ role: "assistant", content: [block(signature)] }] }), {});
      return keeper.concerns(raw, place(anthropicMessages, more));
    };
    expect(await asked("S".repeat(80), { model: "n" })).toBe(true);
    expect(await asked("S".repeat(80), {})).toBe(false);
    expect(await asked("T".repeat(80), { model: "n" })).toBe(false);
  });
});

describe("the key of a pool", () => {
  const about = { model: "m", inner: rulesOf(openaiChat), outer: rulesOf(anthropicMessages) } as const;
  const messages = [{ role: "tool", tool_call_id: strong, content: "x" }];

  test("is the one that made the state of the history's calls", async () => {
    const { keeper, learn, place } = openScene();
    const { exchange } = place(anthropicMessages);
    const question = {
      ...about,
      protocol: "anthropic-messages",
      exchange,
      call: rawOf({ messages }),
      target: node,
    } as const;
    expect(keeper.keyOf(question)).toBeNull();
    learn(anthropicMessages, [thought, callOf(strong)]);
    expect(await keeper.keyOf(question)).toBe(keys[0]);
    expect(await keeper.keyOf({ ...question, model: "n" })).toBeNull();
    expect(await keeper.keyOf({ ...question, call: rawOf({ messages: [] }) })).toBeNull();
    expect(keeper.keyOf({ ...question, outer: rulesOf(openaiChat) })).toBeNull();
    const alone = { ...node, provider: { ...node.provider, keys: keys.slice(0, 1) } };
    expect(keeper.keyOf({ ...question, target: alone })).toBeNull();
  });
});

test("nothing is looked up before anything was kept, and nothing kept of answers without state", () => {
  const { keeper, learn, place, store, looked } = openScene();
  learn(anthropicMessages, [{ type: "reasoning", text: "unsigned" }, { type: "text", text: "x" }, callOf(strong)]);
  expect(store.mayHold).toBe(false);
  const request = requestOf([callOf(strong)]);
  expect(keeper.mend(request, place(anthropicMessages))).toBe(request);
  expect(looked()).toBe(0);
  const exact = { ...plainFacts, reasoningField: null };
  expect(keeper.read({ ...place(openaiChat), call: plainCall(), facts: exact, isHeld: false })).toBeNull();
});

describe("a conversation that the vendor holds", () => {
  test.each<[Protocol, (id: string) => JsonObject]>([
    [anthropicMessages, (id) => ({ thread: { type: "continue", previous_message_id: id } })],
    [openaiResponses, (id) => ({ previous_response_id: id })],
  ])("%o: is known by its last answer, whatever the model, and at no other account", async (protocol, autoContinue) => {
    const { keeper, place } = openScene();
    const here = place(protocol, { account: 1 });
    expect(await keeper.holds("answer_1", here)).toBe(true);
    const facts = { ...plainFacts };
    keeper
      .read({ ...here, call: plainCall(), facts, isHeld: true })
      ?.takeWhole({ id: "answer_1", choices: [] } as unknown as ChatResponse);
    const stream = keeper.read({ ...here, call: plainCall(), facts, isHeld: true });
    stream?.take({ type: "start", id: "answer_2", model: "m", created: null });
    stream?.take({ type: "finish", choice: 0, reason: "stop", raw: "stop" });
    const rules = rulesOf(protocol);
    for (const id of ["answer_1", "answer_2"]) {
      expect(await keeper.holds(id, place(protocol, { account: 1, model: "n" }))).toBe(true);
      expect(await keeper.holds(id, place(protocol, { account: 0 }))).toBe(false);
      const asked = { target: node, inner: rules, outer: rules, model: "n", protocol: protocol.name };
      const question = { ...asked, exchange: here.exchange, call: rawOf(autoContinue(id)) };
      expect(await keeper.keyOf(question)).toBe(keys[1]);
    }
    expect(await keeper.holds("answer_3", place(protocol))).toBe(true);
  });
});
