// A clear error for every unknown path.
import { GatewayFailure } from "../core/failure.ts";
import type { Parts } from "../gateway-parts.ts";

/**
 * For the vendors' other services, the error says that this version does not have them, so that nobody looks for a
 * typo.
 */
const otherServices =
  /^(?:\/v1(?:beta|alpha)?)?\/(audio|images|videos|files|uploads|batches|moderations|rerank|realtime|fine_tuning|vector_stores|assistants|threads|conversations|cachedContents)(?:[/:]|$)/u;

export function answerNotFound(method: string, path: string, { endpoints }: Pick<Parts, "endpoints">): never {
  const service = otherServices.exec(path)?.[1];
  const what =
    service === undefined
      ? `There is nothing at ${method} ${path.slice(0, 200)}.`
      : `This gateway does not forward ${service} (${method} ${path.slice(0, 200)}): call the vendor directly.`;
  const paths = endpoints.served.join(", ");
  throw new GatewayFailure(
    `${what} This gateway serves POST ${paths}, GET /v1/models, /v1beta/models, /healthz and /readyz.`,
    { code: "not_found", status: 404 },
  );
}
