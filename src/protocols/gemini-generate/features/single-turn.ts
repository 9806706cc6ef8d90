// A conversation that is one request for a picture, for speech, or for a transcript: one turn of the user, with texts and
// media. Anything more needs a model that converses.
import type { Json, JsonObject, MutableJson } from "../../../core/json.ts";
import type { Medium } from "../../../core/medium.ts";
import { asObject, badRequest, isObject, stringOr } from "../../shared/read.ts";
import { unsupported } from "../../shared/unsupported.ts";
import { objectsAt, textsAt } from "./members.ts";
import { withCamelSpelling } from "./spelling.ts";

export interface SingleTurn {
  /** The texts, a line each. */
  readonly text: string;
  /** The operator's instructions; empty if there are none. */
  readonly instruction: string;
  readonly media: readonly Medium[];
  /** The members of `generationConfig`. */
  readonly config: JsonObject;
  /** The other members of the request. */
  readonly others: JsonObject;
}

const mediaOnly = "this target takes texts and inline media only";

/** Throws GatewayFailure: `bad_request`, or `unsupported` for a conversation. */
export function readSingleTurn(body: JsonObject): SingleTurn {
  const {
    contents,
    systemInstruction,
    generationConfig,
    tools,
    toolConfig,
    model: _,
    ...others
  } = withCamelSpelling(body);
  const turns = objectsAt(contents, "contents").map((turn) => withCamelSpelling(asObject(turn, "contents")));
  const [only] = turns;
  if (only === undefined) throw badRequest("contents", "expected at least one, got none");
  if (turns.length > 1 || only["role"] === "model") throw unsupported("contents", "this target holds no conversations");
  if (Array.isArray(tools) ? tools.length > 0 : isObject(tools)) throw unsupported("tools", "this target has no tools");
  if (toolConfig !== undefined && tools === undefined) Object.assign(others, { toolConfig });
  const { texts, media } = readParts(only["parts"], "contents[0].parts");
  const config =
    generationConfig === undefined ? {} : withCamelSpelling(asObject(generationConfig, "generationConfig"));
  return { text: texts.join("\n"), instruction: readInstruction(systemInstruction), media, config, others };
}

function readInstruction(value: Json | undefined): string {
  if (value === undefined) return "";
  if (typeof value === "string") return value;
  const { parts } = asObject(value, "systemInstruction");
  return readParts(parts, "systemInstruction.parts").texts.join("\n");
}

function readParts(
  value: Json | undefined,
  place: string,
): { readonly texts: readonly string[]; readonly media: readonly Medium[] } {
  const texts: string[] = [];
  const media: Medium[] = [];
  for (const [index, one] of objectsAt(value, place).entries()) {
    const { text, inlineData, ...rest } = withCamelSpelling(asObject(one, `${place}[${index}]`));
    if (typeof text === "string") texts.push(text);
    else if (isObject(inlineData)) {
      const { mimeType, data } = withCamelSpelling(inlineData);
      media.push({ type: stringOr(mimeType, ""), data: stringOr(data, "") });
    } else if (Object.keys(rest).length > 0) throw unsupported(`${place}[${index}]`, mediaOnly);
  }
  return { texts, media };
}

/** Whether the caller asks for this kind of answer; null: it does not say. */
export function asksFor(config: JsonObject, modality: string): boolean | null {
  const { responseModalities } = config;
  if (responseModalities === undefined) return null;
  const modalities = textsAt(responseModalities, "generationConfig.responseModalities");
  return modalities.length === 0 ? null : modalities.some((one) => stringOr(one, "").toUpperCase() === modality);
}

/** The members that nobody has read, under their paths. */
export function restOf(config: JsonObject, others: JsonObject, read: readonly string[]): JsonObject {
  const rest: MutableJson = { ...others };
  for (const [name, value] of Object.entries(config))
    if (!read.includes(name)) rest[`generationConfig.${name}`] = value;
  return rest;
}
