// A vendor of sessions that a test scripts: real sockets, and whatever it sends or does with its end.
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { onTestFinished } from "vitest";
import { type WebSocket, WebSocketServer } from "ws";

export interface SessionVendor {
  /** For `base_url`. */
  readonly baseUrl: string;
  readonly requests: readonly IncomingMessage[];
  readonly sockets: readonly WebSocket[];
}

export const created: string = JSON.stringify({
  type: "session.created",
  event_id: "event_1",
  session: { type: "realtime" },
});

/** The connection under an open WebSocket, for bytes that no library sends. */
export function rawOf(socket: WebSocket): Socket {
  return (socket as unknown as { readonly _socket: Socket })._socket;
}

/** `script` gets each open socket, after its `session.created`, which a silent vendor does not send. */
export async function openSessionVendor(
  script: (socket: WebSocket) => void,
  { isSilent = false }: { readonly isSilent?: boolean } = {},
): Promise<SessionVendor> {
  const server = createServer();
  const webSockets = new WebSocketServer({ server, perMessageDeflate: true, maxPayload: 64 * 1024 * 1024 });
  const requests: IncomingMessage[] = [];
  const sockets: WebSocket[] = [];
  webSockets.on("connection", (socket, request) => {
    requests.push(request);
    sockets.push(socket);
    socket.on("error", () => {});
    if (!isSilent) socket.send(created);
    script(socket);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.terminate();
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { baseUrl: `http://127.0.0.1:${port}/v1`, requests, sockets };
}
