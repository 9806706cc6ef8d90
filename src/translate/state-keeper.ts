// Stores the state of answers for clients that lose it, and knows the origin of each state. A history whose calls come
// back without state gets the real one, if it is valid there; another account's or model's state is left out. It must
// never invent state, never give a caller another caller's state, and costs nothing without calls or state.
import type { ChatRequest, ChatResponse, Part, ProtocolName, VendorState } from "../core/chat.ts";
import type { StreamEvent } from "../core/event.ts";
import type { Call, Exchange } from "../core/exchange.ts";
import type { RawMembers } from "../core/encoded-request.ts";
import { readableChat } from "../domain/readable-chat.ts";
import type { ModelFacts } from "../core/provider.ts";
import type { Key, TargetNode } from "../core/rules.ts";
import type { ReasoningStateRules } from "../core/reasoning-state.ts";
import { rawMembers } from "./raw-members.ts";
import { createStateCollector } from "./state-collector.ts";
import {
  belongs,
  callKey,
  type CallStateMemory,
  digestOf,
  isWeak,
  type Maker,
  type Origin,
  ownerOf,
  readMemory,
  readOrigin,
  rememberOrigins,
  sealKey,
  threadKey,
} from "./state-memory.ts";
import { replayState, stripState } from "./state-replay.ts";
import type { StateStore } from "./state-store.ts";

/** Where state is needed, or was made. */
export interface StatePlace {
  readonly rules: ReasoningStateRules;
  readonly origin: Origin;
  readonly exchange: Exchange;
}

/** Follows one answer. */
export interface StateReader {
  take(event: StreamEvent): void;
  takeWhole(response: ChatResponse): void;
}

/** The answer to follow. */
export interface ReadAnswer extends StatePlace {
  readonly call: Call;
  readonly facts: ModelFacts;
  /** The vendor stores the conversation under the answer's id. */
  readonly isHeld: boolean;
}

export interface StateKeeper {
  originOf(maker: Maker): Origin;
  /**
   * Whether a history that could be sent unchanged lacks state that is known here, or contains state that the target
   * would refuse.
   */
  concerns(raw: RawMembers, place: StatePlace): Promise<boolean> | false;
  /** The request with the state that is valid at the target; the same object if none is known. */
  mend(request: ChatRequest, place: StatePlace): Promise<ChatRequest> | ChatRequest;
  /**
   * Whether the vendor at that place may store the conversation that ended with the answer `id`: false if another one
   * does.
   */
  holds(id: string, place: StatePlace): Promise<boolean>;
  /**
   * The vendor there refused a seal of this history: seals of unknown origin are not its own. False: there are none.
   */
  disown(raw: RawMembers, place: StatePlace): Promise<boolean>;
  /** Null if that model's answers contain no state. */
  read(answer: ReadAnswer): StateReader | null;
  /** The pool's key that made the history's state; null if unknown, or if nothing is bound to a key. */
  keyOf(question: KeyQuestion): Promise<Key | null> | null;
}

export interface KeyQuestion {
  readonly exchange: Exchange;
  readonly call: Call;
  readonly target: TargetNode;
  /** The rules of the caller's protocol and of the target's. */
  readonly inner: ReasoningStateRules;
  readonly outer: ReasoningStateRules;
  /** The target's own name of the model, and the protocol of the request to it. */
  readonly model: string;
  readonly protocol: ProtocolName;
}

export function createStateKeeper(store: StateStore): StateKeeper {
  const originOf = rememberOrigins();
  return {
    originOf,
    concerns: (raw, place) => (store.mayHold ? concerns(raw, place, store) : false),
    mend: (request, place) => (store.mayHold ? mend(request, place, store) : request),
    async holds(id, { rules, origin }) {
      const [text] = store.mayHold ? await store.get([threadKey(id)]) : [];
      const knownOrigin = readOrigin(text);
      return (
        knownOrigin === null || belongs(knownOrigin, origin, { bound: { model: false, account: rules.bound.account } })
      );
    },
    disown: (raw, place) => disown(raw, place, store),
    read({ exchange, call, rules, origin, facts, isHeld }) {
      if (rules.isGiven?.(facts) === false) return null;
      let id = "";
      const collector = createStateCollector(rules, rules.unsealed?.(facts) ?? null);
      const keep = (): void => {
        if (isHeld && id !== "") store.put(threadKey(id), JSON.stringify(origin));
        const { calls, seals } = collector.gather();
        if (rules.bound.model || rules.bound.account)
          for (const seal of seals) store.put(sealKey(seal), JSON.stringify(origin));
        for (const { id, ...memory } of calls) {
          const chat = isWeak(id) ? readableChat(call) : null;
          // Such an id alone does not identify a conversation.
          if (isWeak(id) && chat === null) continue;
          const opening = chat === null ? "" : openingOf(chat);
          store.put(callKey(ownerOf(exchange), id, opening), JSON.stringify({ origin, ...memory }));
        }
      };
      return {
        take(event) {
          if (event.type === "start") id = event.id;
          collector.take(event);
          if (event.type === "finish") keep();
        },
        takeWhole(response) {
          id = response.id;
          collector.takeWhole(response);
          keep();
        },
      };
    },
    keyOf(question) {
      const { target, outer } = question;
      if (!store.mayHold || !outer.bound.account || target.provider.keys.length < 2) return null;
      return keyOf(question, store, originOf);
    },
  };
}

async function concerns(raw: RawMembers, { rules, origin, exchange }: StatePlace, store: StateStore): Promise<boolean> {
  const { history, markers, bound } = rules;
  if (markers.some((word) => raw.mentions(history, word))) {
    if (!bound.model && !bound.account) return false;
    const originTexts = await store.get(sealsIn(raw, rules).map(sealKey));
    return originTexts.some((text) => isElsewhere(readOrigin(text), { rules, origin }));
  }
  const ids = raw.texts(history, rules.callId);
  if (ids.length === 0) return false;
  if (ids.some(isWeak)) return true;
  const callTexts = await store.get(ids.map((id) => callKey(ownerOf(exchange), id, "")));
  return callTexts.some((text) => text !== null);
}

function sealsIn(raw: RawMembers, { history, seals }: ReasoningStateRules): readonly string[] {
  return seals.flatMap((member) => raw.texts(history, member)).filter((seal) => seal !== "");
}

/** Their origin is unknown, except that it is not this one. */
async function disown(raw: RawMembers, { rules, origin }: StatePlace, store: StateStore): Promise<boolean> {
  const seals = [...new Set(sealsIn(raw, rules))];
  const originTexts = await store.get(seals.map(sealKey));
  const unknown = seals.filter((_, index) => readOrigin(originTexts[index]) === null);
  for (const seal of unknown) store.put(sealKey(seal), JSON.stringify({ ...origin, vendor: "" }));
  return unknown.length > 0;
}

function isElsewhere(stateOrigin: Origin | null, { rules, origin }: Pick<StatePlace, "rules" | "origin">): boolean {
  return stateOrigin !== null && !belongs(stateOrigin, origin, rules);
}

async function mend(request: ChatRequest, place: StatePlace, store: StateStore): Promise<ChatRequest> {
  const strippedRequest = await strip(request, place, store);
  const ids = strippedRequest.messages.flatMap(({ role, parts }) =>
    role === "assistant" ? parts.flatMap(callIds) : [],
  );
  if (ids.length === 0) return strippedRequest;
  const owner = ownerOf(place.exchange);
  const opening = ids.some(isWeak) ? openingOf(request) : "";
  const texts = await store.get(ids.map((id) => callKey(owner, id, opening)));
  const memories = new Map<string, CallStateMemory>();
  for (const [index, id] of ids.entries()) {
    const memory = readMemory(texts[index]);
    if (memory !== null && belongs(memory.origin, place.origin, place.rules)) memories.set(id, memory);
  }
  return replayState(strippedRequest, memories);
}

function callIds(part: Part): readonly string[] {
  return part.type === "tool-call" && part.id !== "" ? [part.id] : [];
}

async function strip(request: ChatRequest, { rules, origin }: StatePlace, store: StateStore): Promise<ChatRequest> {
  if (!rules.bound.model && !rules.bound.account) return request;
  const seals = new Map<VendorState, string>();
  for (const { role, parts } of request.messages) {
    if (role !== "assistant") continue;
    for (const part of parts) {
      const state = "state" in part ? part.state : undefined;
      const seal = state === undefined ? null : rules.sealOf(state);
      if (state !== undefined && seal !== null) seals.set(state, seal);
    }
  }
  if (seals.size === 0) return request;
  const states = [...seals.keys()];
  const originTexts = await store.get([...seals.values()].map(sealKey));
  const foreign = new Set(states.filter((_, index) => isElsewhere(readOrigin(originTexts[index]), { rules, origin })));
  return foreign.size === 0 ? request : stripState(request, (state) => foreign.has(state), rules);
}

/** The last state decides: earlier ones matter less. */
async function keyOf(question: KeyQuestion, store: StateStore, originOf: StateKeeper["originOf"]): Promise<Key | null> {
  const { exchange, call, target, inner, outer, model, protocol } = question;
  const { provider } = target;
  const raw = rawMembers(call, {});
  const owner = ownerOf(exchange);
  const ids = raw.texts(inner.history, inner.callId).filter((id) => !isWeak(id));
  const seals = inner === outer ? sealsIn(raw, outer) : [];
  const previous = inner === outer ? (outer.threads?.previousIn(raw) ?? null) : null;
  const thread = previous === null ? [] : [threadKey(previous)];
  if (ids.length + seals.length + thread.length === 0) return null;
  const texts = await store.get([...seals.map(sealKey), ...ids.map((id) => callKey(owner, id, "")), ...thread]);
  const lastText = thread.length === 0 ? null : texts.at(-1);
  for (const text of texts.toReversed()) {
    const stateOrigin = readMemory(text)?.origin ?? readOrigin(text);
    const isHere = (key: Key): boolean => {
      const origin = originOf({ protocol, provider, model, key });
      return (
        stateOrigin !== null &&
        belongs(stateOrigin, origin, text === lastText ? { bound: { model: false, account: true } } : outer)
      );
    };
    const key = provider.keys.find(isHere);
    if (key) return key;
  }
  return null;
}

/** What identifies a conversation: its user's first message. */
function openingOf({ messages }: ChatRequest): string {
  const first = messages.find(({ role }) => role === "user");
  const texts = first?.parts.map((part) => (part.type === "text" ? part.text : part.type)) ?? [];
  return digestOf(texts.join("\n"));
}
