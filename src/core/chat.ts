// The neutral conversation: what every protocol is decoded into and encoded from. It holds what the protocols share;
// what only one of them knows travels beside it, tagged with where it came from, and is dropped (and reported) elsewhere.
import type { SearchStep, ToldWords } from "./search-step.ts";
import type { Json, JsonObject } from "./json.ts";

/** The wire formats. One folder each under `protocols/`; the older completions stand in that of the chat. */
export type ProtocolName =
  | "openai-chat"
  | "openai-completions"
  | "openai-responses"
  | "anthropic-messages"
  | "gemini-generate";

/** Opaque vendor state (a thought signature, a thinking block's signature): replayed only where it came from. */
export interface VendorState {
  readonly protocol: ProtocolName;
  /** As received, byte for byte. */
  readonly value: Json;
}

/**
 * In requests: a member that the caller's own protocol has no place for, as its decoder knows it. `path` leads to it from the
 * object that it came in, through members and lists.
 */
export interface Stray {
  readonly path: readonly (string | number)[];
  readonly value: Json;
}

/** In requests: the prompt shall be cached up to here. The members by which the caller marked it, by their wire names. */
export type CacheMarks = JsonObject;

/** Where a stretch of an answer was found; an empty stretch at 0 means the answer as a whole. */
export interface Citation {
  readonly url: string;
  readonly title: string | null;
  /** The page's own words, where the vendor gives them. */
  readonly quote: string | null;
  /** Characters (Unicode code points) of all texts of the choice together; `end` is behind the last one. */
  readonly start: number;
  readonly end: number;
}

export interface TextPart {
  readonly type: "text";
  readonly text: string;
  readonly told?: ToldWords | undefined;
  /** In answers. What its own protocol says of them is in the state, too. */
  readonly citations?: readonly Citation[] | undefined;
  readonly marks?: CacheMarks | undefined;
  readonly state?: VendorState | undefined;
  readonly strays?: readonly Stray[] | undefined;
}
export interface ImagePart {
  readonly type: "image";
  readonly source: MediaSource;
  /** `low`, `high`, `auto`, `original` where the caller said so. */
  readonly detail: string | null;
  readonly marks?: CacheMarks | undefined;
  readonly state?: VendorState | undefined;
  readonly strays?: readonly Stray[] | undefined;
}
/** A document (PDF, text) or an audio or video clip: `mediaType` tells. */
export interface FilePart {
  readonly type: "file";
  readonly source: MediaSource;
  readonly filename: string | null;
  /** What the caller says of it, for the model. */
  readonly context?: string | undefined;
  readonly marks?: CacheMarks | undefined;
  readonly state?: VendorState | undefined;
  readonly strays?: readonly Stray[] | undefined;
}
export interface ToolCallPart {
  readonly type: "tool-call";
  readonly id: string;
  readonly name: string;
  /** The arguments as JSON text, exactly as given; may be broken JSON. Empty string where there were none. */
  readonly arguments: string;
  readonly marks?: CacheMarks | undefined;
  readonly state?: VendorState | undefined;
  /** In requests, where the caller's protocol has another form for it than a function's call: it goes back as it was. */
  readonly form?: VendorState | undefined;
  readonly strays?: readonly Stray[] | undefined;
}
export interface ToolResultPart {
  readonly type: "tool-result";
  /** The id of the call that this answers. */
  readonly id: string;
  /** The tool's name where the protocol carries it. */
  readonly name: string | null;
  readonly parts: readonly (ContentPart | ForeignPart)[];
  readonly isError: boolean;
  readonly marks?: CacheMarks | undefined;
  readonly state?: VendorState | undefined;
  readonly strays?: readonly Stray[] | undefined;
}
export interface ReasoningPart {
  readonly type: "reasoning";
  readonly text: string;
  readonly state?: VendorState | undefined;
}
export interface RefusalPart {
  readonly type: "refusal";
  readonly text: string;
  readonly strays?: readonly Stray[] | undefined;
}
/** What every protocol can be given in a message. */
export type ContentPart = TextPart | ImagePart | FilePart;
/** A part that only its own protocol knows (server-side tool results and the like). */
export interface ForeignPart {
  readonly type: "foreign";
  /** In requests: what targets of other protocols are given in its place. Absent: nothing can be. Empty: it is no content. */
  readonly instead?: readonly ContentPart[] | undefined;
  /** In requests: what they cannot be given, by its places there. Absent: nothing that has a meaning for them. */
  readonly lost?: readonly string[] | undefined;
  readonly told?: ToldWords | undefined;
  /** What other protocols can say of it. */
  readonly citations?: readonly Citation[] | undefined;
  readonly search?: SearchStep | undefined;
  readonly state: VendorState;
}
export type Part =
  | TextPart
  | ImagePart
  | FilePart
  | ToolCallPart
  | ToolResultPart
  | ReasoningPart
  | RefusalPart
  | ForeignPart;

/** Bytes in base64 with their type, an address, or an id of a file at one vendor; `place`: of the id, in the request. */
export type MediaSource =
  | { readonly kind: "data"; readonly mediaType: string; readonly data: string }
  | { readonly kind: "url"; readonly url: string; readonly mediaType: string | null }
  | {
      readonly kind: "file-id";
      readonly id: string;
      readonly protocol: ProtocolName;
      readonly mediaType?: string | null | undefined;
      readonly place?: string | undefined;
    };

/**
 * One turn. `tool` messages hold tool-result parts only; several in a row answer the calls of one assistant turn
 * (protocols that want them in one message join them). `developer` is kept apart from `system` where the caller did.
 */
export interface Message {
  readonly role: "system" | "developer" | "user" | "assistant" | "tool";
  readonly parts: readonly Part[];
  /** The participant's name, where given. */
  readonly name: string | null;
  /** What else its own protocol says of it. */
  readonly state?: VendorState | undefined;
  readonly strays?: readonly Stray[] | undefined;
}

export interface Tool {
  readonly name: string;
  readonly description: string | null;
  /** JSON Schema of the arguments; null for a tool without any. */
  readonly parameters: JsonObject | null;
  readonly strict: boolean | null;
  readonly marks?: CacheMarks | undefined;
  /** It takes one text, which stands in the argument `input` here; `format`: the text's form, null for any. Absent: a function. */
  readonly freeText?: { readonly format: JsonObject | null } | undefined;
  /** Of the first tool of a group: what the group says of itself. */
  readonly group?: string | undefined;
  /** What else its own protocol says of it. */
  readonly state?: VendorState | undefined;
  readonly strays?: readonly Stray[] | undefined;
}

export type ToolChoice =
  | { readonly kind: "auto" | "none" | "required" }
  | { readonly kind: "tool"; readonly name: string }
  /** The vendor's own search of the web. `name`: the caller's protocol's word for it. */
  | { readonly kind: "search"; readonly name: string }
  | { readonly kind: "subset"; readonly mode: "auto" | "required"; readonly names: readonly string[] };

export type OutputFormat =
  | { readonly kind: "text" }
  | { readonly kind: "json" }
  | {
      readonly kind: "json_schema";
      readonly name: string;
      readonly description: string | null;
      readonly schema: JsonObject;
      readonly strict: boolean | null;
    };

export const efforts = ["none", "minimal", "low", "medium", "high", "xhigh", "max"] as const;
/** How hard the model shall think. */
export type Effort = (typeof efforts)[number];

/** What the caller said of reasoning; null members were not said. */
export interface Reasoning {
  readonly effort: Effort | null;
  /** Tokens it may think; -1 leaves it to the model. */
  readonly budget: number | null;
  /** Whether the caller wants to see (a summary of) the thoughts. */
  readonly visible: boolean | null;
}

/** Knobs of generation; null where the caller said nothing, so that a default is never invented. */
export interface Sampling {
  readonly maxTokens: number | null;
  readonly temperature: number | null;
  readonly topP: number | null;
  readonly topK: number | null;
  readonly seed: number | null;
  /** How many choices. */
  readonly n: number | null;
  readonly stop: readonly string[];
  readonly presencePenalty: number | null;
  readonly frequencyPenalty: number | null;
  readonly logprobs: boolean | null;
  readonly topLogprobs: number | null;
  readonly logitBias: JsonObject | null;
}

export interface ChatRequest {
  /** As the caller named it; the encoder is given the target's own name. */
  readonly model: string;
  readonly messages: readonly Message[];
  readonly tools: readonly Tool[];
  readonly toolChoice: ToolChoice | null;
  /** A search of the vendor's own is asked for, in its plain form: how, stands among the extras. */
  readonly searches?: boolean | undefined;
  readonly parallelTools: boolean | null;
  readonly output: OutputFormat | null;
  readonly reasoning: Reasoning | null;
  readonly sampling: Sampling;
  readonly stream: boolean;
  /** The caller asked for usage in the stream. */
  readonly includeUsage: boolean;
  /** An opaque id of the end user. */
  readonly user: string | null;
  /** Fields without a place here, by their wire names: kept in the same protocol, dropped and reported across. */
  readonly extras: { readonly protocol: ProtocolName; readonly fields: JsonObject };
  /** The caller speaks the older `functions` of the OpenAI protocol and expects `function_call` in the answer. */
  readonly legacyFunctions?: boolean | undefined;
  readonly strays?: readonly Stray[] | undefined;
}

export type FinishReason = "stop" | "length" | "tool_calls" | "content_filter" | "other";

/** Tokens, as the vendor counted them; null where it did not say. Never estimated here. */
export interface Usage {
  /** All input, cached tokens included. */
  readonly input: number | null;
  /** All output, reasoning included. */
  readonly output: number | null;
  readonly cacheRead: number | null;
  readonly cacheWrite: number | null;
  readonly reasoning: number | null;
  /** Searches of the web that the vendor ran, and counted. */
  readonly searches?: number | null | undefined;
}

export interface TokenLogprob {
  readonly token: string;
  readonly logprob: number;
  readonly bytes: readonly number[] | null;
  readonly top: readonly {
    readonly token: string;
    readonly logprob: number;
    readonly bytes: readonly number[] | null;
  }[];
}

export interface Choice {
  readonly index: number;
  /** text, reasoning, refusal, tool-call, image, foreign: in the order given. */
  readonly parts: readonly Part[];
  /** Null where the vendor gave none: then the answer is not whole. */
  readonly finish: FinishReason | null;
  /** The vendor's own word for it. */
  readonly rawFinish: string | null;
  /** With `content_filter`: what stopped the model is its own limit (a language, words of others); another may answer. */
  readonly elsewhere?: boolean | undefined;
  /** The stop string that ended it, where the vendor tells. */
  readonly stopSequence: string | null;
  readonly logprobs: readonly TokenLogprob[] | null;
}

/** A whole answer. */
export interface ChatResponse {
  readonly id: string;
  /** The model that served, as the vendor names it. */
  readonly model: string;
  /** Seconds since the epoch; null where the protocol has none. */
  readonly created: number | null;
  readonly choices: readonly Choice[];
  readonly usage: Usage | null;
  /** Fields of the envelope without a place here, kept in the same protocol only. */
  readonly extras: { readonly protocol: ProtocolName; readonly fields: JsonObject };
}
