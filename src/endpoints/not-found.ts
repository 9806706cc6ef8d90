// A clear error for every unknown path.
import { GatewayFailure } from "../core/failure.ts";
import type { Parts } from "../gateway-parts.ts";

export function answerNotFound(method: string, path: string, { endpoints }: Pick<Parts, "endpoints">): never {
  const paths = endpoints.served.join(", ");
  throw new GatewayFailure(
    `There is nothing at ${method} ${path.slice(0, 200)}. This gateway serves POST ${paths}, GET /v1/models, /v1beta/models, /healthz and /readyz, and passes other paths under /v1/ and /v1beta/ on to a provider.`,
    { code: "not_found", status: 404 },
  );
}
