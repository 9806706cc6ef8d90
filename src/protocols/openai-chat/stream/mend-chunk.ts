// Corrects a host's chunk for clients of this protocol. Hosts leave out a call's index, id or type, number all calls 0,
// send arguments as an object, content as a list of parts, a message in place of a delta, or events that are not
// chunks: OpenAI's SDKs crash on these, mix up calls or show "[object Object]". A valid chunk stays unchanged, byte for
// byte, and costs a look at each of its members. It must never change the model's content. Sources:
// openai/openai-python#2806, apache/maka#1976, agno-agi/agno#8880, EricLBuehler/mistral.rs#1507.
import type { Json, JsonObject, MutableJson } from "../../../core/json.ts";
import { writeJson } from "../../../domain/write-json.ts";
import { isArray, isObject, membersOf, numberOr, stringOr } from "../../shared/read.ts";
import { mendFinish } from "../response/finish.ts";
import { plainContent } from "../response/mend-answer.ts";
import type { StreamCallTracker, OpenCall } from "./stream-calls.ts";

/** The decoder's calls of a choice, by its position in the chunk. */
export type CallsOf = (index: number) => StreamCallTracker | undefined;

export class ChunkMender {
  /** The choices that have begun. */
  readonly #begunChoices = new Set<number>();
  /** The calls whose beginning the client has. */
  readonly #announcedCalls = new Set<OpenCall>();
  /** Arguments that came before the name of their call. */
  readonly #heldTexts = new Map<OpenCall, string>();

  /** Null if the chunk is fine; an empty string if clients must not get it. */
  mend(chunk: JsonObject, callsOf: CallsOf): string | null {
    const { choices } = chunk;
    const usage = hiddenUsage(chunk);
    if (!isArray(choices))
      return usage !== null || isObject(chunk["usage"]) ? writeJson({ ...chunk, ...usage, choices: [] }) : "";
    let mended: Json[] | null = null;
    for (let position = 0; position < choices.length; position++) {
      const choice = choices[position];
      const better = isObject(choice) ? this.#choice(choice, position, callsOf) : null;
      if (better === null) continue;
      mended ??= [...choices];
      mended[position] = better;
    }
    if (mended === null && usage === null) return null;
    return writeJson({ ...chunk, ...usage, object: "chat.completion.chunk", choices: mended ?? choices });
  }

  #choice(choice: JsonObject, position: number, callsOf: CallsOf): JsonObject | null {
    const index = numberOr(choice["index"], null);
    const place = index ?? position;
    const isDelta = isObject(choice["delta"]);
    const raw = isDelta ? choice["delta"] : choice["message"];
    const delta = this.#delta(isObject(raw) ? raw : {}, place, callsOf);
    const finish = mendEnding(choice["finish_reason"], (callsOf(place)?.count ?? 0) > 0);
    if (delta === null && finish === null && index !== null && isDelta) return null;
    const better: MutableJson = { ...choice, index: place, delta: delta ?? raw ?? {} };
    if (finish !== null) better["finish_reason"] = finish;
    if (!isDelta) delete better["message"];
    return better;
  }

  /** Null if it is fine. */
  #delta(delta: JsonObject, place: number, callsOf: CallsOf): JsonObject | null {
    const lacksRole = !this.#begunChoices.has(place) && !stringOr(delta["role"], "");
    this.#begunChoices.add(place);
    const calls = delta["tool_calls"];
    const openCalls = isArray(calls) ? this.#calls(calls, callsOf(place)?.currentCalls ?? []) : null;
    const { content } = delta;
    if (!lacksRole && openCalls === null && !isArray(content)) return null;
    const members: MutableJson = lacksRole ? { role: "assistant" } : {};
    if (openCalls !== null) members["tool_calls"] = openCalls;
    if (isArray(content)) Object.assign(members, plainContent(delta, content));
    for (const _ in members) return { ...delta, ...members };
    return null;
  }

  /** Null if all fragments are fine. */
  #calls(fragments: readonly Json[], openCalls: readonly (OpenCall | null)[]): Json[] | null {
    const better: Json[] = [];
    let changed = false;
    for (let position = 0; position < fragments.length; position++) {
      const fragment = fragments[position] ?? null;
      const call = openCalls[position] ?? null;
      const mended = isObject(fragment) && call !== null ? this.#fragment(fragment, call) : fragment;
      if (mended !== fragment) changed = true;
      if (mended !== null) better.push(mended);
    }
    return changed ? better : null;
  }

  /** The same fragment if it is fine; null while its call has no name, because no client could read it. */
  #fragment(fragment: JsonObject, call: OpenCall): JsonObject | null {
    const kind = isObject(fragment["custom"]) ? "custom" : "function";
    const inner = isObject(fragment[kind]) ? fragment[kind] : {};
    const member = kind === "custom" ? "input" : "arguments";
    const text = textOf(inner[member]);
    if (call.tool === null) {
      this.#heldTexts.set(call, (this.#heldTexts.get(call) ?? "") + text);
      return null;
    }
    const isHead = !this.#announcedCalls.has(call);
    const heldText = this.#heldTexts.get(call) ?? "";
    if (heldText === "" && isReadable(fragment, inner[member]) && fragment["index"] === call.slot) {
      if (!isHead || isWholeHead(fragment, inner, call)) {
        this.#announcedCalls.add(call);
        return fragment;
      }
    }
    this.#announcedCalls.add(call);
    this.#heldTexts.delete(call);
    const head = isHead ? { id: call.sentId, type: kind } : {};
    const name = isHead ? { name: call.name || stringOr(inner["name"], "") } : {};
    return { ...fragment, index: call.slot, ...head, [kind]: { ...inner, ...name, [member]: heldText + text } };
  }
}

/** The word that clients know, for a host's own one; null: it is fine, or there is none. */
function mendEnding(value: Json | undefined, hasCalls: boolean): string | null {
  return typeof value === "string" && value !== "" ? mendFinish(value, hasCalls) : null;
}

/** Groq may put the usage only into its own member, Moonshot into the choice: no client reads it there. Null: nothing to add. */
function hiddenUsage(chunk: JsonObject): JsonObject | null {
  if (isObject(chunk["usage"])) return null;
  const own = chunk["x_groq"] === undefined ? undefined : membersOf(chunk["x_groq"])["usage"];
  if (isObject(own)) return { usage: own };
  const { choices } = chunk;
  if (!isArray(choices)) return null;
  for (const choice of choices) {
    const usage = isObject(choice) ? choice["usage"] : undefined;
    if (isObject(usage)) return { usage };
  }
  return null;
}

function isReadable(fragment: JsonObject, text: Json | undefined): boolean {
  return (
    (typeof text === "string" || text === undefined || text === null) &&
    (isObject(fragment["function"]) || isObject(fragment["custom"]))
  );
}

function isWholeHead(fragment: JsonObject, inner: JsonObject, call: OpenCall): boolean {
  const { type } = fragment;
  return (
    fragment["id"] === call.sentId && typeof inner["name"] === "string" && (type === "function" || type === "custom")
  );
}

function textOf(value: Json | undefined): string {
  return typeof value === "string" ? value : value === undefined || value === null ? "" : JSON.stringify(value);
}
