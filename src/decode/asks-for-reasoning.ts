// Whether a caller asks for reasoning, in the words of its protocol: silence is then borne longer. Told from the members
// of the body; only those that may say it are parsed.
import type { ProtocolName } from "../core/chat.ts";
import type { Json, JsonObject } from "../core/json.ts";

/** The body's top-level members, read one at a time. */
export interface Members {
  has(name: string): boolean;
  read(name: string): Json | undefined;
}

export function asksForReasoning(protocol: ProtocolName, members: Members): boolean {
  switch (protocol) {
    case "anthropic-messages":
      return members.has("thinking") && isOn(objectOf(members.read("thinking"))["type"]);
    case "gemini-generate":
      return wantsThoughts(members);
    case "openai-responses":
      return wantsReasoning(members);
    default:
      return wantsEffort(members);
  }
}

function isOn(type: Json | undefined): boolean {
  return type === "enabled" || type === "adaptive";
}

function wantsEffort(members: Members): boolean {
  const effort = members.has("reasoning_effort") ? members.read("reasoning_effort") : null;
  if (typeof effort === "string") return effort !== "none";
  return members.has("reasoning") || members.has("thinking");
}

/** An object without an effort leaves it to the model, which may well think. */
function wantsReasoning(members: Members): boolean {
  const said = members.has("reasoning") ? members.read("reasoning") : null;
  return said !== null && said !== undefined && objectOf(said)["effort"] !== "none";
}

/** Clients of this protocol write its members in either case. */
function wantsThoughts(members: Members): boolean {
  const name = members.has("generationConfig") ? "generationConfig" : "generation_config";
  if (!members.has(name)) return false;
  const config = objectOf(members.read(name));
  const thinking = config["thinkingConfig"] ?? config["thinking_config"];
  if (thinking === undefined || thinking === null) return false;
  const said = objectOf(thinking);
  return Number(said["thinkingBudget"] ?? said["thinking_budget"] ?? -1) !== 0;
}

function objectOf(value: Json | undefined): JsonObject {
  return value !== null && typeof value === "object" && !Array.isArray(value) ? (value as JsonObject) : {};
}
