// Most requests contain text only: then the codecs can skip everything else that a conversation can contain.
import type { ChatRequest } from "../../core/chat.ts";

/** Only text without marks and citations, no tools of any kind, and no mark on the whole request. */
export function holdsPlainWordsAlone({ messages, tools, extras }: ChatRequest): boolean {
  const { fields } = extras;
  if (tools.length > 0 || fields["tools"] !== undefined || fields["cache_control"] !== undefined) return false;
  for (const { parts } of messages)
    for (const part of parts)
      if (part.type !== "text" || part.marks !== undefined || part.textFallback !== undefined) return false;
  return true;
}
