// Tool names on this wire. What it does not take is escaped in a way that can be read back without any memory of the
// request, because the decoder of an answer never sees the request it answers. Never shortens: two tools must not meet.
import { GatewayFailure } from "../../core/failure.ts";

/**
 * Synthetic tools through which a model answers in JSON where it cannot do JSON output and function tools at once.
 * `whole`: the arguments are the answer. `value`: its member `value` is (roots that are no objects).
 * `text`: its member `text` is the answer's JSON text (no schema was given).
 */
export const answerTools = {
  whole: "json_answer",
  value: "json_answer_value",
  text: "json_answer_text",
} as const;

const escaped = "__u_";
const most = 128;
/** Source: FunctionDeclaration.name in Google's `@google/genai` 3.1.0. */
const fitting = /^[A-Za-z_][A-Za-z0-9_.:-]*$/;
const reserved: ReadonlySet<string> = new Set(Object.values(answerTools));

/** The name for the wire. Throws GatewayFailure(`unsupported`) where it has more than 128 characters there. */
export function encodeToolName(name: string): string {
  const plain = fitting.test(name) && !reserved.has(name) && !name.startsWith(escaped);
  const wire = plain ? name : escaped + name.replace(/[^A-Za-z0-9_.-]/gu, escapeCharacter);
  if (wire.length <= most && name !== "") return wire;
  throw new GatewayFailure(`tools: this target takes names of 1 to ${most} characters, "${name.slice(0, 40)}" is not`, {
    code: "unsupported",
    status: 400,
    param: "tools",
  });
}

/** The caller's name for a name from the wire; names that the encoder never made are left as they are. */
export function decodeToolName(wire: string): string {
  if (!wire.startsWith(escaped)) return wire;
  return wire.slice(escaped.length).replace(/:([0-9a-f]{1,6}):/g, (whole, hex: string) => {
    const point = Number.parseInt(hex, 16);
    return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
  });
}

function escapeCharacter(character: string): string {
  return `:${(character.codePointAt(0) ?? 0).toString(16)}:`;
}

/** The JSON text that a call of a synthetic answer tool stands for; null for every other call. */
export function answerOf(name: string, args: Readonly<Record<string, unknown>>): string | null {
  if (name === answerTools.whole) return JSON.stringify(args);
  if (name === answerTools.value) return JSON.stringify(args["value"] ?? null);
  if (name !== answerTools.text) return null;
  const text = args["text"];
  return typeof text === "string" ? text : JSON.stringify(text ?? args);
}
