// Reads an error's body in any shape: OpenAI's object, a flat one, an array, a bare string, a validator's list, an HTML
// page. It only reads; `error-verdict.ts` decides.
import type { Json, JsonObject } from "../../core/json.ts";
import { arrayOr, isArray, isObject, membersOf, parseJson, stringOr } from "./read.ts";
import { pathOf } from "./member-path.ts";
import { durationMs } from "../../domain/duration-ms.ts";
import { usable } from "./wait-hints.ts";

export interface ErrorBody {
  /** Empty if the body has no text. */
  readonly message: string;
  readonly code: string | null;
  readonly type: string | null;
  readonly param: string | null;
  /** A status in the body; null if it is not an HTTP error status. */
  readonly status: number | null;
  /** A wait in the body (`google.rpc.RetryInfo`), in milliseconds. */
  readonly waitMs: number | null;
  /** When the limit ends, as the body says it: an epoch or a date. Absent: it does not say. */
  readonly resetsAt?: string | null;
  /** Text of an inner error, a reason or a quota, only for the verdict. */
  readonly inner: string;
  /** Paths of members that a validator does not know. Absent: none named. */
  readonly members?: readonly string[];
  /** The object with the message; null if there is none. */
  readonly object: JsonObject | null;
}

/** Long bodies echo prompts; the vendor's own text comes first. */
const longest = 2000;

export function readErrorText(text: string): ErrorBody {
  const json = parseJson(text);
  if (json !== undefined) return readErrorJson(json);
  const title = /<title[^>]*>([^<]*)<\/title>/i.exec(text.slice(0, 20_000))?.[1]?.trim();
  const words = title ?? (text.includes("<html") || text.includes("<!DOCTYPE") ? "" : text.trim());
  return {
    message: words.slice(0, longest),
    code: null,
    type: null,
    param: null,
    status: null,
    waitMs: null,
    inner: "",
    object: null,
  };
}

export function readErrorJson(json: Json): ErrorBody {
  const outer = isArray(json) ? json[0] : json;
  if (!isObject(outer)) return readErrorText(typeof outer === "string" && outer !== "" ? `${outer} ` : " ");
  const error = outer["error"] ?? arrayOr(outer["errors"], [])[0];
  const inner = isObject(error) ? error : outer;
  const message = typeof error === "string" ? error : messageOf(inner);
  const code = wordOf(inner["code"]) ?? wordOf(outer["code"]);
  return {
    message: (message || messageOf(outer)).slice(0, longest),
    code,
    type: wordOf(inner["type"]) ?? (typeof inner["status"] === "string" ? inner["status"] : null),
    param: wordOf(inner["param"]),
    status:
      statusOf(inner["code"]) ?? statusOf(inner["status_code"]) ?? statusOf(inner["status"]) ?? statusOf(outer["code"]),
    waitMs: waitIn(inner, outer),
    resetsAt: resetIn(inner, outer),
    inner: innerWords(inner),
    members: [...new Set([...strangersIn(outer), ...(inner === outer ? [] : strangersIn(inner))])],
    object: isObject(error) ? error : typeof error === "string" ? null : outer,
  };
}

/** Routers say little themselves and quote the vendor in `metadata.raw`. */
function messageOf(error: JsonObject): string {
  const raw = membersOf(error["metadata"])["raw"];
  const own = ownMessage(error);
  if (typeof raw === "string" && raw !== "") {
    const quoted = parseJson(raw);
    const words = quoted === undefined || typeof quoted === "number" ? raw : readErrorJson(quoted).message || raw;
    return own === "" ? words : `${own}: ${words}`;
  }
  if (own !== "") return quotedIn(own) ?? own;
  if (isObject(error["message"])) return messageOf(error["message"]) || JSON.stringify(error["message"]);
  return detailOf(error["detail"]) || detailOf(error["message"]) || stringOr(error["title"], "");
}

function ownMessage(error: JsonObject): string {
  for (const name of ["message", "msg", "error_message", "error_msg", "Message"]) {
    const words = stringOr(error[name], "");
    if (words !== "") return words;
  }
  return "";
}

/** Some proxies put a validator's whole answer into their message. */
function quotedIn(words: string): string | null {
  const quoted = words.startsWith("{") ? parseJson(words) : undefined;
  return isObject(quoted) ? messageOf(quoted) || null : null;
}

/** A validator's code for an unknown member: Pydantic's second and first version. */
const unknownTypes: ReadonlySet<Json | undefined> = new Set(["extra_forbidden", "value_error.extra"]);
const MOST_MEMBERS = 20;

function strangersIn(error: JsonObject): string[] {
  const { message } = error;
  const quoted = typeof message === "string" && /^[{[]/u.test(message) ? parseJson(message) : message;
  const lists = [error["detail"], error["issues"], quoted, membersOf(quoted)["detail"]];
  return lists
    .flatMap((list) => arrayOr(list, []).slice(0, MOST_MEMBERS))
    .flatMap((finding) => {
      if (!isObject(finding)) return [];
      if (finding["code"] === "unrecognized_keys") return keysIn(finding);
      if (!unknownTypes.has(finding["type"])) return [];
      const steps = arrayOr(finding["loc"], []).map((step) => (typeof step === "number" ? step : stringOr(step, "")));
      return pathOf(steps) ?? [];
    });
}

/** Zod's: `{code: "unrecognized_keys", keys: ["store"], path: []}`. */
function keysIn({ keys, path }: JsonObject): string[] {
  const steps = arrayOr(path, []).map((step) => (typeof step === "number" ? step : stringOr(step, "")));
  const names = arrayOr(keys, []).slice(0, MOST_MEMBERS);
  return names.flatMap((name) => pathOf([...steps, stringOr(name, "")]) ?? []);
}

/** A validator's findings: `[{loc: ["body", "messages", 0], msg: "field required"}]`. */
function detailOf(detail: Json | undefined): string {
  if (typeof detail === "string") return detail;
  if (isObject(detail)) return messageOf(detail) || detailOf(detail["detail"]);
  return arrayOr(detail, [])
    .map((finding) => {
      if (!isObject(finding)) return JSON.stringify(finding);
      const place = arrayOr(finding["loc"], [])
        .map((step) => (typeof step === "object" ? "" : String(step)))
        .join(".");
      const words = stringOr(finding["msg"], stringOr(finding["message"], ""));
      return place === "" ? words : `${place}: ${words}`;
    })
    .join("; ");
}

function wordOf(value: Json | undefined): string | null {
  if (typeof value === "string" && value !== "") return value;
  return typeof value === "number" ? String(value) : null;
}

function statusOf(value: Json | undefined): number | null {
  const status = typeof value === "string" && /^\d{3}$/.test(value) ? Number(value) : value;
  return typeof status === "number" && Number.isInteger(status) && status >= 400 && status < 600 ? status : null;
}

/** Seconds in a body, beside the message. Sources: OpenAI's Codex back end, xAI, Cloudflare, Discord-like gateways. */
const waitMembers = ["resets_in_seconds", "retry_after_seconds", "retry_after", "retryAfter", "reset_in"] as const;
/** Milliseconds there. */
const exactWaitMembers = ["retry_after_ms", "retryAfterMs"] as const;
/** An epoch in seconds or milliseconds, or a date. */
const resetMembers = ["resets_at", "reset_at", "resetsAt"] as const;

function waitIn(error: JsonObject, outer: JsonObject): number | null {
  const delay = retryInfo(error);
  if (delay !== null) return delay;
  for (const holder of holdersOf(error, outer)) {
    const exact = firstNumber(holder, exactWaitMembers);
    const seconds = firstNumber(holder, waitMembers);
    if (exact > 0 || seconds > 0) return usable(exact > 0 ? exact : seconds * 1000);
  }
  return null;
}

function holdersOf(error: JsonObject, outer: JsonObject): readonly JsonObject[] {
  return error === outer ? [error] : [error, outer, membersOf(error["metadata"])];
}

/** The first positive number among the members, also as text; 0 if there is none. */
function firstNumber(holder: JsonObject, names: readonly string[]): number {
  for (const name of names) {
    const value = holder[name];
    const number = typeof value === "string" && /^\d+(?:\.\d+)?$/.test(value) ? Number(value) : value;
    if (typeof number === "number" && number > 0) return number;
  }
  return 0;
}

function resetIn(error: JsonObject, outer: JsonObject): string | null {
  for (const holder of holdersOf(error, outer))
    for (const name of resetMembers) {
      const value = holder[name];
      if (typeof value === "number" || typeof value === "string") return String(value);
    }
  return null;
}

function retryInfo(error: JsonObject): number | null {
  for (const detail of arrayOr(error["details"], [])) {
    const delay = isObject(detail) ? detail["retryDelay"] : undefined;
    if (typeof delay === "string") return durationMs(delay);
  }
  return null;
}

function innerWords(error: JsonObject): string {
  const places = [error["innererror"], error["details"], error["metadata"], error["failed_generation"]];
  const values = places.filter((place) => place !== undefined && place !== null);
  return values.length === 0 ? "" : JSON.stringify(values).slice(0, longest);
}
