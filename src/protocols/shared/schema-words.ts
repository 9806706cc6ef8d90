// The messages with which vendors and hosts refuse a JSON Schema, as rows of the table of refusals. They quote names of
// the caller: only plain ones match, and only a keyword of JSON Schema is learned (tool-schema/refused.ts). Gemini's
// message about a keyword is the one for unknown members, whose place tells that it is inside a schema. A message about
// a schema that names no keyword teaches `*`: the plainest schema. OpenAI's others do not, because they come from
// nonsense in one caller's schema, and would cost all others their strictness.
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
  // Claude, of a schema that it enforces
  {
    words:
      /^(?:tools\.\d{1,4}\.custom|output_config\.format\.schema|output_format\.schema): for '\w{1,20}' type, property '(?<keyword>\w{1,40})' is not supported\.?$/iu,
    tells: "keyword",
  },
  // Claude, of any schema (anthropics/claude-code#7365, #5319)
  {
    words:
      /^tools\.\d{1,4}\.(?:custom\.)?input_schema: (?:json schema is invalid\. it must match json schema draft 2020-12\b|input_schema does not support oneof, allof, or anyof at the top level)/iu,
    tells: { keyword: "*" },
  },
  // Gemini: schemas of all tools together, or of an answer (googleapis/python-genai#660)
  {
    words: /^the specified schema produces a constraint that has too many states for serving\b/iu,
    tells: { keyword: "*" },
  },
  // Hosts that compile schemas. In order: llguidance in vLLM (z-lab/paroquant#31), xgrammar in vLLM
  // (vllm-project/vllm#16880), llama.cpp (ggml-org/llama.cpp#25895), Groq (usestrix/strix#1204), Moonshot
  // (MoonshotAI/kimi-code#2661)
  {
    words: /^grammar error: [^"\n]{0,80}unimplemented keys: \["(?<keyword>\w{1,40}(?:", ?"\w{1,40}){0,20})"\]/iu,
    tells: "keyword",
  },
  {
    words:
      /^(?:grammar (?:error|compilation failed)\b|the provided json schema contains features not supported by xgrammar\b|json schema conversion failed\b|(?:failed to initialize samplers: )?failed to parse grammar\b|invalid json schema for tool \w|tools\.function\.parameters is not a valid \w{1,30} flavored json schema\b)/iu,
    tells: { keyword: "*" },
  },
];
