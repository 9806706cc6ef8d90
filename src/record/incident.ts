// Incidents that an operator should see (F21): a request that failed, broke off or was answered by a later target; a
// circuit breaker that opened or closed; an API key that cools down. As plain data, and as one line of text. It must
// not contain a prompt, an answer, a key or a vendor's message, which may quote a request; the ledger has them under
// the request's id. Pure.
import type { AttemptRecord } from "../core/attempt-record.ts";
import type { GatewayCode } from "../core/failure.ts";
import type { CallEnd, StateChange } from "../core/recorder.ts";
import { durationText } from "../domain/duration-text.ts";
import { onOneLine } from "../domain/on-one-line.ts";

/** An attempt that failed. */
export interface FailedAttempt {
  readonly target: string;
  readonly verdict: string;
  /** HTTP status; null: no answer came. */
  readonly status: number | null;
  /** The gateway's own message, if no answer came; else null. */
  readonly message: string | null;
}

/** `at`: ISO 8601. `route`: null if the request was refused before it had one. */
export type Incident = { readonly at: string } & (
  | (AboutRequest & { readonly event: "request_failed"; readonly status: number; readonly code: GatewayCode })
  | (AboutAnswer & { readonly event: "request_fell_back"; readonly target: string })
  | (AboutAnswer & { readonly event: "stream_broke" })
  | AboutState
  /** So many were left out, because too many came at a time. */
  | { readonly event: "incidents_left_out"; readonly count: number; readonly withinMs: number }
);

interface AboutRequest {
  readonly request: string;
  readonly route: string | null;
  /** In order; without targets that were not asked. */
  readonly failed: readonly FailedAttempt[];
}

interface AboutAnswer extends AboutRequest {
  /** Places in the answer that the client did not get, as in `x-understudy-dropped`, which a stream sends before them. */
  readonly losses?: readonly string[];
}

type AboutState =
  | { readonly event: "circuit_opened"; readonly target: string; readonly cause: string; readonly milliseconds: number }
  | { readonly event: "circuit_closed"; readonly target: string }
  | {
      readonly event: "key_cooling_down";
      readonly provider: string;
      /** Its source, and its masked label; empty: unknown. */
      readonly key: string;
      /** Null: for all models. */
      readonly model: string | null;
      readonly cause: string;
      readonly milliseconds: number;
    };

/** Names come with requests, and routes can be long. */
const LONGEST_WORDS = 200;
const MOST_SHOWN = 8;

/** Most calls: answered by the first target at its first try. */
export function isPlainSuccess({ arrival: { attempts }, code, isBroken = false }: CallEnd): boolean {
  return code === null && !isBroken && attempts.length <= 1 && attempts[0]?.verdict === "ok";
}

/** Null: not an incident. */
export function incidentOfCall(end: CallEnd, at: string): Incident | null {
  const { exchange, arrival, status, code, isBroken = false } = end;
  const { attempts, id: request } = arrival;
  if (isPlainSuccess(end)) return null;
  const route = exchange === null ? null : printable(exchange.route.name);
  if (code !== null) {
    if (code === "cancelled") return null;
    return { at, event: "request_failed", request, route, status, code, failed: failuresOf(attempts) };
  }
  // What the client got counts: a stand-in that refuses to continue has answered, but not this client.
  if (isBroken)
    return { at, event: "stream_broke", request, route, failed: failuresOf(attempts, isLoss), ...lostOf(attempts) };
  const answerIndex = attempts.findLastIndex(isAnswer);
  if (answerIndex === -1) return null;
  const failed = failuresOf(attempts.slice(0, answerIndex));
  const target = printable(attempts[answerIndex]?.target ?? "");
  const others = failed.filter((one) => one.target !== target);
  if (others.length === 0) return null;
  return { at, event: "request_fell_back", request, route, target, failed: others, ...lostOf(attempts) };
}

/** Of every attempt that began an answer: a stream may have had several. */
function lostOf(attempts: readonly AttemptRecord[]): Pick<AboutAnswer, "losses"> {
  const places = attempts.flatMap(({ dropped }) => dropped.filter((place) => place.startsWith("answer.")));
  return places.length === 0 ? {} : { losses: [...new Set(places)].map(printable) };
}

export function incidentOfState({ news, cause, key = "" }: StateChange, at: string): Incident {
  switch (news.kind) {
    case "target-out": {
      const milliseconds = Math.round(news.milliseconds);
      return { at, event: "circuit_opened", target: printable(news.target), cause: cause ?? "", milliseconds };
    }
    case "target-back":
      return { at, event: "circuit_closed", target: printable(news.target) };
    case "key-cooldown": {
      const { provider, milliseconds, reason } = news;
      const model = news.model === null ? null : printable(news.model);
      const about = { provider: printable(provider), key: printable(key), model };
      return { at, event: "key_cooling_down", ...about, cause: reason, milliseconds: Math.round(milliseconds) };
    }
  }
}

/** One line, without its line end. */
export function incidentText(incident: Incident): string {
  return `${incident.at} ${wordsOf(incident)}`;
}

function wordsOf(incident: Incident): string {
  switch (incident.event) {
    case "request_failed": {
      const { request, status, code } = incident;
      return `${routeWords(incident)}request ${request} failed with ${status} ${code}${attemptWords(incident, ": ")}`;
    }
    case "request_fell_back": {
      const { request, target } = incident;
      return `${routeWords(incident)}${target} answered request ${request}${attemptWords(incident, " after ")}${lossWords(incident)}`;
    }
    case "stream_broke":
      return `${routeWords(incident)}request ${incident.request} broke off after its first content${attemptWords(incident, ": ")}${lossWords(incident)}`;
    case "circuit_opened":
      return `circuit breaker of ${incident.target} open for ${durationText(incident.milliseconds)}: ${incident.cause}`;
    case "circuit_closed":
      return `circuit breaker of ${incident.target} closed`;
    case "key_cooling_down": {
      const { provider, key, model, cause, milliseconds } = incident;
      const which = `API key of ${provider}${key === "" ? "" : ` (${key})`}`;
      return `${which} cooling down for ${durationText(milliseconds)}${model === null ? "" : `, for ${model}`}: ${cause}`;
    }
    case "incidents_left_out":
      return `${incident.count} more lines like these left out within ${durationText(incident.withinMs)}`;
  }
}

function routeWords({ route }: AboutRequest): string {
  return route === null ? "" : `route ${route}: `;
}

function lossWords({ losses = [] }: AboutAnswer): string {
  if (losses.length === 0) return "";
  const more = losses.length - MOST_SHOWN;
  return `; without ${losses.slice(0, MOST_SHOWN).join(", ")}${more > 0 ? `, and ${more} more` : ""}`;
}

/** Equal failed retries are counted. */
function attemptWords({ failed }: AboutRequest, before: string): string {
  const times = new Map<string, number>();
  for (const { target, verdict, status, message } of failed) {
    const words = `${target} ${verdict}${status === null ? "" : ` ${status}`}${message === null ? "" : ` (${message})`}`;
    times.set(words, (times.get(words) ?? 0) + 1);
  }
  if (times.size === 0) return "";
  const shownText = [...times]
    .slice(0, MOST_SHOWN)
    .map(([words, count]) => (count === 1 ? words : `${words} (${count} times)`));
  const more = times.size - shownText.length;
  return `${before}${shownText.join(", ")}${more === 0 ? "" : `, and ${more} more`}`;
}

function failuresOf(attempts: readonly AttemptRecord[], fits = isFailure): readonly FailedAttempt[] {
  return attempts.filter(fits).map(({ target, verdict, status, message }) => ({
    target: printable(target),
    verdict: verdict ?? "",
    status,
    message: status === null && message !== null ? printable(message) : null,
  }));
}

/** It was asked, and did not answer. An attempt that a hedge or the caller cancelled did not fail. */
function isFailure(one: AttemptRecord): boolean {
  return one.skipped !== true && one.verdict !== null && one.verdict !== "cancelled" && !isAnswer(one);
}

/** In a stream that broke: a refusal as well. */
function isLoss(one: AttemptRecord): boolean {
  return isFailure(one) || one.verdict === "policy_blocked";
}

/** A refusal is an answer as well. */
function isAnswer({ verdict, message }: AttemptRecord): boolean {
  return verdict === "ok" || (verdict === "policy_blocked" && message === null);
}

/** Model names come with requests: they must not contain a line end, or hide a secret of an address. */
function printable(text: string): string {
  const shownText = text.length > LONGEST_WORDS ? `${text.slice(0, LONGEST_WORDS)}...` : text;
  return onOneLine(shownText).replaceAll(/\/\/[^\s/@]*@/gu, "//");
}
