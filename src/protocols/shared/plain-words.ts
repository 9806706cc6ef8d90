// Most requests hold words alone: then there is nothing to carry, to fit or to report of what else a conversation can hold.
import type { ChatRequest } from "../../core/chat.ts";

/** No part but unmarked text that cites nothing, no tools, none of the caller's vendor's own, and no mark on the whole. */
export function holdsWordsAlone({ messages, tools, extras }: ChatRequest): boolean {
  const { fields } = extras;
  if (tools.length > 0 || fields["tools"] !== undefined || fields["cache_control"] !== undefined) return false;
  for (const { parts } of messages)
    for (const part of parts)
      if (part.type !== "text" || part.marks !== undefined || part.told !== undefined) return false;
  return true;
}
