// The types of a configuration as an operator writes it: in YAML, JSON, TypeScript or as the library's argument.
// docs/configuration.md explains each part and its default; schema.ts checks it, load.ts resolves it.
import type { Guardrail } from "../core/guardrail.ts";
import type { Effort } from "../core/chat.ts";
import type { Json, JsonObject } from "../core/json.ts";
import type { BalanceRule, MidStream } from "../core/rules.ts";

/** `250ms`, `3s`, `2m`, `1h`. */
export type Duration = string;
/** A number, or a string that reads as one (from `${NAME}` or an `UNDERSTUDY_` variable). */
export type Numeric = number | string;

export interface TimeoutConfig {
  readonly connect?: Duration | undefined;
  readonly first_token?: Duration | undefined;
  readonly headers?: Duration | undefined;
  readonly idle?: Duration | undefined;
  readonly total?: Duration | undefined;
  readonly rate?: Numeric | undefined;
}

export interface RetryConfig {
  readonly attempts?: Numeric | undefined;
  readonly max_wait?: Duration | undefined;
  readonly statuses?: readonly number[] | undefined;
  readonly hints?: boolean | string | undefined;
}

export interface BreakerConfig {
  readonly failures?: Numeric | undefined;
  /** A share, e.g. `50%`. */
  readonly rate?: string | undefined;
  readonly window?: Duration | undefined;
  readonly minimum?: Numeric | undefined;
  /** A duration, or `off`. */
  readonly slow_call?: Duration | false | undefined;
  /** A share, e.g. `50%`. */
  readonly slow_rate?: string | undefined;
  readonly rest?: Duration | undefined;
  readonly max_rest?: Duration | undefined;
  readonly slow_start?: Duration | undefined;
}

export interface ConcurrencyConfig {
  readonly max?: Numeric | undefined;
  readonly adaptive?: boolean | string | undefined;
  readonly queue?: Numeric | undefined;
  readonly wait?: Duration | undefined;
}

/** US dollars per million tokens. */
export interface RatesConfig {
  readonly input: Numeric;
  readonly output: Numeric;
  /** Input read from the vendor's cache, and written to it. Default: as `input`. */
  readonly cached?: Numeric | undefined;
  readonly cache_write?: Numeric | undefined;
  /** Written for an hour. Default: as `cache_write`. */
  readonly cache_write_1h?: Numeric | undefined;
}

export interface PriceConfig extends RatesConfig {
  /** The rates of requests with more input tokens than `tokens`. */
  readonly above?: readonly (RatesConfig & { readonly tokens: Numeric })[] | undefined;
}

/** The settings that any node and `defaults` may have; a child's value wins. */
export interface PolicyConfig {
  readonly timeout?: TimeoutConfig | undefined;
  readonly retry?: RetryConfig | undefined;
  readonly breaker?: BreakerConfig | "off" | false | undefined;
  readonly concurrency?: ConcurrencyConfig | undefined;
  readonly params?: { readonly [name: string]: Json } | undefined;
  /** Verdicts and statuses that lead to the next child; `default` includes the default ones. */
  readonly fallback_on?: readonly (string | number)[] | undefined;
  readonly mid_stream?: MidStream | undefined;
  /** US dollars per million tokens. */
  readonly price?: PriceConfig | undefined;
  /** The required capabilities of every target, e.g. `{ tools: true, context: 100000 }`. */
  readonly requires?: RequiresConfig | undefined;
}

export type RequiresConfig = { readonly [name: string]: boolean | Numeric | undefined };

export interface CaseConfig {
  readonly if: JsonObject;
  readonly use: NodeConfig;
}

export interface StickConfig {
  /** `conversation`, or `metadata.` and a key. */
  readonly by: string;
}

export interface NodeObject extends PolicyConfig {
  readonly target?: string | undefined;
  readonly fallback?: readonly NodeConfig[] | undefined;
  readonly route?: string | undefined;
  readonly balance?: readonly NodeConfig[] | undefined;
  readonly by?: BalanceRule | undefined;
  readonly stick?: StickConfig | undefined;
  readonly when?: readonly CaseConfig[] | undefined;
  readonly else?: NodeConfig | undefined;
  readonly hedge?: readonly NodeConfig[] | undefined;
  /** `p95`, or a duration. */
  readonly after?: string | undefined;
  /** The share of requests that may be hedged, e.g. `10%`. */
  readonly cap?: string | undefined;
  readonly side_effects?: "allowed" | undefined;
  readonly prefer?: "fastest" | undefined;
  readonly weight?: Numeric | undefined;
}

/** `provider/model`, or an object with exactly one of `target`, `fallback`, `balance`, `when`, `hedge`, `route`. */
export type NodeConfig = string | NodeObject;

/** Facts about a model and its price, which override the catalogue. Null: unknown, which excludes nothing. */
export interface ModelConfig {
  /** The model whose facts it has, unless set here: a name, or `provider/model`. */
  readonly like?: string | undefined;
  /** Tokens of request and answer together, and of the answer. */
  readonly context?: Numeric | null | undefined;
  readonly output?: Numeric | null | undefined;
  readonly images?: boolean | null | undefined;
  readonly image_urls?: boolean | null | undefined;
  readonly pdf?: boolean | null | undefined;
  readonly audio?: boolean | null | undefined;
  readonly tools?: boolean | null | undefined;
  readonly json_schema?: boolean | null | undefined;
  readonly json_with_tools?: boolean | null | undefined;
  readonly logprobs?: boolean | null | undefined;
  readonly n?: boolean | null | undefined;
  readonly seed?: boolean | null | undefined;
  readonly penalties?: boolean | null | undefined;
  readonly sampling?: boolean | null | undefined;
  readonly forced_tool_choice?: boolean | null | undefined;
  readonly prefill?: boolean | null | undefined;
  /** Where it runs, by the operator's word. */
  readonly region?: string | undefined;
  /** The values that it takes in `reasoning_effort`. */
  readonly efforts?: readonly Effort[] | undefined;
  /** The member with the reasoning of earlier turns. */
  readonly reasoning_field?: "reasoning_content" | "reasoning" | undefined;
  readonly system_messages?: "anywhere" | "leading" | "one" | "none" | undefined;
  readonly turn_order?: "alternating" | "assistant-after-tool" | undefined;
  readonly system_role?: "system" | "developer" | undefined;
  readonly max_tokens_field?: "max_tokens" | "max_completion_tokens" | undefined;
  readonly price?: PriceConfig | undefined;
}

export interface ProviderConfig {
  /** The catalogue's row to use if the name is not one; `openai-compatible` for any compatible server. */
  readonly kind?: string | undefined;
  readonly base_url?: string | undefined;
  /** Settings of an account at a cloud, see core/account.ts. */
  readonly resource?: string | readonly string[] | undefined;
  readonly api_version?: string | undefined;
  readonly account?: string | undefined;
  readonly workspace?: string | undefined;
  readonly project?: string | undefined;
  readonly location?: string | readonly string[] | undefined;
  readonly region?: string | readonly string[] | undefined;
  /** How one of several places is chosen, as in a balance. Default: in the written order. */
  readonly by?: BalanceRule | undefined;
  /** Credentials of a cloud other than API keys, by the names in its row. */
  readonly credentials?: { readonly [member: string]: string } | undefined;
  /** Which of OpenAI's two protocols to use for conversations, whatever is known of the models. */
  readonly protocol?: "chat" | "responses" | undefined;
  /** One key, or a pool. */
  readonly api_key?: string | readonly string[] | undefined;
  readonly headers?: { readonly [name: string]: string } | undefined;
  /** Its own address takes the further protocols that the vendor's usual one takes. */
  readonly second_protocols?: boolean | undefined;
  /** `off`: this provider is not asked for its list of models. */
  readonly model_list?: "off" | "false" | false | undefined;
  /** The header of the key, and a word before it, where they differ from the kind's. */
  readonly auth?: { readonly header: string; readonly scheme?: string | undefined } | undefined;
  /** A guardrail of the cloud, on every request. */
  readonly guardrail?: Guardrail | undefined;
  /** Corrections of requests, by name, beside those of the kind. */
  readonly quirks?: readonly string[] | undefined;
  /** By name, or by pattern such as `small-*`. */
  readonly models?: { readonly [pattern: string]: ModelConfig } | undefined;
}

export interface ServerConfig {
  readonly host?: string | undefined;
  readonly port?: Numeric | undefined;
  readonly max_body?: Numeric | undefined;
  /** The largest sum of the request bodies held at a time. */
  readonly max_bodies?: Numeric | undefined;
  /** Of a body that is passed on: how much of it is held, and its largest size. */
  readonly spool?: Numeric | undefined;
  readonly max_upload?: Numeric | undefined;
  readonly max_depth?: Numeric | undefined;
  /** Further names by which clients call the gateway, as in `Host`. */
  readonly hosts?: string | readonly string[] | undefined;
  /** The origins whose web pages may use the gateway. */
  readonly cors?: string | readonly string[] | undefined;
  readonly grace?: Duration | undefined;
  /** The address of the proxy on the way out. */
  readonly proxy?: string | undefined;
  readonly drain_delay?: Duration | undefined;
  /** The longest silence that the client of a stream meets. */
  readonly keep_alive?: Duration | false | undefined;
  /** WebSockets. */
  readonly sessions?: SessionsConfig | undefined;
  /** How often providers are asked for their lists of models, or `off`. */
  readonly model_lists?: Duration | false | undefined;
  /** Keys that clients must send. */
  readonly keys?: string | readonly (string | CallerKeyConfig)[] | undefined;
  /** The operator's key for the paths under /admin. */
  readonly admin_key?: string | undefined;
}

export interface SessionsConfig {
  readonly max?: Numeric | undefined;
  readonly max_message?: Numeric | undefined;
  readonly max_time?: Duration | false | undefined;
  /** Without a message either way. */
  readonly idle?: Duration | false | undefined;
}

export interface CallerKeyConfig {
  /** For the ledger. */
  readonly name: string;
  readonly key: string;
  /** What it may ask: names of routes, `provider/model`, or patterns. Default: everything. */
  readonly routes?: readonly string[] | undefined;
}

export interface LedgerConfig {
  readonly memory?: Numeric | undefined;
  /** A path, or `off`. */
  readonly file?: string | false | undefined;
  readonly max_size?: Numeric | undefined;
}

export interface ConfigFile {
  readonly $schema?: string | undefined;
  readonly providers?: { readonly [name: string]: ProviderConfig | null } | undefined;
  readonly routes?: { readonly [name: string]: NodeConfig } | undefined;
  readonly defaults?: PolicyConfig | undefined;
  readonly server?: ServerConfig | undefined;
  readonly ledger?: LedgerConfig | "off" | "false" | false | undefined;
}
