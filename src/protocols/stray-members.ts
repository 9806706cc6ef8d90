// Members of messages, parts, calls, results and tools that only the caller's own protocol knows. They travel in the state
// beside what they belong to; elsewhere they are lost, and it is said. Not said is what only their own vendor has a use for.
import type { ChatRequest, Part, ProtocolName, VendorState } from "../core/chat.ts";
import type { JsonObject } from "../core/json.ts";
import { membersOf } from "./read.ts";

/** What a vendor says of its own answer, what names it in that vendor's store, and how its own tools are loaded. */
const meaningless: ReadonlySet<string> = new Set(
  [
    "id object type index status phase created created_at annotations logprobs citations caller namespace",
    "defer_loading eager_input_streaming allowed_callers",
  ].flatMap((names) => names.split(" ")),
);

/** Whether the loss of a member means nothing to anybody but the vendor that it came from. */
export function isMeaningless(name: string): boolean {
  return meaningless.has(name);
}

/** The names of what a target of protocol `own` has no place for, each once, as `content.name`. */
export function lostMembers(request: ChatRequest, own: ProtocolName): ReadonlySet<string> {
  const lost = new Set<string>();
  const { protocol } = request.extras;
  if (protocol === own) return lost;
  const look = (state: VendorState | undefined, kind: Kind): void => {
    // Another vendor's state that rode along was never the caller's word.
    if (state?.protocol !== protocol) return;
    for (const [place, members] of strays(state, kind)) {
      for (const name of Object.keys(members)) if (!meaningless.has(name)) lost.add(`${place}.${name}`);
    }
  };
  for (const { state } of request.tools) look(state, "tool");
  for (const { parts, state } of request.messages) {
    look(state, "message");
    for (const part of parts) lookAt(part, look);
  }
  return lost;
}

type Kind = "message" | "content" | "call" | "tool";

function lookAt(part: Part, look: (state: VendorState | undefined, kind: Kind) => void): void {
  switch (part.type) {
    case "text":
    case "image":
    case "file":
      return look(part.state, "content");
    case "tool-call":
      return look(part.state, "call");
    case "tool-result":
      for (const inner of part.parts) lookAt(inner, look);
      return look(part.state, "call");
    // Thoughts are reported as such, and foreign parts by their place.
    case "reasoning":
    case "refusal":
    case "foreign":
  }
}

/** In each protocol they stand in the state in another way: as they are, or by what they stood beside. */
function strays(
  { protocol, value }: VendorState,
  kind: Kind,
): readonly (readonly [place: string, members: JsonObject])[] {
  const members = membersOf(value);
  const under = (name: string): JsonObject => membersOf(members[name]);
  if (protocol === "anthropic-messages")
    return [[kind === "message" ? "messages" : kind === "tool" ? "tools" : "content", members]];
  if (protocol === "openai-chat") {
    const {
      call: _call,
      message: _message,
      tool: _tool,
      function: _function,
      extra_content: _extra,
      ...rest
    } = members;
    return [
      ["tool_calls", under("call")],
      ["messages", under("message")],
      ["tools", under("tool")],
      ["tools.function", under("function")],
      ["content", rest],
    ];
  }
  if (protocol !== "openai-responses") return [];
  if (kind === "tool") return [["tools", under("rest")]];
  return [
    ["input", { ...under("item"), ...under("message") }],
    ["content", under("part")],
  ];
}
