// Scripted answers: the model's text, or the tool that it calls with its input. They make a tool loop of any client
// repeatable. A request finds its answer by its content, so repeats and other requests change nothing.
import { asRecord, type JsonRecord } from "../json-record.ts";
import type { Prompt, PromptTool, ToolCall } from "./prompt.ts";

export interface ScriptedAnswer {
  /** Only for requests whose body contains this text. Absent: for all. */
  readonly when?: string;
  /**
   * The text of the answer; before the call if there is one. `{{repeat_first}}` stands for the words that a gateway asks
   * the model to repeat when it continues a broken answer.
   */
  readonly say?: string;
  /** The calls by tool name: the first tool that the request offers is called. A string is for a free-form tool. */
  readonly call?: Readonly<Record<string, JsonRecord | string>>;
}

/** A scripted answer for one request. */
export interface ScriptedTurn {
  readonly text: string;
  readonly calls: readonly ToolCall[];
}

export class AnswerBook {
  #answers: readonly ScriptedAnswer[] = [];

  /** Replaces all scripted answers. */
  write(answers: readonly ScriptedAnswer[]): void {
    this.#answers = answers;
  }

  list(): readonly ScriptedAnswer[] {
    return this.#answers;
  }

  /** Those whose text this body contains, the later ones first. */
  matching(rawBody: string): readonly ScriptedAnswer[] {
    if (this.#answers.length === 0) return [];
    const matching = this.#answers.filter(({ when }) => when === undefined || rawBody.includes(inJson(when)));
    return matching.toReversed();
  }
}

/** A text as in a JSON string. */
function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** The first answer that fits the request: it offers the tool, and it wants text rather than JSON. */
export function turnFor(prompt: Prompt, answers: readonly ScriptedAnswer[]): ScriptedTurn | undefined {
  for (const { say = "", call } of answers) {
    if (call === undefined) {
      if (prompt.output.kind === "text") return { text: say, calls: [] };
      continue;
    }
    const offered = prompt.toolMode.kind === "none" ? [] : prompt.tools;
    const tool = firstOffered(offered, call);
    if (tool !== undefined) return { text: say, calls: [callOf(tool, call[tool.name])] };
  }
  return undefined;
}

function firstOffered(tools: readonly PromptTool[], call: NonNullable<ScriptedAnswer["call"]>): PromptTool | undefined {
  for (const name of Object.keys(call)) {
    const tool = tools.find((one) => one.name === name);
    if (tool !== undefined) return tool;
  }
  return undefined;
}

function callOf({ name, isFreeForm, namespace }: PromptTool, input: JsonRecord | string | undefined): ToolCall {
  const place = namespace === undefined ? { name } : { name, namespace };
  if (isFreeForm === true) return { ...place, input: {}, freeForm: typeof input === "string" ? input : show(input) };
  return { ...place, input: asRecord(input) ?? { input } };
}

function show(input: JsonRecord | undefined): string {
  return JSON.stringify(input ?? {});
}
