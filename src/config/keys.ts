// API keys: how to mask them, and which characters they may have. A key's value leaves this folder only inside core's Key.
import type { Key } from "../core/rules.ts";

/** `sk-proj-…3Qa9` would reveal too much, `sk-…3Qa9` is enough to tell keys apart; short keys show nothing. */
export const maskKey = (value: string): string => (value.length < 16 ? "…" : `${value.slice(0, 3)}…${value.slice(-4)}`);

/** Printable ASCII without whitespace: other characters are invalid in a header, or would start another one. */
export const isSendable = (value: string): boolean => /^[\x21-\x7e]+$/.test(value);

/** A key in core's type. `source` is e.g. `env GEMINI_API_KEY`, `config`, `request`. */
export const createKey = (value: string, source: string): Key => ({
  kind: "api-key",
  value,
  source,
  label: maskKey(value),
});

/** Removes every secret from a text before it is printed. Secrets shorter than eight characters stay. */
export const redact = (text: string, secrets: Iterable<string>): string => {
  let result = text;
  for (const secret of secrets) if (secret.length >= 8) result = result.replaceAll(secret, maskKey(secret));
  return result;
};
