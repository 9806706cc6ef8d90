// The limit of a whole call: the route's, or the one in the request's own header.
import type { ClientRequest } from "../core/exchange.ts";
import { GatewayFailure } from "../core/failure.ts";
import { parseDuration } from "../domain/duration.ts";

/** Milliseconds for the whole call: the route's limit, or the caller's if that is shorter (F4). */
export function readTimeLimit(request: ClientRequest, total: number): number {
  const header = request.headers["x-understudy-timeout"];
  if (header === undefined) return total;
  const milliseconds = /^\d+(\.\d+)?$/u.test(header) ? Number(header) : parseDuration(header);
  if (milliseconds === null || milliseconds <= 0) {
    throw new GatewayFailure(
      `x-understudy-timeout: "${header.slice(0, 40)}" is not a duration; write e.g. 1500 (milliseconds), 1500ms, 5s or 2m.`,
      {
        code: "bad_request",
        status: 400,
        param: "x-understudy-timeout",
      },
    );
  }
  return Math.min(total, milliseconds);
}
