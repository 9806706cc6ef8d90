// The messages with which vendors and hosts name a member that they do not know: a part of the table of refusals, with
// the same rule. A row matches a whole line with plain names, so that nobody can make a vendor say another name.
import type { RefusalWords } from "./refusal-words.ts";

export const unknownWords: readonly RefusalWords[] = [
  // OpenAI, Azure
  { words: /^unknown parameter: '(?<path>[\w.[\]$-]+)'\.?$/iu, tells: "unknown" },
  {
    words: /^unrecognized request arguments? supplied: (?<path>[\w.[\]$-]+(?:, [\w.[\]$-]+)*)\.?$/iu,
    tells: "unknown",
  },
  {
    words:
      /^additional properties are not allowed \('(?<path>[\w$-]+)' was unexpected\)(?: - '(?<at>[\w.[\]]+)')?\.?$/iu,
    tells: "unknown",
  },
  // OpenAI's Responses, to members of Chat Completions
  {
    words: /^unsupported parameter: '(?<path>\w+)'\. in the responses api, this parameter has moved to '[\w.]+'\./iu,
    tells: "unknown",
  },
  // Claude, Mistral, Fireworks, vLLM and whatever else checks with Pydantic
  {
    words: /^(?<path>[\w.[\]$-]+): (?:extra (?:inputs are|fields) not permitted|additional input is not allowed)\.?$/iu,
    tells: "unknown",
  },
  {
    words: /^extra inputs are not permitted, field: '(?<path>[\w.[\]$-]+)'(?:, value: .*)?$/iu,
    tells: "unknown",
  },
  // Gemini
  {
    words:
      /^invalid json payload received\. unknown name "(?<path>[\w$-]+)"(?: at '(?<at>[\w.[\]]+)')?: cannot find field\.?$/iu,
    tells: "unknown",
    lines: true,
  },
  // Groq: 'messages.2' : for 'role:assistant' the following must be satisfied[('messages.2' : property 'x' is unsupported)]
  {
    words:
      /^'(?<at>[\w.[\]]+)' ?: (?:.{0,120}\[\('[\w.[\]]+' ?: )?property '(?<path>[\w$-]+)' is unsupported(?:, did you mean '[\w$-]+'\?)?\)?\]?\.?$/iu,
    tells: "unknown",
  },
  // Cerebras repeats the name: body.x: property 'body.x' is unsupported
  { words: /^(?<path>[\w.[\]$-]+): property '\k<path>' is unsupported\.?$/iu, tells: "unknown", lines: true },
  { words: /^property '(?<path>[\w.[\]$-]+)' is unsupported(?:, did you mean '[\w$-]+'\?)?\.?$/iu, tells: "unknown" },
  // vLLM prints its validator's findings
  {
    words: /^\s*\[?\{["']type["']: ["']extra_forbidden["'], ["']loc["']: [[(](?<steps>["'\w, $-]+)[)\]],/iu,
    tells: "unknown",
  },
  // hosts written in Rust or Go
  {
    words: /^(?:[^'"`]{0,120}: )?(?:json: )?unknown field [`"](?<path>[\w$-]+)[`"](?:, expected .*| at line .*)?$/iu,
    tells: "unknown",
  },
  // Bedrock (BerriAI/litellm#7416), only about members at the top
  {
    words:
      /^(?:malformed input request: )?#: extraneous key \[(?<path>[\w$-]+)\] is not permitted(?:, #: extraneous key \[[\w$-]+\] is not permitted)*, (?:please )?reformat your input and try again\.?$/iu,
    tells: "unknown",
  },
  // Azure's open models (langchain-ai/langchain#29679)
  {
    words:
      /^extra parameters \[(?<path>'[\w$-]+'(?:, '[\w$-]+')*)\] are not allowed when extra-parameters is not set\b[\w\s.,':-]*$/iu,
    tells: "unknown",
  },
  // Zod, in its third and fourth version
  {
    words:
      /^unrecognized key(?:\(s\) in object|s)?: (?<path>(?:'[\w$-]+'(?:, '[\w$-]+')*)|(?:"[\w$-]+"(?:, "[\w$-]+")*))$/iu,
    tells: "unknown",
  },
  // Cohere
  { words: /^unknown field: parameter '(?<path>[\w.[\]$-]+)' is not a valid field\.?$/iu, tells: "unknown" },
];
