// The messages with which OpenAI refuses a keyword of a JSON Schema, as rows of the table of refusals. They quote names
// of the caller: only plain ones match, and only a keyword of JSON Schema is learned (tool-schema/refused.ts). Gemini's
// message is the one for unknown members, whose place tells that it is inside a schema.
import type { RefusalWords } from "./refusal-words.ts";

/** How OpenAI announces that it refuses a schema, with the place in it: plain names only. */
const schemaOf = String.raw`^invalid schema for (?:function|response_format) '[\w.:-]{1,128}': `;
const inContext = String.raw`(?:in context=\((?:'[\w$.-]{1,128}'(?:, ?)?|\d{1,4}(?:, ?)?){0,64}\), )?`;

export const schemaWords: readonly RefusalWords[] = [
  // jina-ai/node-DeepResearch#79, BerriAI/litellm#40485, dotnet/extensions#6918
  {
    words: new RegExp(String.raw`${schemaOf}${inContext}'(?<keyword>\w{1,40})' is not permitted\.?$`, "iu"),
    tells: "keyword",
  },
  {
    words: new RegExp(String.raw`${schemaOf}${inContext}'.{1,2000}' is not a 'regex'\.?$`, "iu"),
    tells: { keyword: "pattern" },
  },
  {
    words: new RegExp(String.raw`${schemaOf}${inContext}'[\w.:/-]{1,80}' is not a valid format\.?$`, "iu"),
    tells: { keyword: "format" },
  },
];
