// The operator's access on this machine: a Unix socket with mode 0600, on which `understudy status` asks a running
// gateway. It only reads. A problem with it never stops the gateway.
import { chmod, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { connect } from "node:net";
import { dirname } from "node:path";
import { readQuestion, type SampleRequest } from "../endpoints/route-status.ts";
import type { GatewayStatus } from "../attempt/explain/gateway-status.ts";
import type { RouteStatus } from "../attempt/explain/route-status.ts";
import { GatewayFailure } from "../core/failure.ts";
import { refuseWebPage } from "../domain/web-page.ts";
import { makeFolder } from "./socket-path.ts";

export interface OperatorSocket {
  close(): Promise<void>;
}

/** Answers the questions. */
export interface Observed {
  explain(route: string, sample: SampleRequest): RouteStatus;
  status(): GatewayStatus;
}

const STATUS = "/admin/status";
const ROUTES = "/admin/routes/";

/** Null if it cannot be opened: another gateway has it, the folder is not ours, the path is too long. */
export const openSocket = async (path: string, gateway: Observed): Promise<OperatorSocket | null> => {
  if (!(await makeFolder(dirname(path)))) return null;
  const server = createServer((request, response) => answer(request, response, gateway));
  if (!(await listen(server, path))) {
    if (await isAnswered(path)) return null;
    // A killed gateway left it behind.
    await rm(path, { force: true }).catch(() => undefined);
    if (!(await listen(server, path))) return null;
  }
  await chmod(path, 0o600);
  server.unref();
  return { close: () => close(server) };
};

const answer = (request: IncomingMessage, response: ServerResponse, gateway: Observed): void => {
  const [path = "", query = ""] = (request.url ?? "").split("?");
  const reply = (status: number, body: object): void => {
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  };
  try {
    refuseForeign(request);
    const isStatus = path === STATUS;
    if (request.method !== "GET" || (!isStatus && !path.startsWith(ROUTES))) throw notHere();
    if (isStatus) return reply(200, gateway.status());
    const { route, sample } = readQuestion(path.slice(ROUTES.length), query);
    reply(200, gateway.explain(route, sample));
  } catch (error) {
    const isTold = error instanceof GatewayFailure;
    const message = error instanceof Error ? error.message : String(error);
    reply(isTold ? error.status : 500, { error: { message, code: isTold ? error.code : "internal_error" } });
  }
};

/** No browser speaks to a socket in the file system; a program that forwards a page's requests to it is refused. */
const refuseForeign = ({ method = "GET", headers }: IncomingMessage): void => {
  const words = "This socket serves programs on this machine, no web pages.";
  if (refuseWebPage(method, headers, { isLocal: true, hosts: [], origins: [] }) !== null)
    throw new GatewayFailure(words, { code: "forbidden", status: 403 });
};

const notHere = (): GatewayFailure =>
  new GatewayFailure("This socket serves GET /admin/status and /admin/routes/{route} only.", {
    code: "not_found",
    status: 404,
  });

const listen = (server: Server, path: string): Promise<boolean> =>
  new Promise((resolve) => {
    const onError = (): void => resolve(false);
    server.once("error", onError);
    server.listen(path, () => {
      server.off("error", onError);
      resolve(true);
    });
  });

const isAnswered = (path: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });

const close = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
