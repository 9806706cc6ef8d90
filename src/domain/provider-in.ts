// A target as clients and routes write it.

/** What is before the first slash, and behind it, without Portkey's `@`; null without both. */
export function providerIn(name: string): readonly [provider: string, model: string] | null {
  const start = name.startsWith("@") ? 1 : 0;
  const slash = name.indexOf("/");
  return slash <= start || slash === name.length - 1 ? null : [name.slice(start, slash), name.slice(slash + 1)];
}
