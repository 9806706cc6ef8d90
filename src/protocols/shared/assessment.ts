// What a vendor's filter or guardrail found, as one line for the operator: the names of its rules and what they did. It must
// never repeat what was said: assessments quote the words that they matched, and even the answer that they withheld.
import type { Json, JsonObject } from "../../core/json.ts";
import { maskKeys } from "./mask.ts";
import { isArray, isObject, membersOf, stringOr } from "./read.ts";

/** Assessments are short and shallow; more of them say nothing. */
const DEEPEST = 10;
const MOST_FINDINGS = 10;
const LONGEST_NAME = 60;

/** `contentPolicy INSULTS BLOCKED, violence medium`; undefined if nothing was found. */
export function readAssessment(assessment: Json | undefined): string | undefined {
  const findings = new Set<string>();
  collect(assessment, { rule: "", group: "", depth: 0 }, findings);
  return findings.size === 0 ? undefined : [...findings].join(", ");
}

interface Place {
  /** The member that holds the value, or its list. */
  readonly rule: string;
  /** The member around that one. */
  readonly group: string;
  readonly depth: number;
}

function collect(value: Json | undefined, place: Place, findings: Set<string>): void {
  if (place.depth > DEEPEST || findings.size >= MOST_FINDINGS) return;
  const depth = place.depth + 1;
  if (isArray(value)) for (const one of value) collect(one, { ...place, depth }, findings);
  if (!isObject(value)) return;
  const finding = findingOf(value, place);
  if (finding !== null) findings.add(finding);
  for (const name in value) collect(value[name], { rule: name, group: place.rule, depth }, findings);
}

/** A rule that did something, by its own name or by that of its member. */
function findingOf(value: JsonObject, { rule, group }: Place): string | null {
  const action = stringOr(value["action"], "");
  if (action !== "" && action !== "NONE") return words(group, value["name"] ?? value["type"] ?? rule, action);
  return value["filtered"] === true || value["detected"] === true ? words(rule, value["severity"], "") : null;
}

function words(...pieces: readonly (Json | undefined)[]): string {
  const names = pieces.map((piece) => stringOr(piece, "").slice(0, LONGEST_NAME)).filter((name) => name !== "");
  return maskKeys(names.join(" "));
}

/** Where a host writes that its guardrail changed the answer, beside the answer's own members. */
export interface GuardrailMembers {
  readonly action: string;
  readonly trace: string;
}

/** Null: no guardrail changed this answer, or this piece of one. */
export function interventionIn(
  body: JsonObject,
  members: GuardrailMembers,
): { readonly explanation?: string | undefined } | null {
  const action = body[members.action];
  if (typeof action !== "string" || !/^(?:GUARDRAIL_)?INTERVENED$/iu.test(action)) return null;
  return { explanation: readAssessment(membersOf(body[members.trace])) };
}
