// Assigns the fragments of one choice's tool calls to their calls. Hosts interleave parallel calls, leave the index out
// or repeat it, leave the id out or blank, and send name and arguments in one piece.
import type { StreamEvent } from "../../../core/event.ts";
import type { Json, JsonObject } from "../../../core/json.ts";
import { pieces } from "../../shared/free-text.ts";
import { isObject, numberOr, parseJson, stringOr } from "../../shared/read.ts";
import { mintCallId } from "../response/decode.ts";
import { readExtraContent } from "../features/vendor-state.ts";

export interface OpenCall {
  /** Its number among the choice's calls; null until its name is known. */
  tool: number | null;
  /** Its position among the calls, in the order of their first fragments. */
  readonly slot: number;
  /** The host's id; empty if there was none. */
  readonly id: string;
  /** The id for the client; empty until the call begins. */
  sentId: string;
  index: number | null;
  readonly name: string;
  /** Arguments that came before the name. */
  early: string;
  /** Arguments so far. */
  arguments: string;
  /** It is free text that comes in pieces. */
  free: boolean;
  ended: boolean;
}

/** A search would be slow in many calls. */
interface CallIndex {
  /** The calls under each index, the latest last. */
  readonly byIndex: Map<number, OpenCall[]>;
  /** The latest call of each id. */
  readonly byId: Map<string, OpenCall>;
  /** The same by index and id. */
  readonly byBoth: Map<string, OpenCall>;
}

export class StreamCallTracker {
  /** How many calls have begun. */
  count = 0;
  readonly #place: { readonly id: string; readonly index: number };
  readonly #calls: OpenCall[] = [];
  /** Null until the first call: most answers have none. */
  #index: CallIndex | null = null;
  /** Those whose first fragment came under another call's index, so that their own is not known yet. */
  readonly #strays: OpenCall[] = [];
  /** The calls of the last chunk's fragments, in order; null for an invalid fragment. */
  currentCalls: (OpenCall | null)[] = [];

  constructor(place: { readonly id: string; readonly index: number }) {
    this.#place = place;
  }

  /** All fragments of a chunk. */
  push(values: readonly Json[], out: StreamEvent[]): void {
    this.currentCalls = [];
    for (const value of values) this.currentCalls.push(isObject(value) ? this.#push(value, out) : null);
  }

  #push(value: JsonObject, out: StreamEvent[]): OpenCall {
    const inner = isObject(value["function"]) ? value["function"] : null;
    if (inner === null && isObject(value["custom"])) return this.#pushFree(value, value["custom"], out);
    const name = stringOr(inner?.["name"], "");
    const argumentsMember = inner?.["arguments"];
    const text =
      typeof argumentsMember === "string"
        ? argumentsMember
        : argumentsMember === undefined || argumentsMember === null
          ? ""
          : JSON.stringify(argumentsMember);
    const call = this.#find(value, name);
    if (call.tool === null && name !== "") this.#begin(call, name, { fragment: value, out });
    else if (value["extra_content"] !== undefined) this.#pushLateState(value, out);
    this.#add(call, text, out);
    return call;
  }

  #add(call: OpenCall, text: string, out: StreamEvent[]): void {
    if (text === "") return;
    call.arguments += text;
    if (call.tool === null) call.early += text;
    else out.push({ type: "tool-delta", choice: this.#place.index, tool: call.tool, arguments: text });
  }

  /** All arguments are valid JSON, or empty. */
  get whole(): boolean {
    return this.#calls.every((call) => call.arguments === "" || parseJson(call.arguments) !== undefined);
  }

  end(out: StreamEvent[]): void {
    for (const call of this.#calls) {
      if (call.ended || call.tool === null) continue;
      call.ended = true;
      if (call.free) this.#add(call, pieces.close, out);
      out.push({ type: "tool-end", choice: this.#place.index, tool: call.tool });
    }
  }

  /** The call that a fragment continues, or a new one. */
  #find(value: JsonObject, name: string): OpenCall {
    const id = stringOr(value["id"], "");
    const index = numberOr(value["index"], null);
    const knownCall = this.#findKnown({ id, index, name });
    if (knownCall !== undefined) return knownCall;
    const strays = index !== null && this.#latestAt(index) !== undefined;
    const call: OpenCall = {
      tool: null,
      slot: this.#calls.length,
      id,
      sentId: "",
      index,
      name,
      early: "",
      arguments: "",
      free: false,
      ended: false,
    };
    this.#calls.push(call);
    if (index !== null) this.#register(call, index);
    if (id !== "") this.#indexOf().byId.set(id, call);
    if (strays) this.#strays.push(call);
    return call;
  }

  #indexOf(): CallIndex {
    return (this.#index ??= { byIndex: new Map(), byId: new Map(), byBoth: new Map() });
  }

  #register(call: OpenCall, index: number): void {
    const { byIndex, byBoth } = this.#indexOf();
    const calls = byIndex.get(index);
    if (calls === undefined) byIndex.set(index, [call]);
    else calls.push(call);
    if (call.id !== "") byBoth.set(keyOf(index, call.id), call);
  }

  #latestAt(index: number): OpenCall | undefined {
    return this.#index?.byIndex.get(index)?.at(-1);
  }

  #findKnown(fragment: {
    readonly id: string;
    readonly index: number | null;
    readonly name: string;
  }): OpenCall | undefined {
    const { id, index, name } = fragment;
    const sameId =
      id === "" ? undefined : index === null ? this.#index?.byId.get(id) : this.#index?.byBoth.get(keyOf(index, id));
    if (sameId !== undefined) return sameId;
    if (index === null) return name === "" ? this.#calls.at(-1) : undefined;
    const sameIndex = this.#latestAt(index);
    if (sameIndex === undefined && id === "" && name === "") return this.#strayed(index);
    // A second name under the same index with another id is another call, of a host that numbers all calls 0.
    const another =
      name !== "" && id !== "" && sameIndex !== undefined && sameIndex.id !== "" && sameIndex.tool !== null;
    return another ? undefined : sameIndex;
  }

  /**
   * The call whose first fragment came under the index of the one before it, and whose next ones have its own. Source:
   * agno-agi/agno#8880.
   */
  #strayed(index: number): OpenCall | undefined {
    const call = this.#strays.pop();
    if (call === undefined || call.index === null) return call;
    // It is the latest under the index of its head: each one behind it strays as well.
    this.#index?.byIndex.get(call.index)?.pop();
    this.#index?.byBoth.delete(keyOf(call.index, call.id));
    call.index = index;
    this.#register(call, index);
    return call;
  }

  #begin(call: OpenCall, name: string, from: { readonly fragment: JsonObject; readonly out: StreamEvent[] }): void {
    const tool = this.count++;
    call.tool = tool;
    const choice = this.#place.index;
    const id = call.id || stringOr(from.fragment["id"], "") || mintCallId(this.#place, tool, name);
    call.sentId = id;
    const state = readExtraContent(from.fragment["extra_content"]);
    const start = { type: "tool-start", choice, tool, id, name } as const;
    from.out.push(state === undefined ? start : { ...start, state });
    if (call.early !== "") from.out.push({ type: "tool-delta", choice, tool, arguments: call.early });
    call.early = "";
  }

  /** A signature that comes after the start of its call is sent by itself, so that it is not lost. */
  #pushLateState(value: JsonObject, out: StreamEvent[]): void {
    const state = readExtraContent(value["extra_content"]);
    if (state !== undefined) out.push({ type: "text-delta", choice: this.#place.index, text: "", state });
  }

  /** A piece of free text, which is the only argument of its call. */
  #pushFree(value: JsonObject, custom: JsonObject, out: StreamEvent[]): OpenCall {
    const name = stringOr(custom["name"], "");
    const input = stringOr(custom["input"], "");
    const call = this.#find(value, name);
    if (call.tool === null && name !== "") this.#begin(call, name, { fragment: value, out });
    const text = (call.free ? "" : pieces.open) + pieces.piece(input);
    call.free = true;
    this.#add(call, text, out);
    return call;
  }
}

function keyOf(index: number, id: string): string {
  return `${index} ${id}`;
}
