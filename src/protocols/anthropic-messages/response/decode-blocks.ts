// Decodes the blocks of an answer. Lenient: an unknown block becomes a foreign part, which this protocol's clients get
// back, and others as text.
import type { ForeignPart, Part } from "../../../core/chat.ts";
import type { JsonObject } from "../../../core/json.ts";
import { writeJson } from "../../../domain/write-json.ts";
import { lostBeside, unknownAnswerBlock } from "../../shared/answer-blocks.ts";
import { readCacheMarks } from "../../shared/cache-marks.ts";
import { readId } from "../../shared/identifiers.ts";
import { isObject, placeOf, stringOr } from "../../shared/read.ts";
import { answerTool } from "../features/answer-tool.ts";
import { callState, ownState, self } from "../features/own-state.ts";
import { stepOf } from "../features/searches.ts";

export function decodeBlock(block: JsonObject): Part {
  switch (block["type"]) {
    case "text":
      return {
        type: "text",
        text: stringOr(block["text"], ""),
        ...readCacheMarks(block),
        ...ownState(block, ["type", "text"]),
      };
    case "thinking":
      return decodeThinking(block);
    case "redacted_thinking":
      return { type: "reasoning", text: "", state: { protocol: self, value: block } };
    case "tool_use":
      return decodeCall(block);
    default: {
      const search = stepOf(block);
      const state = { protocol: self, value: block } as const;
      if (search !== undefined) return { type: "foreign", state, search };
      return unknownAnswerBlock(state, block, placeOf(PLACE, stringOr(block["type"], "")));
    }
  }
}

/** How the report names the blocks of an answer. */
export const PLACE = "answer.content";

/** The members of the blocks that all protocols have. */
const blockMembers: ReadonlySet<string> = new Set(
  "type text citations thinking signature data id name input caller cache_control".split(" "),
);

/** What a known block has beside them. */
export function lostInBlock(block: JsonObject): readonly ForeignPart[] {
  return blockTypes.has(stringOr(block["type"], ""))
    ? lostBeside(block, { protocol: self, names: blockMembers, place: PLACE })
    : [];
}

const blockTypes: ReadonlySet<string> = new Set(["text", "thinking", "redacted_thinking", "tool_use"]);

/** Without a signature, this vendor would not take it back, so it counts as another vendor's. */
export function decodeThinking(block: JsonObject): Part {
  const text = stringOr(block["thinking"], "");
  const signature = stringOr(block["signature"], "");
  if (signature === "") return { type: "reasoning", text };
  return { type: "reasoning", text, state: { protocol: self, value: { type: "thinking", signature } } };
}

function decodeCall(block: JsonObject): Part {
  const name = stringOr(block["name"], "");
  const text = argumentsOf(block);
  if (name === answerTool) return { type: "text", text };
  return {
    type: "tool-call",
    id: readId(stringOr(block["id"], "")),
    name,
    arguments: text,
    ...readCacheMarks(block),
    ...callState(block),
  };
}

/** The input as JSON text; some vendors send text already. */
export function argumentsOf(block: JsonObject): string {
  const input = block["input"];
  if (typeof input === "string") return input;
  return isObject(input) ? writeJson(input) : "{}";
}
