// A name from a request as one segment of a path. It must never leave its segment, nor fail: any text is a name.

/**
 * Steps up or nowhere, alone or between slashes of either kind: some servers decode a path before they read its steps, and
 * drop what follows a semicolon.
 */
const steps = /(^|[/\\])\.{1,2}(?=$|[/\\;])/gu;

/** A lone half of a character pair, which no path can have, becomes U+FFFD. */
export function pathSegment(name: string): string {
  const harmless = name.includes(".") ? name.replace(steps, "$1_") : name;
  return encodeURIComponent(harmless.toWellFormed());
}
