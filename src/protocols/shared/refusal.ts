// What a vendor's refusal reveals about the target for every caller: its context window, unknown or unsupported
// members, facts about its model. Codes and parameters come before messages; the tables beside it match the messages.
import type { WireFailure } from "../../core/failure.ts";
import type { Refusal } from "../../core/refusal.ts";
import { historyWords } from "./history-words.ts";
import { limitWords } from "./limit-words.ts";
import { memberPath, pathOf } from "./member-path.ts";
import { ownMembers } from "../openai-chat/request/own-members.ts";
import { windowWords } from "./overflow.ts";
import { ownWords } from "./own-words.ts";
import { refusalWords, type RefusalWords, type Telling } from "./refusal-words.ts";
import { schemaWords } from "./schema-words.ts";
import { unknownWords } from "./unknown-words.ts";
import { refusableKeyword, schemaMembers } from "./tool-schema/refused.ts";

/** Codes and types that mean an unknown member. */
const unknownCodes: ReadonlySet<string> = new Set(["unknown_parameter", "extra_forbidden", "unknown_field"]);

/** Empty if it reveals nothing. */
export function readRefusals(failure: WireFailure): readonly Refusal[] {
  if (failure.verdict === "context_too_long") return readWindow(failure);
  if ((failure.verdict !== "unsupported" && failure.verdict !== "bad_request") || !isRefusal(failure)) return [];
  const refusals = namedMembers(failure);
  return refusals.length > 0 ? refusals : readWords(failure.message, failure.param);
}

/** From the vendor, under its own status or in a stream. */
function isRefusal({ status, code, type, verdict }: WireFailure): boolean {
  if (status === null) return code !== null || type !== null;
  return status === 400 || status === 422 || (status === 500 && verdict === "unsupported");
}

/** Whether the message is about the order of the messages or calls, which another target may take. */
export function isAboutOrder(message: string): boolean {
  const tells = findRow(message)?.row.tells;
  if (typeof tells !== "object" || !("facts" in tells)) return false;
  const { systemMessages, turnOrder, singleCalls } = tells.facts;
  return (systemMessages ?? turnOrder ?? singleCalls) !== undefined;
}

/** Whether the message is about the model's abilities, and not about this request. `param`: the member that the error names. */
export function isAboutModel(message: string, param: string | null = null): boolean {
  const rowMatch = findRow(message);
  const tells = rowMatch?.row.tells;
  if (tells === "kind") return rowMatch !== null && readKind(rowMatch.match.groups, param).length > 0;
  if (typeof tells !== "object") return tells === "tools" || tells === "header" || tells === "limit";
  return (
    "withheld" in tells ||
    "whole" in tells ||
    "member" in tells ||
    ("facts" in tells && tells.facts.loneSurrogates === undefined)
  );
}

/** Whether the message is about a member that the vendor does not know, whatever its name suggests. */
export function isAboutUnknown(code: string | null, message: string): boolean {
  if (code !== null && unknownCodes.has(code.toLowerCase())) return true;
  return findRow(message)?.row.tells === "unknown";
}

/** The members that these vendor messages name, each message read by itself. */
export function unknownMembers(findings: readonly string[]): string[] {
  const refusals = findings.flatMap((finding) => readWords(finding));
  return refusals.flatMap((one) => (one.kind === "field" && one.isUnknown === true ? one.path : []));
}

const LEAST_WINDOW = 256;
/** How vLLM begins: with names of members in quotes, which are its own words. */
const quotedNames = /^'max_tokens' or 'max_completion_tokens' is too large: \d{1,15}\. /iu;

function readWindow({ message }: WireFailure): Refusal[] {
  for (const pattern of windowWords) {
    const rowMatch = pattern.exec(message);
    const digits = rowMatch?.groups?.["window"];
    if (rowMatch === null || digits === undefined) continue;
    // After a quote, the text may be a caller's.
    const opening = quotedNames.exec(message)?.[0].length ?? 0;
    if (rowMatch.index > opening + ownWords(message.slice(opening)).length) return [];
    const tokens = Number(digits.replaceAll(",", ""));
    return tokens >= LEAST_WINDOW ? [{ kind: "window", tokens }] : [];
  }
  return [];
}

/** By its code and parameter, or by fields of the error's body. */
function namedMembers({ code, param, members = [], message }: WireFailure): Refusal[] {
  if (members.length > 0) return members.map((path) => unknown(path));
  if (code === null || param === null) return [];
  const path = memberPath(param);
  if (path === null) return [];
  if (unknownCodes.has(code.toLowerCase())) return [unknown(path)];
  if (code !== "unsupported_parameter") return [];
  // The message may say more: a condition, or a fact about the model. A member that OpenAI does not have can always be
  // dropped.
  const meaning = findRow(message)?.row.tells;
  if (meaning !== undefined && meaning !== "unsupported") return [];
  return [isStandard(path) ? unsupported(path) : unknown(path)];
}

/** OpenAI has it: a vendor that refuses it knows it, and has a reason. */
function isStandard(path: string): boolean {
  return path.includes(".") || ownMembers.shape.members.has(path);
}

function unknown(path: string): Refusal {
  return { kind: "field", path, value: null, isUnknown: true };
}

function unsupported(path: string): Refusal {
  return { kind: "field", path, value: null };
}

interface MatchedWords {
  readonly row: RefusalWords;
  readonly match: RegExpExecArray;
  readonly rest: readonly string[];
}

/** Routers put their own text before the vendor's. A quote after it is the caller's, unless an error is announced. */
const PREFIX = /^[\w .]{1,60}(?:(?:error|exception): |: (?!['"`]))/iu;
/** A validator's heading. */
const HEADLINE = /^\d+ validation errors?:?$/u;
const MOST_LINES = 20;

const rows: readonly RefusalWords[] = [
  ...limitWords,
  ...historyWords,
  ...schemaWords,
  ...unknownWords,
  ...refusalWords,
];

function findRow(message: string): MatchedWords | null {
  const [headline = "", ...others] = message.split("\n", MOST_LINES).map((line) => line.trimEnd());
  const [line = "", ...rest] = HEADLINE.test(headline) ? others : [headline, ...others];
  for (const words of [line, line.replace(PREFIX, "")])
    for (const row of rows) {
      const match = row.words.exec(words);
      if (match !== null) return isEcho(row, match, message) ? null : { row, match, rest };
    }
  return null;
}

/**
 * Vendors start with the refused thing, in quotes, which may be a caller's sentence that closes the quote itself. Then
 * the vendor's own closing quote comes later. Messages that are the vendor's text throughout contain quotes.
 */
function isEcho({ tells }: RefusalWords, [words]: RegExpExecArray, message: string): boolean {
  const [quote = ""] = words;
  const isWhole = typeof tells === "object" ? !("member" in tells) : tells === "limit";
  if (isWhole || !/['"`]/u.test(quote)) return false;
  return message.slice(message.indexOf(words) + words.length).includes(quote);
}

/** `param`: the member that the error names beside its message. */
function readWords(message: string, param: string | null = null): readonly Refusal[] {
  const rowMatch = findRow(message);
  if (rowMatch === null) return [];
  const { row, match, rest } = rowMatch;
  const refusals = readRow(row, match, param);
  if (row.lines !== true) return refusals;
  const more = rest.map((line) => row.words.exec(line)).flatMap((one) => (one === null ? [] : readRow(row, one)));
  return [...refusals, ...more];
}

function readRow({ tells }: RefusalWords, { groups = {} }: RegExpExecArray, param: string | null = null): Refusal[] {
  if (typeof tells === "object") return readKnown(tells, groups);
  if (tells === "limit") return readLimit(groups);
  if (tells === "kind") return readKind(groups, param);
  if (tells === "keyword") return keywordsIn(groups["keyword"]);
  if (tells === "unknown" && isInSchema(groups["at"])) return keywordsIn(groups["path"]);
  if (tells === "tools") return [{ kind: "tools", types: valuesIn(groups) }];
  if (tells === "header") return [{ kind: "header", header: groups["header"] ?? null, values: valuesIn(groups) }];
  const paths = tells === "value" && groups["path"] === undefined ? pathsOf(memberPath(param ?? "")) : pathsIn(groups);
  if (tells !== "value") return paths.map(tells === "unknown" ? unknown : unsupported);
  const only = /only the default/i.test(groups["more"] ?? "");
  const value = only ? null : (groups["value"] ?? "").replaceAll(/^['"]|['"]$/g, "");
  return paths.map((path) => ({ kind: "field", path, value }));
}

type Groups = Readonly<Record<string, string | undefined>>;

/** Gemini names the place of a keyword apart from the keyword: a caller's names come before `value`. */
function isInSchema(place: string = ""): boolean {
  return place.split(/[.[\]]/u).some((step) => schemaMembers.has(step));
}

/** One keyword, or several in quotes. */
function keywordsIn(words: string = ""): Refusal[] {
  const keywords = words.split(/", ?"/u).filter(refusableKeyword);
  return keywords.map((keyword) => ({ kind: "keyword", keyword }));
}

function readKnown(tells: Extract<Telling, object>, groups: Groups): Refusal[] {
  if ("facts" in tells) return [{ kind: "facts", facts: tells.facts }];
  if ("keyword" in tells) return keywordsIn(tells.keyword);
  if ("member" in tells) return [{ kind: "field", path: tells.member, value: tells.value ?? groups["value"] ?? null }];
  if ("whole" in tells) return [{ kind: "header", header: tells.whole, values: null }];
  return [{ kind: "header", header: null, values: [tells.withheld] }];
}

/** Items of a history that came with a type of tool only. */
const toolsOfItems: ReadonlyMap<string, string> = new Map([
  ["additional_tools", "additional_tools"],
  ["tool_search_call", "tool_search"],
  ["tool_search_output", "tool_search"],
  ["web_search_call", "web_search"],
  ["custom_tool_call", "custom"],
  ["custom_tool_call_output", "custom"],
]);

/** Like Chat Completions, which takes no other types of tools for any model. */
function listsFunctionsAlone(list: string): boolean {
  return [...list.matchAll(/'([^']*)'/gu)].every(([, kind]) => kind === "function" || kind === "custom");
}

/** Namespaces and items allow other types than the top level: a refusal there teaches nothing. */
function readKind({ value = "", more = "" }: Groups = {}, param: string | null = null): Refusal[] {
  const place = memberPath(param ?? "") ?? "";
  const tool = place === "input.*.type" ? toolsOfItems.get(value) : value;
  if (place === "tools.*.type" || place === "input.*.type") {
    if (tool === undefined) return [];
    const byService = place === "tools.*.type" && listsFunctionsAlone(more);
    return [{ kind: "tools", types: [tool], ...(byService ? { byService } : {}) }];
  }
  if (place !== "include.*") return [];
  // Their caller reads them: without them it would be another answer.
  if (value === "message.output_text.logprobs") return [unsupported("logprobs")];
  return [{ kind: "field", path: place, value }];
}

/** Gemini names the first number that is too large. */
function readLimit({ value = "", over }: Groups): Refusal[] {
  const tokens = over === undefined ? Number(value) : Number(over) - 1;
  return tokens >= LEAST_WINDOW ? [{ kind: "facts", facts: { outputTokens: tokens } }] : [];
}

function valuesIn({ path = "" }: Groups): string[] {
  return path.split(", ").map((value) => value.replaceAll("`", ""));
}

function pathsIn({ path = "", at, steps }: Groups): string[] {
  if (steps !== undefined)
    return pathsOf(pathOf([...steps.matchAll(/["']([^"']+)["']|(\d+)/gu)].map((one) => one[1] ?? one[2] ?? "")));
  const names = path.replaceAll(/['"]/gu, "").split(", ");
  return names.flatMap((name) => pathsOf(memberPath(at === undefined ? name : `${at}.${name}`)));
}

function pathsOf(path: string | null): string[] {
  return path === null ? [] : [path];
}
