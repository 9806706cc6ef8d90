// The stored state of an answer: its origin, and its position in the assistant's turn, per call. Stored as text, so
// that any store can hold it; invalid text from a store counts as nothing.
import type { ProtocolName, VendorState } from "../core/chat.ts";
import { createHash } from "node:crypto";
import type { Exchange } from "../core/exchange.ts";
import { parseJson } from "../domain/parse-body.ts";
import type { Key, ProviderRules } from "../core/rules.ts";
import type { ReasoningStateRules } from "../core/reasoning-state.ts";

/** The origin of a state. */
export interface Origin {
  readonly protocol: ProtocolName;
  /** The provider's address: another region or host of the same vendor is another origin. */
  readonly vendor: string;
  /** Without the date that some names contain. */
  readonly model: string;
  /** A digest of the key; empty if there was none. */
  readonly account: string;
}

/** State before a call: reasoning, or the seal of the text that ends there. */
export interface Piece {
  readonly kind: "reasoning" | "text";
  /** UTF-16 units of the turn's text before it. */
  readonly at: number;
  /** Of reasoning. */
  readonly text: string;
  readonly state: VendorState;
}

/** The state of one call. */
export interface CallStateMemory {
  readonly origin: Origin;
  /** The tool's name: a call with another name is another call. */
  readonly name: string;
  readonly state: VendorState | null;
  readonly before: readonly Piece[];
}

export interface Maker {
  readonly protocol: ProtocolName;
  readonly provider: ProviderRules;
  readonly model: string;
  readonly key: Key | null;
}

/** Computes each key's digest once, and caches each provider's last origin, which is usually the next one too. */
export function rememberOrigins(): (maker: Maker) => Origin {
  const last = new WeakMap<ProviderRules, { readonly maker: Maker; readonly origin: Origin }>();
  const accounts = new WeakMap<Key, string>();
  const accountOf = (key: Key): string => {
    const account = accounts.get(key) ?? digestOf(key.value);
    accounts.set(key, account);
    return account;
  };
  const makeOrigin = ({ protocol, provider, model, key }: Maker): Origin => ({
    protocol,
    vendor: provider.baseUrl,
    model: model
      .toLowerCase()
      .replace(/^models\//u, "")
      .replace(/[-@]\d{4}-?\d{2}-?\d{2}$/u, ""),
    account: key === null ? "" : accountOf(key),
  });
  return (maker) => {
    const latest = last.get(maker.provider);
    if (latest !== undefined && isSame(latest.maker, maker)) return latest.origin;
    const origin = makeOrigin(maker);
    // A key from a request is not kept after the request.
    if (maker.key?.source !== "request") last.set(maker.provider, { maker, origin });
    return origin;
  };
}

function isSame(one: Maker, other: Maker): boolean {
  return one.model === other.model && one.key === other.key && one.protocol === other.protocol;
}

/** Whether state from `made` is valid at `target`. */
export function belongs(stateOrigin: Origin, target: Origin, { bound }: Pick<ReasoningStateRules, "bound">): boolean {
  if (stateOrigin.protocol !== target.protocol || stateOrigin.vendor !== target.vendor) return false;
  if (bound.model && stateOrigin.model !== target.model) return false;
  return !bound.account || stateOrigin.account === target.account;
}

export function digestOf(secret: string): string {
  return createHash("sha256").update(secret).digest("base64url").slice(0, 22);
}

/** The owner of the state: a caller never gets state from another caller's answers. */
export function ownerOf({ caller }: Exchange): string {
  if (caller === null) return "anonymous";
  return caller.vendorKey === null ? caller.name : `${caller.name} ${digestOf(caller.vendorKey)}`;
}

/**
 * An id that is only a name and a number repeats in other conversations: such an id is combined with its conversation.
 */
export function isWeak(id: string): boolean {
  return !(id.match(/[A-Za-z0-9]{16,}/gu) ?? []).some((run) => /\d/u.test(run));
}

/** `opening`: the beginning of the conversation, for weak ids. */
export function callKey(owner: string, id: string, opening: string): string {
  return JSON.stringify(isWeak(id) ? [owner, id, opening] : [owner, id]);
}

/** The end of a seal identifies it. */
export function sealKey(seal: string): string {
  return `seal ${seal.length} ${seal.slice(-64)}`;
}

export function threadKey(id: string): string {
  return `thread ${id.length} ${id.slice(-64)}`;
}

export function readMemory(text: string | null | undefined): CallStateMemory | null {
  const value = typeof text === "string" ? parseJson(text) : undefined;
  return isRecord(value) && isRecord(value["origin"]) && Array.isArray(value["before"])
    ? (value as unknown as CallStateMemory)
    : null;
}

export function readOrigin(text: string | null | undefined): Origin | null {
  const value = typeof text === "string" ? parseJson(text) : undefined;
  return isRecord(value) && typeof value["vendor"] === "string" ? (value as unknown as Origin) : null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
