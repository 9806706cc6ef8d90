// Settings that only some of a vendor's models take, as data: a row has the setting's path, the models that refuse it,
// and the values that they take anyway. It is dropped, and reported unless it asks for the model's default. The
// caller's other bytes stay unchanged. The gateway learns other refusals from the vendor's answers.
import type { ProtocolName } from "../../core/chat.ts";
import type { Json, JsonObject } from "../../core/json.ts";
import type { Quirk } from "../../core/provider.ts";
import { type Change, isObject, unchanged, withFields } from "./change.ts";

interface RefusedSetting {
  readonly protocols: readonly ProtocolName[];
  /** The member, or the member and a member inside it. */
  readonly path: readonly [string, string?];
  /** Models that refuse it. */
  readonly models: RegExp;
  /** Values that they take. Absent: none. */
  readonly acceptedValues?: readonly Json[];
  /** Values that ask for the default. */
  readonly usual?: readonly Json[];
  /** Sent in its place. Absent: nothing. */
  readonly instead?: string;
}

const both = ["openai-chat", "openai-responses"] as const;
const beforeGpt56 = /^(?:ft:)?(?:gpt-3|gpt-4|chatgpt-4o|o\d|gpt-5(?:$|-|\.[0-5]))/u;
/** Models before GPT-5, its chat models and coders. Measured model by model in enricoros/big-AGI#947. */
const oneVerbosity = /^(?:ft:)?(?:gpt-3|gpt-4|chatgpt-4o|o\d|gpt-5(?:\.\d)?-chat|gpt-5(?:\.[12])?-codex)/u;

/** Sources: the vendor's guides on prompt caching and reasoning as of 2026-11, and its answers as users report them. */
const openai: readonly RefusedSetting[] = [
  { protocols: ["openai-chat"], path: ["verbosity"], models: oneVerbosity, acceptedValues: ["medium"] },
  { protocols: ["openai-responses"], path: ["text", "verbosity"], models: oneVerbosity, acceptedValues: ["medium"] },
  // `prompt_cache_retention is not supported on this model` (OpenHands/software-agent-sdk#2295)
  {
    protocols: both,
    path: ["prompt_cache_retention"],
    models: /^(?:ft:)?(?:gpt-3|gpt-4(?!\.1)|chatgpt-4o|o\d)/u,
    usual: ["in_memory"],
  },
  // `This model is compatible only with 24h extended prompt caching` (community.openai.com/t/1387096)
  { protocols: both, path: ["prompt_cache_retention"], models: /^gpt-(?:5\.[5-9]|[6-9])/u, acceptedValues: ["24h"] },
  // Both came with GPT-5.6
  { protocols: both, path: ["prompt_cache_options"], models: beforeGpt56 },
  { protocols: ["openai-responses"], path: ["reasoning", "mode"], models: beforeGpt56, usual: ["standard"] },
  {
    protocols: ["openai-responses"],
    path: ["reasoning", "context"],
    models: beforeGpt56,
    acceptedValues: ["auto", "current_turn"],
  },
  // `Unsupported value: 'concise' is not supported with the 'gpt-5-2025-08-07' model.` (openai/codex#2376)
  {
    protocols: ["openai-responses"],
    path: ["reasoning", "summary"],
    models: /^(?:o\d|gpt-5(?:$|-))/u,
    acceptedValues: ["auto", "detailed"],
    instead: "auto",
  },
  // superset-sh/superset#1898
  { protocols: ["openai-responses"], path: ["reasoning", "summary"], models: /-spark/u },
  // glowingjade/obsidian-smart-composer#499
  { protocols: ["openai-chat"], path: ["prediction"], models: /^(?:gpt-3|gpt-4(?:$|-)|o\d|gpt-[5-9])/u },
  // run-llama/llama_index#20865; they decide themselves whether to call one tool or several
  { protocols: ["openai-chat"], path: ["parallel_tool_calls"], models: /^o\d/u, usual: [true] },
];

const messages = ["anthropic-messages"] as const;

/** Sources: the vendor's pages on fast mode, task budgets and data residency as of 2026-11, and its answers. */
const anthropic: readonly RefusedSetting[] = [
  // `'claude-sonnet-5' does not support the fallbacks parameter`: they came with Opus 5
  { protocols: messages, path: ["fallbacks"], models: /^claude-(?:[123]|(?:.*-)?(?:haiku|sonnet)|opus-[34])/u },
  // `'claude-opus-4-7' does not support the speed parameter.` (NousResearch/hermes-agent#19517). Opus 4.6 continues at
  // its usual speed; it will be withdrawn for Opus 4.8 at some time, which the gateway learns.
  {
    protocols: messages,
    path: ["speed"],
    models:
      /^claude-(?:[123]|(?:haiku|sonnet)-[345]|opus-[34](?!-[68](?!\d))|(?:fable|mythos)-(?:preview|5(?!-[2-9](?!\d))))/u,
    acceptedValues: ["standard"],
  },
  {
    protocols: messages,
    path: ["output_config", "task_budget"],
    models: /^claude-(?:[123]|opus-[34](?!-[78](?!\d))|(?:haiku|sonnet)-(?:[34]|5(?!-[5-9](?!\d)))|mythos-preview)/u,
  },
];

function withoutSetting(row: RefusedSetting, index: number): readonly Quirk[] {
  const [member, inner] = row.path;
  return row.protocols.map((protocol) => ({
    name: `no ${row.path.join(".")} (${protocol}, ${index})`,
    protocol,
    fields: [member],
    ...(inner === undefined ? {} : { words: [inner] }),
    models: row.models,
    request: (body, model) => (row.models.test(model) ? mendSetting(body, row) : unchanged(body)),
  }));
}

function mendSetting(body: JsonObject, row: RefusedSetting): Change {
  const { path, acceptedValues = [], usual = [], instead } = row;
  const [member, inner] = path;
  const holder = body[member];
  const value = inner === undefined ? holder : membersOf(holder)[inner];
  if (value === undefined || value === null || acceptedValues.includes(value)) return unchanged(body);
  const fields = { [member]: inner === undefined ? instead : withMember(membersOf(holder), inner, instead) };
  const name = path.join(".");
  const adapted = instead === undefined ? [] : [`${name}:${typeof value === "string" ? value : name}>${instead}`];
  const dropped = instead !== undefined || usual.includes(value) ? [] : [name];
  return { body: withFields(body, fields), dropped, adapted };
}

/** Undefined if nothing else is in it. */
function withMember(holder: JsonObject, inner: string, instead: string | undefined): JsonObject | undefined {
  const others = withFields(holder, { [inner]: instead });
  return Object.keys(others).length === 0 ? undefined : others;
}

function membersOf(value: Json | undefined): JsonObject {
  return value !== undefined && isObject(value) ? value : {};
}

export const openaiRefusedSettings: readonly Quirk[] = openai.flatMap(withoutSetting);
export const anthropicRefusedSettings: readonly Quirk[] = anthropic.flatMap(withoutSetting);
