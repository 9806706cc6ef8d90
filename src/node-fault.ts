// Whether this Node is new enough, in syntax and with functions that every old one has: it runs before all else, so that
// an old Node gets a sentence and not a SyntaxError from somewhere inside. The version is also in package.json (engines).

const LEAST: readonly [number, number] = [22, 19];

/** What to do; null: it is new enough. `version`: such as `20.11.1`. */
export function nodeFault(version: string): string | null {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [leastMajor, leastMinor] = LEAST;
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return null;
  return `Understudy needs Node ${LEAST.join(".")} or newer; this is Node ${version}. See https://nodejs.org/en/download`;
}
