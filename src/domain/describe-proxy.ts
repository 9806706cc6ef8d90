// A proxy's address for people. Its password is for the network alone, and must never be printed.
export function describeProxy(address: string): string {
  const { protocol, host, username } = new URL(address);
  return `${protocol}//${username === "" ? "" : "…@"}${host}`;
}
