// Members of messages, parts, calls, results and tools that only the caller's own protocol knows. They travel in the
// state beside their owner; other protocols lose them, and report it. Members that only their own vendor can use are
// not reported.
import type { ChatRequest, Part, ProtocolName, Stray, VendorState } from "../../core/chat.ts";
import type { JsonObject } from "../../core/json.ts";
import { placeOfStray } from "./member-shape.ts";
import { membersOf } from "./read.ts";

/**
 * A vendor's facts about its own answer, ids in that vendor's store, how its own tools are loaded, and what its SDK
 * adds to an answer.
 */
const meaningless: ReadonlySet<string> = new Set(
  [
    "id object type index status phase created created_at annotations logprobs citations caller namespace parsed parsed_arguments",
    "defer_loading eager_input_streaming allowed_callers",
  ].flatMap((names) => names.split(" ")),
);

/** Whether the loss of a member matters only to its own vendor. */
export function isMeaningless(name: string): boolean {
  return meaningless.has(name);
}

/**
 * The names that a target of protocol `own` has no place for, each once, as `content.name`. `placed`: the strays that
 * fit.
 */
export function strayMembersLost(
  request: ChatRequest,
  own: ProtocolName,
  placedStrays: ReadonlySet<Stray> = noStrays,
): ReadonlySet<string> {
  if (isBare(request)) return NOTHING;
  const lostPlaces = new Set<string>();
  const { protocol } = request.extras;
  const look = ({ state, strays: ownStrays = [] }: Holder, kind: Kind): void => {
    for (const stray of ownStrays)
      if (!placedStrays.has(stray) && !meaningless.has(String(stray.path.at(-1))))
        lostPlaces.add(placeOfStray(placeOf(protocol, kind), stray));
    // Another vendor's state that travelled along never was the caller's content.
    if (protocol === own || state?.protocol !== protocol) return;
    for (const [place, members] of strays(state, kind)) {
      for (const name of Object.keys(members)) if (!meaningless.has(name)) lostPlaces.add(`${place}.${name}`);
    }
  };
  look(request, "request");
  for (const tool of request.tools) look(tool, "tool");
  for (const message of request.messages) {
    look(message, "message");
    for (const part of message.parts) lookAt(part, look);
  }
  return lostPlaces;
}

const noStrays: ReadonlySet<Stray> = new Set();

interface Holder {
  readonly state?: VendorState | undefined;
  readonly strays?: readonly Stray[] | undefined;
}

const NOTHING: ReadonlySet<string> = new Set();

/** Most messages have nothing beside their text. */
function isBare(request: ChatRequest): boolean {
  if (request.tools.length > 0 || holdsMore(request)) return false;
  for (const message of request.messages) {
    if (holdsMore(message)) return false;
    for (const part of message.parts) if (part.type !== "text" || holdsMore(part)) return false;
  }
  return true;
}

function holdsMore({ state, strays: ownStrays }: Holder): boolean {
  return state !== undefined || ownStrays !== undefined;
}

type Kind = "request" | "message" | "content" | "thought" | "call" | "result" | "tool";

/** The name of a stray's owner in the report. */
const places: Readonly<Record<Kind, string>> = {
  request: "",
  message: "messages",
  content: "content",
  thought: "content",
  call: "tool_calls",
  result: "messages",
  tool: "tools",
};

/** In Gemini's protocol a call and a result are parts like any other. */
function placeOf(protocol: ProtocolName, kind: Kind): string {
  const isPart = protocol === "gemini-generate" && (kind === "call" || kind === "result");
  return places[isPart ? "content" : kind];
}

function lookAt(part: Part, look: (holder: Holder, kind: Kind) => void): void {
  switch (part.type) {
    case "text":
    case "image":
    case "file":
    case "refusal":
      return look(part, "content");
    case "tool-call":
      return look(part, "call");
    case "tool-result":
      for (const inner of part.parts) lookAt(inner, look);
      return look(part, "result");
    // Its text is reported as reasoning.
    case "reasoning":
      return look({ state: part.form ?? part.state, strays: part.strays }, "thought");
    // By their path.
    case "foreign":
  }
}

/** Each protocol keeps them in the state in its own form: as they are, or under their owner. */
function strays(
  { protocol, value }: VendorState,
  kind: Kind,
): readonly (readonly [place: string, members: JsonObject])[] {
  const members = membersOf(value);
  const under = (name: string): JsonObject => membersOf(members[name]);
  if (kind === "thought") {
    return protocol === "openai-chat" ? [["messages", under("sealed")]] : [];
  }
  if (protocol === "anthropic-messages")
    return [[kind === "message" ? "messages" : kind === "tool" ? "tools" : "content", members]];
  if (protocol === "openai-chat") {
    const { extra_content } = members;
    const seal: JsonObject = extra_content === undefined ? {} : { extra_content };
    return [
      [places[kind], seal],
      ["messages", under("message")],
    ];
  }
  if (protocol === "gemini-generate") return kind === "tool" ? [["tools.functionDeclarations", members]] : [];
  if (protocol !== "openai-responses") return [];
  if (kind === "tool") return [["tools", under("rest")]];
  return [
    ["input", { ...under("item"), ...under("message") }],
    ["content", under("part")],
  ];
}
