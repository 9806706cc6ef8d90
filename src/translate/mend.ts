// Corrects what a target is known to refuse in an outgoing body, and records it: with its vendor's quirks, and with
// learned limits. If a correction is impossible, or would drop something from a strict caller's request, it refuses the
// request.
import type { Asking } from "../core/exchange.ts";
import type { AttemptRecord } from "../core/attempt-record.ts";
import { GatewayFailure } from "../core/failure.ts";
import type { JsonObject } from "../core/json.ts";
import type { RawMembers } from "../core/encoded-request.ts";
import type { RequestCodec } from "../core/protocol.ts";
import type { Quirk, QuirkQuestion } from "../core/provider.ts";
import { inOwnWords } from "./in-own-words.ts";
import { shortenList } from "../domain/shorten-list.ts";

const NONE: readonly Quirk[] = [];

/** The quirks that may have something to correct in this body, judged by its members before it is parsed. */
export function meeting(quirks: readonly Quirk[], members: RawMembers, model: string): readonly Quirk[] {
  let met: Quirk[] | null = null;
  for (const quirk of quirks)
    if (looksAtOne(quirk, members) && (quirk.models?.test(model) ?? true)) (met ??= []).push(quirk);
  return met ?? NONE;
}

function looksAtOne({ fields, words }: Quirk, members: RawMembers): boolean {
  if (fields === undefined) return true;
  // A loop without a function: a vendor may have dozens of quirks, and few requests meet one.
  for (const name of fields)
    if (members.has(name) && (words?.some((word) => members.mentions(name, `"${word}"`)) ?? true)) return true;
  return false;
}

/** The operator always sets the model's name, so it does not count. */
export function setsMembers(params: JsonObject): boolean {
  for (const name in params) if (name !== "model" && params[name] !== undefined) return true;
  return false;
}

/** Refuses what the target refused before and a request cannot work without. */
export function refuseKnown(body: JsonObject, learnedLimit: Asking["learnedLimit"], model: string): void {
  refuseMembers((name) => body[name] !== undefined, learnedLimit, model);
}

/** The same for the members that a request `has`. */
export function refuseMembers(
  has: (name: string) => boolean,
  learnedLimit: Asking["learnedLimit"],
  model: string,
): void {
  const param = learnedLimit?.refusedMembers.find(has);
  if (param === undefined) return;
  throw new GatewayFailure(`${model} refused ${param} before`, { code: "unsupported", status: 400, param });
}

export interface Mended {
  readonly body: JsonObject;
  readonly dropped: readonly string[];
  readonly adapted: readonly string[];
}

/** How a body is sent; `model` is the model's name at the target. */
export interface MendedFor extends QuirkQuestion {
  readonly model: string;
  /** The protocol's words for members of other protocols. Absent: it has none. */
  readonly placeParams?: RequestCodec["placeParams"] | undefined;
}

export function mend(body: JsonObject, quirks: readonly Quirk[], question: MendedFor): Mended {
  let mended = body;
  const dropped: string[] = [];
  const adapted: string[] = [];
  for (const quirk of quirks) {
    if (quirk.fields !== undefined && !hasOne(body, quirk.fields)) continue;
    const changed =
      inOwnWords(mended, quirk.unknownMember, question.placeParams) ??
      quirk.request?.(mended, question.model, question);
    if (changed === undefined) continue;
    mended = changed.body;
    dropped.push(...changed.dropped);
    adapted.push(...changed.adapted);
  }
  return { body: mended, dropped, adapted };
}

/** A loop without a function, like `looksAtOne`. */
function hasOne(body: JsonObject, names: readonly string[]): boolean {
  for (const name of names) if (body[name] !== undefined) return true;
  return false;
}

export function note(attempt: AttemptRecord, dropped: readonly string[], adapted: readonly string[]): void {
  attempt.dropped = eachOnce(dropped);
  attempt.adapted = eachOnce(adapted);
}

function eachOnce(entries: readonly string[]): readonly string[] {
  return entries.length < 2 ? entries : [...new Set(entries)];
}

/** `x-understudy-strict`: the caller prefers another target to an answer for a reduced request. */
export function refuseDrops(
  headers: Readonly<Record<string, string>>,
  { dropped }: Pick<AttemptRecord, "dropped">,
  model: string,
): void {
  if (dropped.length === 0 || headers["x-understudy-strict"] !== "true") return;
  throw new GatewayFailure(
    `${model} does not accept ${shortenList(dropped).join(", ")}, and x-understudy-strict is true`,
    {
      code: "unsupported",
      status: 400,
      param: shortenList(dropped)[0] ?? null,
    },
  );
}
