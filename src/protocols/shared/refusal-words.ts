// The messages with which vendors and hosts refuse something that a target does not take, as a table: a row for each,
// with its meaning. Only unambiguous messages have a row, because later requests of other callers change by it; a
// condition ("not with tools", "must be 1 where ...") concerns one request. A message can contain a caller's names: a
// row matches a whole line with plain names, so that nobody can make a vendor say another name.
import type { Effort } from "../../core/chat.ts";
import type { ModelFacts } from "../../core/provider.ts";

/**
 * The meaning of a row. `unknown`: the vendor does not know the member `path` (in the member `at`). `unsupported`: this
 * model does not take it. `value`: it does not take that `value` of it. `member`: the feature's member, if the message
 * does not name it, and its refused `value` if the message names one. `facts`: new facts about the model, with which
 * the request is encoded and sent again. `tools`: types of tools. `kind`: the type `value`, of a tool, an item or an
 * entry of `include`, as the error's `param` says. `limit`: the most tokens of an answer, as `value`, or one less than
 * `over`. `keyword`: a keyword of JSON Schema, in the group `keyword` or as `keyword` itself. `header`: values of that header; `withheld`: of a header that the message does not name; `whole`: a header
 * without naming its values.
 */
export type Telling =
  | "unknown"
  | "unsupported"
  | "value"
  | "tools"
  | "kind"
  | "limit"
  | { readonly member: string; readonly value?: string }
  | "header"
  | "keyword"
  | { readonly keyword: string }
  | { readonly withheld: string }
  | { readonly whole: string }
  | { readonly facts: Partial<ModelFacts> };

export interface RefusalWords {
  /**
   * The first line of the message, with the named groups `path`, `at`, `value` and `more`, or `steps` for a list of
   * names in quotes. Commas separate several paths, and several values of tools and headers.
   */
  readonly words: RegExp;
  readonly tells: Telling;
  /** The lines after the first are reliable as well. */
  readonly lines?: true;
}

/** Refused together: models without effort or adaptive thinking take nothing that came with them. */
const withoutAdaptive: Partial<ModelFacts> = {
  reasoning: { style: "budget", minimum: 1024, maximum: 30_976, off: 0 },
  laterSystem: false,
};
const allEfforts: readonly Effort[] = ["low", "medium", "high", "xhigh", "max"];

/** The first matching row counts: rows about a named member come before rows about features. */
export const refusalWords: readonly RefusalWords[] = [
  // Claude's generations. Source: the vendor's "Troubleshooting thinking" and migration guides, and its answers as
  // clients report them (anthropics/claude-code#30795, anthropics/claude-agent-sdk-typescript#350)
  {
    words: /^adaptive thinking is not supported (?:on|for) this model\b/iu,
    tells: { facts: withoutAdaptive },
  },
  {
    words: /^"thinking\.type\.enabled" is not supported (?:on|for) this model\b/iu,
    tells: { facts: { reasoning: { style: "adaptive", efforts: allEfforts, off: true, strongestOff: "high" } } },
  },
  {
    words: /^"thinking\.type\.disabled" is not supported (?:on|for) this model\b/iu,
    tells: { facts: { reasoning: { style: "adaptive", efforts: allEfforts, off: false } } },
  },
  { words: /^this model does not support the effort parameter\.?$/iu, tells: { facts: withoutAdaptive } },
  {
    words: /^'[\w.:@/-]{1,80}' does not support thinking\.?$/iu,
    tells: { facts: { reasoning: { style: "none" }, sampling: true, laterSystem: false } },
  },
  {
    words: /^this model does not support effort level '(?<value>\w+)'/iu,
    tells: { member: "output_config.effort" },
  },
  // if a model takes them, the message lists 'system' too
  {
    words: /^messages[.[]\d+\]?\.role: input should be 'user' or 'assistant'\.?$/iu,
    tells: { facts: { laterSystem: false } },
  },
  {
    words: /^(?:messages: )?(?:unexpected role "system"|role 'system' is not supported on this model)/iu,
    tells: { facts: { laterSystem: false } },
  },
  {
    words: /^this model does not support assistant message prefill\b/iu,
    tells: { facts: { prefill: false } },
  },
  {
    words: /^`temperature` and `top_p` cannot both be specified for this model\b/iu,
    tells: { facts: { oneSampler: true } },
  },
  {
    words:
      /^tool_choice: type ["'](?:tool|any)["'](?: and ["'](?:tool|any)["'])? (?:is|are) not supported for this model\b/iu,
    tells: { facts: { forcedToolChoice: false } },
  },
  // Claude at its vendor, Bedrock and Vertex (anthropics/claude-code#61624): tools.1: Input tag 'x' found using 'type' does not …
  {
    words: /^tools\.\d+: input tag '(?<path>[\w-]+)' found using 'type' does not match any of the expected tags\b/iu,
    tells: "tools",
  },
  // OpenAI's Responses: Hosted tool 'web_search' is not supported with gpt-4.1-nano.
  {
    words: /^(?:hosted )?tool '(?<path>[\w-]+)' is not supported with [\w.:@/-]{1,80}$/iu,
    tells: "tools",
  },
  {
    words: /^'[\w.:@/-]{1,80}' does not support tool types: (?<path>[\w-]+(?:, [\w-]+)*)\./iu,
    tells: "tools",
  },
  { words: /^'[\w.:@/-]{1,80}' does not support the `?(?<path>\w+(?:\.\w+)*)`? parameter\.?$/iu, tells: "unsupported" },
  {
    words: /^unexpected value\(s\) (?<path>`?[\w.-]+`?(?:, `?[\w.-]+`?)*) for the `(?<header>[\w-]+)` header\b/iu,
    tells: "header",
  },
  // Bedrock and Vertex (anthropics/claude-code#49648, BerriAI/litellm#18145)
  { words: /^(?:[^'"`]{0,300}: )?invalid beta flag\.?$/iu, tells: { whole: "*-beta" } },
  {
    words: /^the long context beta is not (?:yet )?available\b/iu,
    tells: { withheld: "context-1m-2025-08-07" },
  },

  // OpenAI: Unsupported value: 'reasoning_effort' does not support 'minimal' with this model.
  {
    words:
      /^unsupported value: '(?<path>[\w.[\]]+)' does not support (?<value>.{1,80}?) with this model\.?(?<more>.*)$/iu,
    tells: "value",
  },
  {
    words: /^encrypted content is not supported with this model\.?$/iu,
    tells: { member: "include.*", value: "reasoning.encrypted_content" },
  },
  // Invalid value: 'namespace'. Supported values are: 'function', ..., with the path in the error's `param`
  { words: /^Invalid value: '(?<value>[a-z][a-z0-9_.]{0,60})'\. Supported values are: (?<more>.*)$/u, tells: "kind" },
  // In Responses, the error's `param` has the member: Unsupported value: 'low' is not supported with the 'o3' model.
  {
    words:
      /^unsupported value: '(?<value>[^']{1,80})' is not supported with the '[\w.:@/-]{1,80}' model\.?(?<more>.*)$/iu,
    tells: "value",
  },
  // community.openai.com/t/1387096, openai/codex#15099
  {
    words: /^this model is compatible only with 24h extended prompt caching\.?$/iu,
    tells: { member: "prompt_cache_retention" },
  },
  { words: /^unsupported service_tier: (?<value>\w+)\.?$/iu, tells: { member: "service_tier" } },
  // Gemini's generations
  {
    words: /^thinking level (?:\w+ )?is not supported for this model\b/iu,
    tells: { member: "generationConfig.thinkingConfig.thinkingLevel" },
  },
  {
    words: /^thinking budget is not supported for this model\b/iu,
    tells: { member: "generationConfig.thinkingConfig.thinkingBudget" },
  },
  {
    words: /^budget (?<value>0) is invalid\. this model only works in thinking mode\.?$/iu,
    tells: { member: "generationConfig.thinkingConfig.thinkingBudget" },
  },
  {
    words: /^thinking is not supported for this model\.?$/iu,
    tells: { member: "generationConfig.thinkingConfig" },
  },
  // symfony/ai#803, snailyp/gemini-balance#264
  {
    words:
      /^(?:tool use with function calling|(?:tool use|function calling) with a response mime type: '[\w/+.-]{1,60}') is unsupported\.?$/iu,
    tells: { facts: { jsonWithTools: false } },
  },
  // cloudwego/eino-ext#761, ag2ai/ag2#3145
  {
    words:
      /^please enable tool_config\.include_server_side_tool_invocations to use built-in tools with function calling\.?$/iu,
    tells: { facts: { jsonWithTools: true } },
  },
  // google-gemini/gemini-cli#19436
  {
    words: /^unable to submit request because `function_response\.parts` is not supported for this model\b/iu,
    tells: { facts: { mediaInResults: false } },
  },
  { words: /^unsupported parameter:? [`'"]?(?<path>\w+(?:\.\w+)*)[`'"]?/iu, tells: "unsupported" },
  {
    words:
      /^[`'"]?(?<path>\w+(?:\.\w+)*)[`'"]? (?:is|are) (?:not supported|not enabled|unsupported|deprecated) (?:by|for|with|on|in) (?:this|the) model\b(?! (?:when|if|while|unless|together|in combination|without|with|because)\b)/iu,
    tells: "unsupported",
  },
  {
    words:
      /^(?:this|the) model does(?: not|n't) support (?:the )?[`'"]?(?<path>\w+(?:\.\w+)*)[`'"]?(?: parameter)?\.?$/iu,
    tells: "unsupported",
  },
  // The gateway itself asks for a stream's tokens: a target that refuses the option is not asked for them again.
  { words: /^[`'"]?(?<path>stream_options)[`'"]? is not (?:supported|allowed)\.?$/iu, tells: "unsupported" },
  // Groq: messages[2].reasoning: reasoning is not supported with this model
  { words: /^(?<path>[\w.[\]]+): \w+ is not supported with this model\.?$/iu, tells: "unsupported" },
  // xAI
  { words: /^argument not supported on this model: (?<path>\w+(?:\.\w+)*)\.?$/iu, tells: "unsupported" },
  { words: /^model [\w./:-]+ does not support parameter (?<path>\w+(?:\.\w+)*)\.?$/iu, tells: "unsupported" },

  // A lone surrogate in the caller's own bytes: Claude (anthropics/claude-code#60394), DeepSeek and other hosts written
  // in Rust (JohnnyZ93/oai-compatible-copilot#271)
  {
    words: /^the request body is not valid json: (?:no|invalid) (?:low|high) surrogate in string/iu,
    tells: { facts: { loneSurrogates: false } },
  },
  {
    words:
      /^(?:failed to parse the request body as json: )?(?:[\w.[\]]{1,80}: )?(?:lone leading surrogate|unexpected end) (?:in|of) hex escape/iu,
    tells: { facts: { loneSurrogates: false } },
  },
  // OpenAI does not name the reason
  { words: /^we could not parse the json body of your request\./iu, tells: { facts: { loneSurrogates: false } } },

  // Features by name: OpenAI; vLLM; DeepSeek and other hosts written in Rust; Groq
  {
    words:
      /^invalid content type\. image_url is only supported by certain models|^`?[\w.:@/-]{1,80}`? is not a multimodal model\b|^[^'"`]{0,120}unknown variant `image_url`, expected `text`/iu,
    tells: { member: "image" },
  },
  { words: /^"auto" tool choice requires --enable-auto-tool-choice\b/iu, tells: { member: "tools" } },
  {
    words: /^json mode cannot be combined with tool\/function calling/iu,
    tells: { facts: { jsonWithTools: false } },
  },
  // OpenAI, to organizations that it has not verified (continuedev/continue#12031)
  {
    words: /^your organization must be verified to generate reasoning summaries\b/iu,
    tells: { member: "reasoning.summary" },
  },
  { words: /^logprobs is not (?:enabled|supported)/iu, tells: { member: "logprobs" } },
  { words: /^(?:presence|frequency)?\s?penalty is not enabled/iu, tells: { member: "presence_penalty" } },
  { words: /^(?:multiple candidates|candidate count) (?:is|are) not (?:enabled|supported)/iu, tells: { member: "n" } },
  { words: /^(?:function calling|tool use) is not (?:enabled|supported)/iu, tells: { member: "tools" } },
  {
    words:
      /^image input (?:modality )?is not (?:enabled|supported)|^[`'"]?[\w.:@/-]{1,80}[`'"]?(?: [\w.:@/-]{1,80}){0,5} does(?: not|n't) support image inputs?\b[^'"`]*$/iu,
    tells: { member: "image" },
  },
  {
    words:
      /^audio input (?:modality )?is not (?:enabled|supported)|^[`'"]?[\w.:@/-]{1,80}[`'"]?(?: [\w.:@/-]{1,80}){0,5} does(?: not|n't) support audio inputs?\b[^'"`]*$/iu,
    tells: { member: "audio" },
  },
  {
    words:
      /^[`'"]?[\w.:@/-]{1,80}[`'"]?(?: [\w.:@/-]{1,80}){0,5} does(?: not|n't) support (?:function calling|tools|tool use|tool calling)\.?$/iu,
    tells: { member: "tools" },
  },
];
