// A vendor as data: a row in `providers/catalog.ts`. What deviates is a named quirk, never an `if` in the middle.
import type { Auth } from "./auth.ts";
import type { Effort, ProtocolName } from "./chat.ts";
import type { JsonObject } from "./json.ts";
import type { MemberTable } from "./member-shape.ts";
import type { Tariff } from "./price.ts";

/** What one model can do, as far as is known. Null means unknown, which never excludes. */
export interface ModelFacts {
  readonly contextTokens: number | null;
  readonly outputTokens: number | null;
  readonly images: boolean | null;
  /** Takes an image by address; false means the gateway downloads and inlines it. */
  readonly imageUrls: boolean | null;
  readonly pdf: boolean | null;
  readonly audio: boolean | null;
  readonly tools: boolean | null;
  readonly jsonSchema: boolean | null;
  /** An image may be looked at in its own size (`detail: "original"`). Absent: unknown, and asked for by its own clients alone. */
  readonly originalDetail?: boolean | undefined;
  /** False: it refuses marks in OpenAI's words up to which a prompt is cached. Absent: unknown. */
  readonly cacheBreakpoints?: false | undefined;
  /** JSON output and function tools in one request; where the vendor has tools of its own, these beside either, too. */
  readonly jsonWithTools: boolean | null;
  readonly logprobs: boolean | null;
  readonly multipleChoices: boolean | null;
  readonly seed: boolean | null;
  readonly penalties: boolean | null;
  /** temperature, top_p, top_k are taken. */
  readonly sampling: boolean | null;
  readonly forcedToolChoice: boolean | null;
  /** Takes tools of free text. Absent or null: unknown. */
  readonly customTools?: boolean | null | undefined;
  /** Takes `tool_search`, and with it namespaces of tools and tools that come in the input. Absent or null: unknown. */
  readonly toolSearch?: boolean | null | undefined;
  /** Searches the web when it is asked to, in the protocol that it is spoken to. Absent or null: unknown, and not relied on. */
  readonly webSearch?: boolean | null | undefined;
  /** Takes temperature or top_p, never both. */
  readonly oneSampler?: boolean | undefined;
  /** A conversation may end on the assistant's turn, which the model then continues. */
  readonly prefill?: boolean | null | undefined;
  /** Instructions may stand between the turns, in a role of their own. Absent or null: unknown. */
  readonly laterSystem?: boolean | null | undefined;
  /** Media may stand inside of a function's result. Absent: unknown. */
  readonly mediaInResults?: boolean | undefined;
  /** Each image may say how closely it is looked at, where that is said for the whole request otherwise. Absent: unknown. */
  readonly mediaDetail?: boolean | undefined;
  /** Kinds of the vendor's own tools and context edits that it refuses, by the beginnings of their `type`. Absent: none. */
  readonly refusedTypes?: readonly string[] | undefined;
  /** How thinking is asked for, and what is allowed. */
  readonly reasoning: ReasoningFacts;
  /** Thought signatures must accompany replayed calls. */
  readonly signatures: boolean;
  /**
   * Where an OpenAI-compatible target takes system messages. `anywhere`: any number, in any place. `leading`: any number, at
   * the beginning. `one`: a single one, at the beginning. `none`: nowhere. Absent: unknown, which is taken for `one`.
   */
  readonly systemMessages?: "anywhere" | "leading" | "one" | "none" | undefined;
  /**
   * In what order such a target takes the other messages. `alternating`: the user first, then by turns.
   * `assistant-after-tool`: the assistant has the word after a result. Absent: in any order.
   */
  readonly turnOrder?: "alternating" | "assistant-after-tool" | undefined;
  /** It has refused a message's content that is a list of parts or null. Absent: it takes what its protocol has. */
  readonly plainContent?: true | undefined;
  /**
   * How long prompts are cached: where `cache_control` marks them, by itself with `prompt_cache_key` to find them again, or
   * all by itself. Absent: unknown, and nothing is sent.
   */
  readonly promptCache?: "marks" | "key" | "itself" | undefined;
  /** False: it has refused a body for half of a surrogate pair. A caller's own bytes are looked through for it from then on. */
  readonly loneSurrogates?: false | undefined;
  /**
   * All that it takes in a request of the OpenAI protocol; it refuses what is not there. Held against what was written for
   * another vendor. Absent: it takes more than is known, or does not mind.
   */
  readonly members?: MemberTable | undefined;
  /** The role for operator's instructions. */
  readonly systemRole: "system" | "developer";
  /** Name of the limit in the OpenAI protocol. */
  readonly maxTokensField: "max_tokens" | "max_completion_tokens";
  /**
   * Where an OpenAI-compatible target takes the reasoning of earlier turns back. Null: nowhere, it is left out.
   * Absent: unknown, then it goes back as the caller sent it.
   */
  readonly reasoningField?: "reasoning_content" | "reasoning" | null | undefined;
  /**
   * The content of its answers may come as a list of parts, which OpenAI's clients do not know: they are written anew for
   * clients of the same protocol, too. Absent: it comes as text.
   */
  readonly partsInAnswers?: boolean | undefined;
  /** How many tools it takes in one request. Absent: unknown. */
  readonly mostTools?: number | undefined;
  /** Characters that it takes in `user` and other names that tell callers apart. Absent: unknown. */
  readonly longestName?: number | undefined;
  /** What it takes only through another protocol of its vendor's. Absent: nothing. */
  readonly detour?: Detour | undefined;
}

/** The other way to a model: requests that the row's protocol is known to refuse go there, whoever asks. */
export interface Detour {
  readonly protocol: ProtocolName;
  /**
   * `always`: the model is served nowhere else. `tools-and-effort`: where function tools meet an effort other than `none`.
   * `tools-unless-none`: where there are function tools, unless the effort is said to be `none`. `never`: tools are no reason.
   */
  readonly when: "always" | "tools-and-effort" | "tools-unless-none" | "never";
  /** It searches the web there, and not on the row's own way. */
  readonly search?: boolean | undefined;
  /** Efforts that are taken there alone, beside those of `reasoning`. */
  readonly efforts?: readonly Effort[] | undefined;
}

export type ReasoningFacts =
  | { readonly style: "none" }
  /** A word; `efforts` are those it takes. */
  | { readonly style: "effort"; readonly efforts: readonly Effort[] }
  /** Tokens; `off` is the smallest value, 0 where thinking can be switched off. */
  | {
      readonly style: "budget";
      readonly minimum: number;
      readonly maximum: number;
      readonly off: number | null;
      /** Words that it takes beside the budget. Absent: none. */
      readonly efforts?: readonly Effort[] | undefined;
    }
  /** Gemini 3 and later: a level. */
  | {
      readonly style: "level";
      readonly levels: readonly string[];
      /** False: it refuses a budget of tokens. Absent: it may take one. */
      readonly budgets?: false | undefined;
    }
  /** Claude 4.6 and later: adaptive thinking with an effort. */
  | {
      readonly style: "adaptive";
      readonly efforts: readonly Effort[];
      /** Thinking can be switched off. */
      readonly off: boolean;
      /** The strongest effort that it takes with thinking switched off. Absent: any. */
      readonly strongestOff?: Effort | undefined;
      /** Takes a budget of tokens, too. */
      readonly budgets?: boolean | undefined;
      /** Where it cannot: thinking between tool calls only is the least there is. */
      readonly betweenTools?: boolean | undefined;
    };

/** One named deviation of a vendor from the protocol it speaks: changes the encoded body, says what it did. */
export interface Quirk {
  readonly name: string;
  /** In which protocol's bodies it is at home. Absent: its row's. */
  readonly protocol?: ProtocolName;
  /** The top-level members that it looks at: a body without them all is left as it is. Absent: any. */
  readonly fields?: readonly string[];
  /** Names below those members, of which one must stand there: a body without them all is left as it is. Absent: any. */
  readonly words?: readonly string[];
  /** The models that it is for. Absent: any. */
  readonly models?: RegExp;
  request?(
    body: JsonObject,
    model: string,
  ): {
    readonly body: JsonObject;
    readonly dropped: readonly string[];
    readonly adapted: readonly string[];
  };
}

export interface HeaderValue {
  /** Lower-cased; null: whichever lists it. */
  readonly header: string | null;
  readonly value: string;
}

/** What a target has refused of late, beside what the tables know of its model. */
export interface Lesson {
  readonly facts: Partial<ModelFacts>;
  /** What mends a body for it. */
  readonly quirks: readonly Quirk[];
  /** Top-level members that it does not take and that nobody can do without. */
  readonly refused: readonly string[];
  /** Values that are taken out of a header which lists several. Absent: none. */
  readonly withheld?: readonly HeaderValue[] | undefined;
  /** What it is made of, by name. */
  readonly learnt: ReadonlySet<string>;
}

/** What a vendor's refusal says of the target itself, whoever asks. */
export type Refusal =
  /** Tokens that the model takes at most. */
  | { readonly kind: "window"; readonly tokens: number }
  /**
   * A member of the body, as a path in the vendor's own words, with `*` for any element of a list; `value` where that one
   * alone is refused. `isUnknown`: the vendor has no such member, whatever the model.
   */
  | { readonly kind: "field"; readonly path: string; readonly value: string | null; readonly isUnknown?: boolean }
  /** Known of the model from now on: the request can be put into its words anew. */
  | { readonly kind: "facts"; readonly facts: Partial<ModelFacts> }
  /** Kinds of tools that the model does not take, by their `type`. */
  | { readonly kind: "tools"; readonly types: readonly string[] }
  /** Values of a header that lists several; null: whichever lists them. */
  | { readonly kind: "header"; readonly header: string | null; readonly values: readonly string[] };

/** A protocol's versions, by date, where a later one refuses sampling. */
export interface Versions {
  /** Lower-cased. */
  readonly header: string;
  /** For what is translated into it. */
  readonly usual: string;
  /** The last that takes temperature, top_p and top_k. */
  readonly sampled: string;
}

/** What a path is asked for: an answer in one piece, a streamed one, vectors, or a count of tokens. */
export type PathMode = "whole" | "stream" | "embeddings" | "count";

/** A row of the catalogue. */
export interface ProviderRow {
  readonly name: string;
  /** What people call it. */
  readonly title: string;
  readonly protocol: ProtocolName;
  /** Further protocols in which it takes a caller's own bytes, and the models that do. Nothing is translated into these. */
  readonly alsoTakes?: Readonly<Partial<Record<ProtocolName, RegExp>>> | undefined;
  /** The protocols that an operator may choose between for conversations, by the setting's words. Absent: there is no choice. */
  readonly apis?: Readonly<Record<"chat" | "responses", ProtocolName>> | undefined;
  /** In which protocol it is asked for vectors, where that is not `protocol`. */
  readonly embeddings?: ProtocolName | undefined;
  /** Everything before the protocol's own path; null where the operator must say. */
  readonly baseUrl: string | null;
  /**
   * The path after the base URL, perhaps with a query, where it is not the protocol's own (`usual`). The model's name may be
   * a caller's: percent-encode it. Absent: the protocol's own.
   */
  readonly path?: ((model: string, mode: PathMode, usual: string) => string) | undefined;
  /** A host in its place that a request names gets the version in `baseUrl` put behind it, as Portkey does. Absent: only on this machine. */
  readonly versionsHosts?: boolean | undefined;
  /** Environment variables that usually hold the key, first found wins. Empty: needs none. */
  readonly keyVariables: readonly string[];
  /** The kind of authentication; null: none. */
  readonly auth: Auth | null;
  /** Sent with every request. */
  readonly headers: Readonly<Record<string, string>>;
  /** Absent: there is but one. */
  readonly versions?: Versions | undefined;
  readonly quirks: readonly Quirk[];
  /** Headers of a caller that speaks this provider's protocol, passed on to it. Never one that carries a key. */
  readonly forward?: readonly string[] | undefined;
  /** Models worth listing under `GET /v1/models`. */
  readonly models: readonly string[];
  facts(model: string): ModelFacts;
  /** What a model costs by the list. Cheap until a price is asked for. Absent: the list has none of its models. */
  readonly tariff?: ((model: string) => Tariff) | undefined;
  /** In which headers of its answers it says what is left of a limit. Absent: in the usual ones. */
  readonly limits?: readonly LimitHeaders[] | undefined;
}

/** Names of the headers that tell of one limit, lower-cased. */
export interface LimitHeaders {
  readonly limit: string;
  readonly remaining: string;
  /** When it is whole again: seconds, a duration such as `6m0s`, or a date. */
  readonly reset: string;
}
