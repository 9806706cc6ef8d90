// Which hosts need no proxy, as `NO_PROXY` says: names with their subdomains, `*.example.com` and `.example.com` for
// subdomains alone, addresses, ranges of addresses, each perhaps with a port; `*` for all. Decides nothing else.
import { BlockList, isIP } from "node:net";

interface Entry {
  readonly host: string;
  /** Subdomains only. */
  readonly isBelow: boolean;
  /** Null: all. */
  readonly port: string | null;
  readonly range: BlockList | null;
}

export type NeedsNoProxy = (url: URL) => boolean;

export function readNoProxy(except: string): NeedsNoProxy {
  const entries = except.split(/[,\s]+/u).flatMap((text) => (text === "" ? [] : [readEntry(text.toLowerCase())]));
  return (url) => {
    const host = bare(url.hostname).replace(/\.$/u, "");
    const port = url.port || (url.protocol === "https:" ? "443" : "80");
    return entries.some((entry) => (entry.port === null || entry.port === port) && matches(entry, host));
  };
}

function readEntry(text: string): Entry {
  const range = readRange(text);
  if (range !== null) return { host: "", isBelow: false, port: null, range };
  // Without brackets, several colons are an address.
  const [, hostText, port = null] = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/u.exec(text) ?? [null, text];
  const host = bare(hostText ?? text);
  if (host === "*") return { host, isBelow: false, port, range: null };
  const below = /^\*?\.(.*)$/u.exec(host)?.[1];
  return { host: below ?? host, isBelow: below !== undefined, port, range: null };
}

function readRange(text: string): BlockList | null {
  const [, address = "", prefix = ""] = /^(.+)\/(\d+)$/u.exec(text) ?? [];
  const family = isIP(bare(address));
  if (family === 0 || Number(prefix) > (family === 4 ? 32 : 128)) return null;
  const range = new BlockList();
  range.addSubnet(bare(address), Number(prefix), family === 4 ? "ipv4" : "ipv6");
  return range;
}

function matches({ host: entryHost, isBelow, range }: Entry, host: string): boolean {
  if (range !== null) {
    const family = isIP(host);
    return family !== 0 && range.check(host, family === 4 ? "ipv4" : "ipv6");
  }
  return entryHost === "*" || (!isBelow && host === entryHost) || host.endsWith(`.${entryHost}`);
}

function bare(host: string): string {
  return host.replace(/^\[(.*)\]$/u, "$1");
}
