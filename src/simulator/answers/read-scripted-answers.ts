// Parses scripted answers from code or from the control endpoint. Its errors name the field and the fix.
import { SimulatorInputError } from "../faults/read-fault-script.ts";
import { asRecord } from "../json-record.ts";
import type { ScriptedAnswer } from "./answer-book.ts";

/** Checks a script. Throws a `SimulatorInputError` that names the field. */
export function readScriptedAnswers(input: unknown): ScriptedAnswer[] {
  if (!Array.isArray(input)) throw new SimulatorInputError('"answers" must be a list, e.g. [{"say": "Done."}]');
  return input.map((one: unknown, index) => readAnswer(one, `answers[${index}]`));
}

function readAnswer(input: unknown, place: string): ScriptedAnswer {
  const record = asRecord(input);
  if (record === undefined) throw new SimulatorInputError(`${place} must be an object, e.g. {"say": "Done."}`);
  const { when, say, call, ...others } = record;
  const [stranger] = Object.keys(others);
  if (stranger !== undefined)
    throw new SimulatorInputError(`${place} takes no "${stranger}". It takes: when, say, call`);
  for (const [name, value] of Object.entries({ when, say })) {
    if (value !== undefined && (typeof value !== "string" || value === ""))
      throw new SimulatorInputError(`"${name}" of ${place} must be a non-empty string`);
  }
  if (say === undefined && call === undefined)
    throw new SimulatorInputError(`${place} needs "say" (a string) or "call" (a tool's name and its input)`);
  if (call !== undefined) checkCall(call, place);
  return record as unknown as ScriptedAnswer;
}

function checkCall(call: unknown, place: string): void {
  const inputs = Object.values(asRecord(call) ?? {});
  const isRight = (input: unknown): boolean => typeof input === "string" || asRecord(input) !== undefined;
  if (inputs.length === 0 || !inputs.every(isRight))
    throw new SimulatorInputError(`"call" of ${place} must name tools and their inputs: {"run": {"command": "ls"}}`);
}
