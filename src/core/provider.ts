// A vendor as data: a row in `providers/catalog.ts`. A deviation is a named quirk, never an `if` in other code.
import type { Account } from "./account.ts";
import type { Auth } from "./auth.ts";
import type { Effort, ProtocolName } from "./chat.ts";
import type { Guardrail } from "./guardrail.ts";
import type { JsonObject } from "./json.ts";
import type { LimitHeaders } from "./limit-headers.ts";
import type { MemberTable } from "./member-shape.ts";
import type { OperationFacts } from "./operation-facts.ts";
import type { Task } from "./operation.ts";
import type { RowModels } from "./row-models.ts";

/** The capabilities of one model. Null means unknown, which never excludes a target. */
export interface ModelFacts extends Omit<OperationFacts, "tasks"> {
  readonly contextTokens: number | null;
  readonly outputTokens: number | null;
  readonly images: boolean | null;
  /** Takes images by URL; false: the gateway downloads and inlines them. */
  readonly imageUrls: boolean | null;
  readonly pdf: boolean | null;
  readonly tools: boolean | null;
  readonly jsonSchema: boolean | null;
  /** Takes an image at its original size (`detail: "original"`). Absent: unknown, kept for its own clients only. */
  readonly originalDetail?: boolean | undefined;
  /** False: it refuses OpenAI's explicit cache breakpoints. Absent: unknown. */
  readonly cacheBreakpoints?: false | undefined;
  /** Takes JSON output together with function tools, and the vendor's own tools together with either. */
  readonly jsonWithTools: boolean | null;
  readonly logprobs: boolean | null;
  readonly multipleChoices: boolean | null;
  readonly seed: boolean | null;
  readonly penalties: boolean | null;
  /** Takes temperature, top_p and top_k. */
  readonly sampling: boolean | null;
  readonly forcedToolChoice: boolean | null;
  /** Takes free-text tools. Absent or null: unknown. */
  readonly customTools?: boolean | null | undefined;
  /** Takes `tool_search`, and with it tool namespaces and tools inside the input. Absent or null: unknown. */
  readonly toolSearch?: boolean | null | undefined;
  /**
   * Searches the web on request: in every protocol, in none, or only in the named one. Absent or null: unknown, and
   * not relied on.
   */
  readonly webSearch?: boolean | ProtocolName | null | undefined;
  /** Takes temperature or top_p, never both. */
  readonly oneSampler?: boolean | undefined;
  /** A conversation may end with an assistant turn, which the model continues. */
  readonly prefill?: boolean | null | undefined;
  /** Takes instructions between the turns, in a role of their own. Absent or null: unknown. */
  readonly laterSystem?: boolean | null | undefined;
  /** Takes media inside a tool result. Absent: unknown. */
  readonly mediaInResults?: boolean | undefined;
  /** Takes a `detail` per image, where others take one per request. Absent: unknown. */
  readonly mediaDetail?: boolean | undefined;
  /** Prefixes of `type` of the vendor's own tools and context edits that it refuses. Absent: none. */
  readonly refusedTypes?: readonly string[] | undefined;
  /** Keywords of JSON Schema that it has refused, for the description. `*`: one that it did not name. Absent: none. */
  readonly refusedKeywords?: readonly string[] | undefined;
  /** How to ask for reasoning, and the allowed values. */
  readonly reasoning: ReasoningFacts;
  /** Replayed calls must carry their thought signatures. */
  readonly signatures: boolean;
  /**
   * Where an OpenAI-compatible target takes system messages. `anywhere`: any number, in any position. `leading`: any
   * number, at the beginning. `one`: a single one, at the beginning. `none`: nowhere. Absent: unknown, treated as
   * `one`.
   */
  readonly systemMessages?: "anywhere" | "leading" | "one" | "none" | undefined;
  /**
   * The order of the other messages at such a target. `alternating`: the user first, then in turns.
   * `assistant-after-tool`: an assistant message must follow a tool result. Absent: any order.
   */
  readonly turnOrder?: "alternating" | "assistant-after-tool" | undefined;
  /** It has refused a message's content that is a list of parts or null. Absent: it takes its protocol's content. */
  readonly plainContent?: true | undefined;
  /** It has refused a history with parallel calls. Absent: it takes them. */
  readonly singleCalls?: true | undefined;
  /**
   * How it caches long prompts. `marks`: at `cache_control`. `key`: automatically, with `prompt_cache_key` to find them
   * again. `itself`: automatically. Absent: unknown, and nothing is sent.
   */
  readonly promptCache?: "marks" | "key" | "itself" | undefined;
  /**
   * False: it has refused a body because of a lone surrogate. From then on the gateway checks a caller's own bytes for
   * them.
   */
  readonly loneSurrogates?: false | undefined;
  /**
   * All members that it takes in an OpenAI request; it refuses others. The gateway checks requests written for another
   * vendor against it. Absent: it takes more than is known, or ignores unknown members.
   */
  readonly members?: MemberTable | undefined;
  /** The role for the operator's instructions. */
  readonly systemRole: "system" | "developer";
  /** The name of the output limit in the OpenAI protocol. */
  readonly maxTokensField: "max_tokens" | "max_completion_tokens";
  /**
   * The field in which an OpenAI-compatible target takes back the reasoning of earlier turns. Null: in none, the
   * gateway leaves it out. Absent: unknown, it goes back as the caller sent it.
   */
  readonly reasoningField?: "reasoning_content" | "reasoning" | null | undefined;
  /** Answers may have a list of parts as content: re-encoded even for clients of the same protocol. Absent: text. */
  readonly partsInAnswers?: boolean | undefined;
  /**
   * Where it runs, by the operator's word. Absent: unknown; then a caller that requires a region needs a target with a
   * field for it.
   */
  readonly region?: string | undefined;
  /** False: its requests have no field for the region. Absent: unknown. */
  readonly takesRegion?: false | undefined;
  /** The most tools in one request. Absent: unknown. */
  readonly mostTools?: number | undefined;
  /** The most entries of `metadata`, which must be short strings. Absent: unknown. */
  readonly mostNotes?: number | undefined;
  /** The most characters in `user` and similar ids. Absent: unknown. */
  readonly longestName?: number | undefined;
  /** Requests that it takes only through another protocol of its vendor. Absent: none. */
  readonly detour?: Detour | undefined;
  /** All tasks that it serves, `chat` among them if it does. Absent: unknown. */
  readonly tasks?: readonly Task[] | undefined;
}

/**
 * Another protocol for the same model: requests that the row's protocol is known to refuse go there, whatever the
 * client speaks.
 */
export interface Detour {
  readonly protocol: ProtocolName;
  /**
   * `always`: the model has no other endpoint. `tools-and-effort`: function tools with an effort other than `none`.
   * `tools-unless-none`: function tools, unless the effort is explicitly `none`. `never`: not for tools.
   */
  readonly when: "always" | "tools-and-effort" | "tools-unless-none" | "never";
  /** Efforts that it takes only there, beside those of `reasoning`. */
  readonly efforts?: readonly Effort[] | undefined;
}

export type ReasoningFacts =
  | { readonly style: "none" }
  /** An effort level; `efforts` are those it takes. */
  | { readonly style: "effort"; readonly efforts: readonly Effort[] }
  /** A budget in tokens; `off` is the smallest value, 0 if thinking can be switched off. */
  | {
      readonly style: "budget";
      readonly minimum: number;
      readonly maximum: number;
      readonly off: number | null;
      /** Effort levels that it takes beside the budget. Absent: none. */
      readonly efforts?: readonly Effort[] | undefined;
    }
  /** Gemini 3 and later: a level. */
  | {
      readonly style: "level";
      readonly levels: readonly string[];
      /** False: it refuses a budget in tokens. Absent: it may take one. */
      readonly budgets?: false | undefined;
    }
  /** Claude 4.6 and later: adaptive thinking with an effort. */
  | {
      readonly style: "adaptive";
      readonly efforts: readonly Effort[];
      /** Thinking can be switched off. */
      readonly off: boolean;
      /** The strongest effort that it takes while thinking is off. Absent: any. */
      readonly strongestOff?: Effort | undefined;
      /** Also takes a budget in tokens. */
      readonly budgets?: boolean | undefined;
      /** If thinking cannot be switched off: the minimum is thinking between tool calls only. */
      readonly betweenTools?: boolean | undefined;
    };

/** How the request is sent, beside its body. */
export interface QuirkQuestion {
  /** Those of a caller that speaks this protocol. Absent: it speaks another one. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** The answer will be a stream. Absent: it will not, or the task has no streams. */
  readonly stream?: boolean | undefined;
}

/** One named deviation of a vendor from its protocol: it changes the encoded body and reports the change. */
export interface Quirk {
  readonly name: string;
  /** The protocol of the bodies that it corrects. Absent: its row's protocol. */
  readonly protocol?: ProtocolName;
  /** The top-level members that it handles: it skips a body without any of them. Absent: any body. */
  readonly fields?: readonly string[];
  /** Names below those members: it skips a body without any of them. Absent: any body. */
  readonly words?: readonly string[];
  /** The models that it is for. Absent: any. */
  readonly models?: RegExp;
  /**
   * The top-level member, in snake case, that the vendor does not know: a protocol that has the same thing under a name
   * of its own says it there instead. Absent: it is about something else.
   */
  readonly unknownMember?: string;
  request?(
    body: JsonObject,
    model: string,
    question?: QuirkQuestion,
  ): {
    readonly body: JsonObject;
    readonly dropped: readonly string[];
    readonly adapted: readonly string[];
  };
}

export interface HeaderValue {
  /** In lower case; `*-beta`: every header with that ending; null: every header that lists the value. */
  readonly header: string | null;
  /** Null: all of them. */
  readonly value: string | null;
}

/** The limits and refusals that a target taught the gateway recently, beside the tables' facts about its model. */
export interface LearnedLimit {
  readonly facts: Partial<ModelFacts>;
  /** The quirks that adjust a body to it. */
  readonly quirks: readonly Quirk[];
  /** Top-level members that it does not take and that a request cannot work without. */
  readonly refusedMembers: readonly string[];
  /** Values to remove from headers that list several. Absent: none. */
  readonly withheld?: readonly HeaderValue[] | undefined;
  /** The names of the learned limits in it. */
  readonly learnedNames: ReadonlySet<string>;
}

/** How a request asks for a guardrail. */
export interface GuardrailParts {
  /** In lower case; no caller may override them. */
  readonly headers: Readonly<Record<string, string>>;
  readonly quirks: readonly Quirk[];
}

/** By date, if a later one refuses sampling parameters. */
export interface Versions {
  /** Lower case. */
  readonly header: string;
  /** For requests that the gateway translates into it. */
  readonly usual: string;
  /** The last version that takes temperature, top_p and top_k. */
  readonly sampled: string;
}

/** The task of a path: a whole answer, a streamed one, or another task. */
export type PathMode = "whole" | "stream" | Exclude<Task, "chat">;

/** A row of the catalogue. */
export interface ProviderRow extends RowModels {
  readonly name: string;
  /** The name for people. */
  readonly title: string;
  readonly protocol: ProtocolName;
  /** Further protocols in which it takes a caller's own bytes, and the models that do; never translated into. */
  readonly alsoTakes?: Readonly<Partial<Record<ProtocolName, RegExp>>> | undefined;
  /** Those of `alsoTakes` that only its usual address is known to take. Absent: none. */
  readonly takesAtUsual?: readonly ProtocolName[] | undefined;
  /**
   * The protocols for conversations that an operator may choose between, by the setting's values. Absent: no choice.
   */
  readonly apis?: Readonly<Record<"chat" | "responses", ProtocolName>> | undefined;
  /** The protocol for operations, if it differs from `protocol`. */
  readonly operations?: ProtocolName | undefined;
  /** Tasks of its protocols that it does not have. Absent: it has all. */
  readonly lacks?: readonly Task[] | undefined;
  /** Everything before the protocol's own path; null if the operator must set it. */
  readonly baseUrl: string | null;
  /** The end of the base URL by protocol, see domain/base-path.ts. Absent: one address for all. */
  readonly bases?: Readonly<Partial<Record<ProtocolName, string>>> | undefined;
  /** The path after the base URL if not the protocol's own (`usual`). A model's name may be a caller's: percent-encode it. */
  readonly path?: ((model: string, mode: PathMode, usual: string) => string) | undefined;
  /**
   * If a request names another host, the gateway appends the version in `baseUrl` to it, as Portkey does. Absent: only
   * for hosts on this machine.
   */
  readonly versionsHosts?: boolean | undefined;
  /** Environment variables that usually hold the key; the first one found wins. Empty: it needs no key. */
  readonly keyVariables: readonly string[];
  /** Null: none. */
  readonly auth: Auth | null;
  /** Absent: one address for everybody, and API keys only. */
  readonly account?: Account | undefined;
  /** Sent with every request. */
  readonly headers: Readonly<Record<string, string>>;
  /** Absent: it has no guardrails. */
  readonly guardrail?: ((guardrail: Guardrail) => GuardrailParts) | undefined;
  /** Absent: there is only one. */
  readonly versions?: Versions | undefined;
  readonly quirks: readonly Quirk[];
  /**
   * Headers that the gateway forwards from a caller that speaks this provider's protocol. Never one that carries a key.
   */
  readonly forward?: readonly string[] | undefined;
  facts(model: string): ModelFacts;
  /** Those among them that are the operator's own words, which nothing else overrides; null, or absent: none. */
  ownFacts?(model: string): Partial<ModelFacts> | null;
  /** The response headers that report its remaining limits. Absent: the usual ones. */
  readonly limits?: readonly LimitHeaders[] | undefined;
}
