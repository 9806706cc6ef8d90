// A name from a request as one segment of a path. It must never leave its segment, nor fail: any text is a name.

/** `..` and `.` would be steps, in whatever spelling; a lone half of a character pair, which no path can have, becomes U+FFFD. */
export function pathSegment(name: string): string {
  return name === ".." || name === "." ? "_" : encodeURIComponent(name.toWellFormed());
}
