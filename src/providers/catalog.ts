// Every provider that is known by name, as data. A new OpenAI-compatible vendor is a line in compatible-rows.ts; a
// vendor with a protocol of its own is a row here. It never holds a key, and never looks at a request.
import type { ProviderRow } from "../core/provider.ts";
import { apiKeyHeader } from "./auth/api-key-header.ts";
import { awsSignature } from "./auth/aws-signature.ts";
import { bedrock, mantleAccount } from "./bedrock.ts";
import { bearer } from "./auth/bearer.ts";
import { azure } from "./azure.ts";
import { compatibleAccounts } from "./compatible-accounts.ts";
import { type CompatibleRow, compatibleRows } from "./compatible-rows.ts";
import { claudeFacts, compatibleFacts, geminiFacts, messagesFacts, openaiFacts } from "./facts.ts";
import { listTariff, listWindow } from "./list-tariff.ts";
import { vectorHosts } from "./vector-hosts.ts";
import { endpointPrefixes, listless, ownNames } from "./own-names.ts";
import { vertex } from "./vertex.ts";
import { noStop } from "./quirks/no-stop.ts";
import { anthropicRefusedSettings, openaiRefusedSettings } from "./quirks/refused-settings.ts";
import { toolsWithoutEffort } from "./quirks/tools-without-effort.ts";

const apis = { chat: "openai-chat", responses: "openai-responses" } as const;

const google: ProviderRow = {
  name: "google",
  title: "Google Gemini",
  protocol: "gemini-generate",
  baseUrl: "https://generativelanguage.googleapis.com/v1beta",
  versionsHosts: true,
  keyVariables: ["GEMINI_API_KEY", "GOOGLE_API_KEY", "GOOGLE_GENERATIVE_AI_API_KEY"],
  auth: apiKeyHeader("x-goog-api-key"),
  headers: {},
  quirks: [],
  // The project to charge: only with the caller's own key.
  forward: ["x-goog-user-project"],
  models: ["gemini-2.5-flash", "gemini-2.5-flash-lite", "gemini-2.5-pro", "gemini-3.8-flash", "gemini-flash-latest"],
  facts: geminiFacts,
  tariff: listTariff("google"),
  listedWindow: listWindow("google"),
};

const openai: ProviderRow = {
  name: "openai",
  title: "OpenAI",
  protocol: "openai-chat",
  baseUrl: "https://api.openai.com/v1",
  account: compatibleAccounts.openai,
  keyVariables: ["OPENAI_API_KEY"],
  auth: bearer,
  headers: {},
  // Organization and project only go with the caller's own key: with another key, OpenAI refuses them.
  forward: ["openai-beta", "openai-organization", "openai-project", "x-client-request-id"],
  quirks: [toolsWithoutEffort, noStop, ...openaiRefusedSettings],
  apis,
  // For the older completions: all other models of this vendor answer 404 and name the chat endpoint.
  alsoTakes: {
    "openai-responses": /^/u,
    "openai-completions": /^(?:gpt-3\.5-turbo-instruct|davinci-002|babbage-002)(?:$|-)|^ft:(?:davinci|babbage)-002:/u,
  },
  models: ["gpt-4o", "gpt-4o-mini", "gpt-4.1", "gpt-4.1-mini", "gpt-5", "gpt-5-mini", "gpt-5.5", "gpt-6-astra"],
  facts: openaiFacts,
  lacks: ["rerank"],
  tariff: listTariff("openai"),
  listedWindow: listWindow("openai"),
};

const anthropic: ProviderRow = {
  name: "anthropic",
  title: "Anthropic",
  protocol: "anthropic-messages",
  baseUrl: "https://api.anthropic.com/v1",
  keyVariables: ["ANTHROPIC_API_KEY"],
  auth: apiKeyHeader("x-api-key"),
  // For a caller of this protocol without a version; a caller's own version stays.
  headers: { "anthropic-version": "2023-06-01" },
  // 2026-10-21 answers 400 to any sampling field, which models up to 4.6 take under 2023-06-01. Source: the vendor's
  // migration guide of that version.
  versions: { header: "anthropic-version", usual: "2026-10-21", sampled: "2023-06-01" },
  forward: ["anthropic-version", "anthropic-beta"],
  quirks: anthropicRefusedSettings,
  models: ["claude-haiku-4-5", "claude-sonnet-4-5", "claude-sonnet-4-6", "claude-sonnet-5", "claude-opus-5"],
  facts: claudeFacts,
  tariff: listTariff("anthropic"),
  listedWindow: listWindow("anthropic"),
  limits: ["requests", "tokens", "input-tokens", "output-tokens"].map((what) => ({
    limit: `anthropic-ratelimit-${what}-limit`,
    remaining: `anthropic-ratelimit-${what}-remaining`,
    reset: `anthropic-ratelimit-${what}-reset`,
  })),
};

/**
 * The documented way is Anthropic's protocol: Chat Completions has the reasoning of most models inside the text, in
 * `<think>`. Sources: platform.minimax.io/docs/api-reference/text-anthropic-api (no images before M3, a window of 204,800
 * tokens), and its OpenAI-compatible API.
 */
const minimax: ProviderRow = {
  name: "minimax",
  title: "MiniMax",
  protocol: "anthropic-messages",
  baseUrl: "https://api.minimax.io/anthropic/v1",
  bases: { "anthropic-messages": "/anthropic/v1", "openai-chat": "/v1", "openai-responses": "/v1" },
  alsoTakes: { "openai-chat": /^/u, "openai-responses": /^/u },
  keyVariables: ["MINIMAX_API_KEY"],
  account: compatibleAccounts.minimax,
  auth: bearer,
  headers: { "anthropic-version": "2023-06-01" },
  forward: ["anthropic-version", "anthropic-beta"],
  quirks: [],
  models: [],
  facts: messagesFacts((model) =>
    /^minimax-m2/iu.test(model) ? { images: false, pdf: false, tools: true, contextTokens: 204_800 } : { tools: true },
  ),
  tariff: listTariff("minimax"),
};

/** Source: npm @ai-sdk/amazon-bedrock 5 and openai 7: `bedrock-mantle.{region}.api.aws`, SigV4 service `bedrock-mantle`. */
const bedrockMantle: ProviderRow = {
  name: "bedrock-mantle",
  title: "Amazon Bedrock Mantle",
  protocol: "openai-chat",
  baseUrl: null,
  bases: { "openai-chat": "/openai/v1", "openai-responses": "/openai/v1", "anthropic-messages": "/anthropic/v1" },
  apis,
  alsoTakes: { "openai-responses": /^/u, "anthropic-messages": /^(?:anthropic\.|.*claude)/u },
  lacks: ["count", "passthrough"],
  keyVariables: ["AWS_BEARER_TOKEN_BEDROCK"],
  auth: awsSignature("bedrock-mantle"),
  account: mantleAccount,
  headers: {},
  forward: ["anthropic-version", "anthropic-beta"],
  quirks: [],
  models: [],
  facts: compatibleFacts({}),
};

/** Any server of Anthropic's or of Gemini's protocol, at the operator's address. */
const anthropicCompatible: ProviderRow = {
  ...anthropic,
  name: "anthropic-compatible",
  title: "Any Anthropic-compatible server",
  baseUrl: null,
  keyVariables: [],
  quirks: [],
  versions: undefined,
  models: [],
  tariff: undefined,
  listedWindow: undefined,
};
const geminiCompatible: ProviderRow = {
  ...google,
  name: "gemini-compatible",
  title: "Any Gemini-compatible server",
  baseUrl: null,
  versionsHosts: undefined,
  keyVariables: [],
  models: [],
  tariff: undefined,
  listedWindow: undefined,
};

const completions = { "openai-completions": /^/u } as const;

function compatible(row: CompatibleRow): ProviderRow {
  const host = vectorHosts[row.name];
  const facts = compatibleFacts(row.facts ?? {});
  return {
    name: row.name,
    title: row.title,
    protocol: "openai-chat",
    baseUrl: row.baseUrl,
    keyVariables: row.key === null ? [] : [row.key],
    auth: bearer,
    headers: {},
    quirks: row.quirks ?? [],
    apis,
    alsoTakes: { ...completions, ...Object.fromEntries((row.also ?? []).map((protocol) => [protocol, /^/u])) },
    takesAtUsual: row.also?.filter((protocol) => row.everywhere?.includes(protocol) !== true),
    bases: row.bases ?? host?.bases,
    account: row.account,
    forward: row.forward ?? [],
    models: [],
    operations: host?.operations,
    lacks: host?.lacks,
    path: host?.path,
    facts: host?.facts === undefined ? facts : (model) => ({ ...facts(model), ...host.facts }),
    tariff: listTariff(row.name),
    listedWindow: listWindow(row.name),
  };
}

/** The row with what own-names.ts has about it. */
function withNames(row: ProviderRow): ProviderRow {
  const own = ownNames[row.name];
  const prefix = endpointPrefixes[row.name];
  return {
    ...row,
    ...(listless.has(row.name) ? { listsModels: false as const } : {}),
    ...(own === undefined ? {} : { ownNames: own }),
    ...(prefix === undefined ? {} : { endpointPrefix: prefix }),
  };
}

/** By name, in the order for display. */
export const catalog: ReadonlyMap<string, ProviderRow> = new Map(
  [
    google,
    openai,
    anthropic,
    ...compatibleRows.map(compatible),
    minimax,
    azure,
    vertex,
    bedrock,
    bedrockMantle,
    anthropicCompatible,
    geminiCompatible,
  ].map((row) => [row.name, withNames(row)]),
);
