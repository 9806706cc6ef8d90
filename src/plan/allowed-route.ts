// What a caller's key may ask: the routes and models in its list. A key with a list cannot bring its own route, because
// that could name any target. Pure.
import type { Caller } from "../core/exchange.ts";
import { GatewayFailure } from "../core/failure.ts";
import type { Route } from "../core/rules.ts";
import { isPattern, matchesPattern } from "../domain/matches-pattern.ts";

/** `name`: of a route, or `provider/model`. */
export function mayAsk({ routes }: Pick<Caller, "routes">, name: string): boolean {
  if (routes === undefined || routes === null) return true;
  return routes.some((one) => one === name || (isPattern(one) && matchesPattern(one, name)));
}

/** Throws GatewayFailure(`forbidden`, 403). */
export function checkAllowedRoute(caller: Caller, route: Route, model: string): void {
  const { routes, name } = caller;
  if (routes === undefined || routes === null) return;
  if (route.inline !== true && (mayAsk(caller, route.name) || mayAsk(caller, model))) return;
  const list = routes.map((one) => `"${one}"`).join(", ");
  const what = route.inline === true ? "bring its own route" : `ask "${model.slice(0, 200)}"`;
  throw new GatewayFailure(`The key "${name}" may not ${what}. It may ask ${list === "" ? "nothing" : list}.`, {
    code: "forbidden",
    status: 403,
    param: "model",
  });
}
