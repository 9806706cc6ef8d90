// `x-understudy-strict`, checked before any target is asked: a misspelled value must not be taken for its opposite.
import type { ClientRequest } from "../core/exchange.ts";
import { GatewayFailure } from "../core/failure.ts";

const HEADER = "x-understudy-strict";

/** Throws GatewayFailure(`bad_request`) for anything but `true` and `false`. Absent means false. */
export function checkStrict({ headers }: Pick<ClientRequest, "headers">): void {
  const header = headers[HEADER];
  if (header === undefined || header === "true" || header === "false") return;
  throw new GatewayFailure(
    `${HEADER}: "${header.slice(0, 40)}" is neither true nor false. Write true to skip targets that cannot use every field of the request.`,
    { code: "bad_request", status: 400, param: HEADER },
  );
}
