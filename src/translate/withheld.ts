// Removes the values that a target refused from a header that lists several, and keeps the others.
import type { HeaderValue, LearnedLimit } from "../core/provider.ts";

/** The same object if nothing is removed. */
export function withoutWithheld(
  headers: Readonly<Record<string, string>>,
  learnedLimit: LearnedLimit | null | undefined,
): Readonly<Record<string, string>> {
  const withheld = learnedLimit?.withheld ?? [];
  if (withheld.length === 0) return headers;
  const remainingHeaders: Record<string, string> = { ...headers };
  for (const one of withheld) takeOut(remainingHeaders, one);
  return remainingHeaders;
}

function takeOut(headers: Record<string, string>, { header, value }: HeaderValue): void {
  for (const name of namesOf(header, headers)) takeOutOf(headers, name, value);
}

function namesOf(header: string | null, headers: Readonly<Record<string, string>>): readonly string[] {
  if (header === null) return Object.keys(headers);
  if (!header.startsWith("*")) return [header];
  return Object.keys(headers).filter((name) => name.endsWith(header.slice(1)));
}

function takeOutOf(headers: Record<string, string>, header: string, value: string | null): void {
  const current = headers[header];
  if (value === null) delete headers[header];
  if (value === null || current?.includes(value) !== true) return;
  const values = current
    .split(",")
    .map((one) => one.trim())
    .filter((one) => one !== value && one !== "");
  if (values.length === 0) delete headers[header];
  else headers[header] = values.join(",");
}
