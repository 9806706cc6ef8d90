// The JSON Schema dialects of the targets, a row each. Anything not known to be refused is kept, except in the strict
// dialects and Gemini's, whose vendors publish what they take.
import type { Dialect, Treatment } from "./dialect.ts";
import type { PatternFeature } from "./patterns.ts";
import { annotations } from "./vocabulary.ts";

const words = (text: string): readonly string[] => text.split(" ");

/** The same treatment for all of them. */
function each(treatment: Treatment, names: readonly string[]): Readonly<Record<string, Treatment>> {
  return Object.fromEntries(names.map((name) => [name, treatment]));
}

/**
 * Python's `re`, and an engine without look-around. Sources: "'…' is not a 'regex'" (raine/claude-code-proxy#142,
 * BerriAI/litellm#40485), "regex lookaround is not supported" (vercel/ai#21037).
 */
const python: readonly PatternFeature[] = [
  "lookaround",
  "backreference",
  "named group",
  "other group",
  "property class",
  "escape",
  "empty class",
  "class range",
  "repeat",
  "invalid",
];
/** The remaining features work in Python, RE2, Rust and llama.cpp alike. */
const everywhere: readonly PatternFeature[] = [...python, "code point", "nul", "class in class", "brace", "unanchored"];

/** Takes everything in draft 2020-12. */
const plain: Dialect = {
  title: "",
  keywords: {},
  others: "kept",
  careful: new Set(),
  notAtRoot: new Set(),
  namesProperties: false,
  propertyNames: null,
  namesItems: false,
  describesRequired: false,
  typed: false,
  foldsMaps: false,
  unbound: "kept",
  patterns: new Set(),
  formats: null,
  mostFewest: null,
  plainValues: false,
  definesTargets: false,
  collectsDefinitions: false,
  bareReferences: false,
  findsReferences: false,
  recursion: "kept",
  closing: null,
  ordered: false,
};

/**
 * Function parameters and response formats that are not strict, in Chat and Responses. Sources: "schema must have type
 * 'object' and not have 'oneOf'/'anyOf'/'allOf'/'enum'/'not' at the top level" (chatanywhere/GPT_API_free#403), "object
 * schema missing properties" (containers/kubernetes-mcp-server#340), "array schema missing items" (PrefectHQ/fastmcp#2464).
 */
export const openaiDialect: Dialect = {
  ...plain,
  title: "OpenAI",
  notAtRoot: new Set(words("$ref anyOf oneOf allOf enum const not")),
  namesProperties: true,
  namesItems: true,
  patterns: new Set(python),
};

/**
 * OpenAI's `strict: true`. Sources: developers.openai.com, "Structured model outputs", "Supported schemas"; "'maxLength' is
 * not permitted" (jina-ai/node-DeepResearch#79), "'uri' is not a valid format", "reference can only point to definitions
 * defined at the top level" (dotnet/extensions#6918), "$ref cannot have keywords {'description'}" (defog-ai/defog#244).
 */
export const openaiStrictDialect: Dialect = {
  ...plain,
  title: "OpenAI, `strict`",
  keywords: {
    ...each("kept", words("type description properties required additionalProperties items enum const anyOf $ref")),
    ...each(
      "kept",
      words("$defs definitions minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minItems maxItems"),
    ),
    ...each("kept", words("format pattern")),
    ...each("folded", words("oneOf allOf nullable")),
    ...each("dropped", [...annotations, ...words("title default examples example propertyOrdering")]),
  },
  others: "described",
  careful: new Set(["minLength", "maxLength", ...annotations, ...words("title default examples propertyOrdering")]),
  notAtRoot: new Set(words("$ref anyOf oneOf allOf enum const not")),
  namesProperties: true,
  patterns: new Set(python),
  unbound: "impossible",
  formats: new Set(words("date-time time date duration email hostname ipv4 ipv6 uuid")),
  definesTargets: true,
  bareReferences: true,
  findsReferences: true,
  closing: { required: "all" },
};

/**
 * Unknown OpenAI-compatible hosts: anything that some of them refuse is sent to none. Sources: Moonshot's "type should
 * be defined in anyOf items" (MoonshotAI/kimi-code#2661), Groq's "'required' present but 'properties' is missing"
 * (usestrix/strix#1204), DeepSeek's and llama.cpp's patterns (CLIProxyAPI#6025, ggml-org/llama.cpp#26930).
 */
export const hostDialect: Dialect = {
  ...openaiDialect,
  title: "other hosts",
  describesRequired: true,
  typed: true,
  foldsMaps: true,
  patterns: new Set(everywhere),
  findsReferences: true,
};

/**
 * A tool's `input_schema`. Sources: "input_schema does not support oneOf, allOf, or anyOf at the top level"
 * (anthropics/claude-code#5319), "Property keys should match pattern" (twilio-labs/mcp#58; of the root only:
 * aws-solutions-library-samples/accelerated-intelligent-document-processing-on-aws#709), a map under the pattern `^(.*)$`
 * (openclaw/openclaw#29416), "Error resolving schema reference" (BerriAI/litellm#26692). It is lenient otherwise: patterns are not looked at (router-for-me/CLIProxyAPI#6026).
 */
export const anthropicDialect: Dialect = {
  ...plain,
  title: "Anthropic",
  notAtRoot: new Set(words("$ref anyOf oneOf allOf")),
  propertyNames: /^[a-zA-Z0-9_.-]{1,64}$/u,
  foldsMaps: true,
  findsReferences: true,
};

/**
 * Anthropic's structured outputs and strict tools. Source: platform.claude.com/docs/en/build-with-claude/structured-outputs,
 * "JSON Schema limitations". The documented limit of optional members is 24, but compilation fails from 11 on.
 */
export const anthropicStrictDialect: Dialect = {
  ...plain,
  title: "Anthropic, `strict`",
  keywords: {
    ...each("described", words("minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength")),
    ...each("described", words("pattern maxItems uniqueItems contains propertyNames patternProperties minProperties")),
    ...each("described", words("maxProperties not if then else dependentRequired dependentSchemas dependencies")),
    ...each("folded", words("oneOf nullable")),
    ...each("dropped", words("$schema $id $anchor $comment default examples propertyOrdering")),
  },
  careful: new Set(words("$schema $id $anchor $comment default examples propertyOrdering")),
  findsReferences: true,
  notAtRoot: anthropicDialect.notAtRoot,
  propertyNames: anthropicDialect.propertyNames,
  formats: new Set(words("date-time time date duration email hostname uri ipv4 ipv6 uuid")),
  mostFewest: 1,
  recursion: "impossible",
  closing: { required: { mostOptional: 10 } },
};

/**
 * Gemini's `parametersJsonSchema` and `responseJsonSchema`. Source: `responseJsonSchema` in `@google/genai` 3.1.0: $id $defs
 * $ref $anchor type format title description enum items prefixItems minItems maxItems minimum maximum anyOf oneOf properties
 * additionalProperties required propertyOrdering. Others are ignored there, so words say more; a reference that leads
 * nowhere is refused (google-gemini/gemini-cli#13326), and so is an array without `items` (router-for-me/CLIProxyAPI#5903).
 */
export const geminiDialect: Dialect = {
  ...plain,
  title: "Gemini",
  keywords: {
    ...each("kept", words("type format title description items prefixItems minItems maxItems minimum maximum anyOf")),
    ...each("kept", words("oneOf properties additionalProperties required propertyOrdering $ref enum")),
    ...each("folded", words("const allOf nullable exclusiveMinimum exclusiveMaximum $defs definitions")),
    ...each("dropped", [...annotations, "property_ordering"]),
  },
  others: "described",
  careful: "all",
  notAtRoot: new Set(words("$ref allOf enum const")),
  namesItems: true,
  foldsMaps: true,
  unbound: "described",
  describesRequired: true,
  plainValues: true,
  definesTargets: true,
  collectsDefinitions: true,
  bareReferences: true,
  findsReferences: true,
  recursion: "optional",
  ordered: true,
};
