// The refusal of a request that this target cannot serve, and another one may.
import { GatewayFailure } from "../../core/failure.ts";

export function unsupported(place: string, complaint: string): GatewayFailure {
  return new GatewayFailure(`${place}: ${complaint}`, { code: "unsupported", status: 400, param: place });
}
