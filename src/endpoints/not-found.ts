// A clear error for every unknown path.
import { GatewayFailure } from "../core/failure.ts";
import type { Parts } from "../gateway-parts.ts";

/** The path of a WebSocket, asked as a request. */
export function refuseWithoutUpgrade(path: string): never {
  const message = `${path.slice(0, 200)} is a WebSocket: send Connection: Upgrade and Upgrade: websocket. A proxy in front of the gateway must pass both on.`;
  throw new GatewayFailure(message, { code: "bad_request", status: 426 });
}

export function answerNotFound(method: string, path: string, { endpoints }: Pick<Parts, "endpoints">): never {
  const paths = endpoints.served.join(", ");
  throw new GatewayFailure(
    `There is nothing at ${method} ${path.slice(0, 200)}. This gateway serves POST ${paths}, GET /v1/models, /v1beta/models, /healthz and /readyz, and passes other paths under /v1/ and /v1beta/ on to a provider.`,
    { code: "not_found", status: 404 },
  );
}
