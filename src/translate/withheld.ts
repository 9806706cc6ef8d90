// Removes the values that a target refused from a header that lists several, and keeps the others.
import type { HeaderValue, Lesson } from "../core/provider.ts";

/** The same object if nothing is removed. */
export function withoutWithheld(
  headers: Readonly<Record<string, string>>,
  lesson: Lesson | null | undefined,
): Readonly<Record<string, string>> {
  const withheld = lesson?.withheld ?? [];
  if (withheld.length === 0) return headers;
  const remainingHeaders: Record<string, string> = { ...headers };
  for (const one of withheld) takeOut(remainingHeaders, one);
  return remainingHeaders;
}

function takeOut(headers: Record<string, string>, { header, value }: HeaderValue): void {
  for (const name of header === null ? Object.keys(headers) : [header]) takeOutOf(headers, name, value);
}

function takeOutOf(headers: Record<string, string>, header: string, value: string): void {
  const current = headers[header];
  if (current?.includes(value) !== true) return;
  const values = current
    .split(",")
    .map((one) => one.trim())
    .filter((one) => one !== value && one !== "");
  if (values.length === 0) delete headers[header];
  else headers[header] = values.join(",");
}
