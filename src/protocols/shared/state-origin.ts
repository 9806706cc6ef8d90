// The protocols whose vendor state travels, marked, through clients of another protocol. A name that a client sends back
// is believed only if it is one of them.
import type { ProtocolName } from "../../core/chat.ts";

const origins: ReadonlySet<string> = new Set<ProtocolName>([
  "openai-chat",
  "openai-responses",
  "anthropic-messages",
  "gemini-generate",
]);

export function isStateOrigin(name: string): name is ProtocolName {
  return origins.has(name);
}
