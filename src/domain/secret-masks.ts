// The secrets that a request to a vendor carries, in the forms in which vendors and their proxies echo: plain, in a URL
// (once or twice), in JSON, in Base64 and in hexadecimal digits. It must never mask short words: a dummy key such as `none` is not a secret.
import type { Key, ProviderRules } from "../core/rules.ts";

const SHORTEST = 8;

/** Where the secrets of one request are. */
export interface SentSecrets {
  readonly key: Key | null;
  readonly provider: Pick<ProviderRules, "headers">;
}

/** A text to find, and its replacement. */
export type Masks = readonly (readonly [secret: string, by: string])[];

export function mask(text: string, masks: Masks): string {
  let result = text;
  for (const [secret, by] of masks) result = result.replaceAll(secret, by);
  return result;
}

/** The headers without the secrets; the same object if there is none. */
export function maskHeaders(headers: Readonly<Record<string, string>>, masks: Masks): Readonly<Record<string, string>> {
  if (masks.length === 0) return headers;
  let all = "";
  for (const name in headers) all += `${headers[name]}\n`;
  if (!masks.some(([secret]) => all.includes(secret))) return headers;
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, mask(value, masks)]));
}

export type MasksOf = (sent: SentSecrets) => Masks;

/** `masksFor`, with a memory of fixed keys, which never change: making their forms costs more than the rest of an answer. */
export function rememberMasks(): MasksOf {
  const memory = new WeakMap<SentSecrets["provider"], WeakMap<Key, Masks>>();
  return (sent) => {
    const { key, provider } = sent;
    if (key?.kind !== "api-key") return masksFor(sent);
    const ofProvider = memory.get(provider) ?? new WeakMap<Key, Masks>();
    memory.set(provider, ofProvider);
    const masks = ofProvider.get(key) ?? masksFor(sent);
    ofProvider.set(key, masks);
    return masks;
  };
}

/** The longest first: one secret may contain another, and masking the shorter one first would leave the rest. */
export function masksFor({ key, provider }: SentSecrets): Masks {
  const ofKey = key === null ? [] : [key.value, ...secretsOf(key)];
  const masks = [
    ...formsOf(ofKey).map((secret) => [secret, "[key]"] as const),
    ...formsOf(Object.values(provider.headers)).map((secret) => [secret, "[secret]"] as const),
  ];
  return masks.toSorted(([a], [b]) => b.length - a.length);
}

function secretsOf(key: Key): readonly string[] {
  if (key.kind === "api-key") return [];
  return key.kind === "token" ? key.tokens.secrets() : key.keys.secrets();
}

/** Each secret as plain text and encoded. */
function formsOf(secrets: readonly string[]): readonly string[] {
  const forms = secrets.filter((secret) => secret.length >= SHORTEST).flatMap((secret) => [secret, ...encoded(secret)]);
  return [...new Set(forms)];
}

function encoded(secret: string): readonly string[] {
  // encodeURIComponent throws on a lone surrogate, which no header can contain.
  const inUrl = encodeURIComponent(secret.toWellFormed());
  const lowered = inUrl.replaceAll(/%[0-9A-F]{2}/gu, (byte) => byte.toLowerCase());
  const base64 = inBase64(Buffer.from(secret));
  const others = base64.map((text) => text.replaceAll("+", "-").replaceAll("/", "_"));
  const inJson = JSON.stringify(secret).slice(1, -1);
  const hex = Buffer.from(secret).toString("hex");
  const inUrls = [inUrl, lowered, inUrl.replaceAll("%20", "+"), encodeURIComponent(inUrl)];
  // Some writers of JSON escape the slash.
  return [...inUrls, inJson, inJson.replaceAll("/", "\\/"), ...base64, ...others, hex, hex.toUpperCase()];
}

/**
 * The secret alone, and the characters that do not depend on the text around it: three bytes become four characters.
 */
function inBase64(secret: Buffer): readonly string[] {
  const alone = secret.toString("base64");
  const inside = [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), secret])
      .toString("base64")
      .replace(/=+$/u, "");
    const isWhole = (before + secret.length) % 3 === 0;
    return text.slice(Math.ceil((before * 4) / 3), isWhole ? undefined : -1);
  });
  return [alone, alone.replace(/=+$/u, ""), ...inside];
}
