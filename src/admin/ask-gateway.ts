// Asks a running gateway for its status, or that of a route: over its socket on this machine, or over HTTP with the operator's
// key. It explains why no gateway answered; the key is never printed.
import { request } from "node:http";
import { dirname } from "node:path";
import type { GatewayStatus } from "../attempt/explain/gateway-status.ts";
import type { RouteStatus } from "../attempt/explain/route-status.ts";
import { isOurs } from "./socket-path.ts";

/** The question. `metadata` and `params` are JSON as the operator wrote it. */
export interface GatewayQuestion {
  /** Null: all routes and targets. */
  readonly route: string | null;
  readonly metadata?: string | undefined;
  readonly params?: string | undefined;
}

export type GatewayReply =
  | { readonly kind: "route-status"; readonly routeStatus: RouteStatus }
  | { readonly kind: "overview"; readonly overview: GatewayStatus }
  /** The gateway refused the question. */
  | { readonly kind: "refused"; readonly status: number; readonly message: string }
  | { readonly kind: "unreachable"; readonly message: string };

const LONGEST = 10_000;

/** Over the socket of this user's gateway. */
export const askSocket = async (path: string, question: GatewayQuestion): Promise<GatewayReply> => {
  if (!(await isOurs(dirname(path)))) return { kind: "unreachable", message: `there is no socket at ${path}` };
  return new Promise((resolve) => {
    const fail = (error: Error): void => resolve({ kind: "unreachable", message: error.message });
    const asking = request({ socketPath: path, path: addressOf(question), timeout: LONGEST }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => (text += part));
      response.on("end", () => resolve(readReply(response.statusCode ?? 0, text, question)));
      response.on("error", fail);
    });
    asking.on("timeout", () => asking.destroy(new Error(`no answer within ${LONGEST / 1_000} s`)));
    asking.on("error", fail).end();
  });
};

/** Over HTTP. `url` is the gateway's address, with or without /v1. */
export const askUrl = async (url: URL, key: string, question: GatewayQuestion): Promise<GatewayReply> => {
  const place = new URL(addressOf(question), url);
  try {
    const response = await fetch(place, {
      headers: { authorization: `Bearer ${key}` },
      redirect: "error",
      signal: AbortSignal.timeout(LONGEST),
    });
    return readReply(response.status, await response.text(), question);
  } catch (error) {
    const { message, cause } = error as Error;
    return { kind: "unreachable", message: cause instanceof Error ? cause.message : message };
  }
};

const addressOf = ({ route, metadata, params }: GatewayQuestion): string => {
  if (route === null) return "/admin/status";
  const query = new URLSearchParams();
  if (metadata !== undefined) query.set("metadata", metadata);
  if (params !== undefined) query.set("params", params);
  return `/admin/routes/${encodeURIComponent(route)}${query.size === 0 ? "" : `?${query}`}`;
};

const readReply = (status: number, text: string, { route }: GatewayQuestion): GatewayReply => {
  let body: { readonly error?: { readonly message?: string } } = {};
  try {
    body = JSON.parse(text) as typeof body;
  } catch {
    return { kind: "refused", status, message: "the server there is not an Understudy gateway" };
  }
  if (status === 200 && route === null) return { kind: "overview", overview: body as unknown as GatewayStatus };
  if (status === 200) return { kind: "route-status", routeStatus: body as unknown as RouteStatus };
  return { kind: "refused", status, message: body.error?.message ?? `status ${status}` };
};
