// The head of a WebSocket's handshake, as browsers send it: they can set no headers, so keys and accounts come as
// subprotocols or in the query. Pure.
import type { SessionHead } from "../../core/session.ts";

/** A beginning of a subprotocol, and the header that its rest belongs in. */
export type SubprotocolHeaders = readonly (readonly [prefix: string, header: string])[];

const LIST = "sec-websocket-protocol";

/** A header of the client's own stays. The same object if there is nothing to move. */
export function headersInSubprotocols(head: SessionHead, moved: SubprotocolHeaders): SessionHead {
  const offered = head.headers[LIST];
  if (offered === undefined) return head;
  const headers: Record<string, string> = { ...head.headers };
  const rest: string[] = [];
  for (const name of offered.split(",").map((one) => one.trim())) {
    const [prefix, header] = moved.find(([start]) => name.startsWith(start)) ?? [];
    if (prefix === undefined || header === undefined) rest.push(name);
    else headers[header] ??= name.slice(prefix.length);
  }
  headers[LIST] = rest.join(", ");
  if (rest.length === 0) delete headers[LIST];
  return { ...head, headers };
}

/** A key in the query, under `name`, as a header. */
export function headerInQuery(head: SessionHead, name: string, header: string): SessionHead {
  if (!head.query.includes(name)) return head;
  const query = new URLSearchParams(head.query);
  const key = query.get(name);
  if (key === null) return head;
  query.delete(name);
  return { query: query.toString(), headers: { ...head.headers, [header]: head.headers[header] ?? key } };
}
