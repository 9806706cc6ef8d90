// A model's name without its provider: it goes to the only provider that serves it. Two are an error that names both, since
// the gateway must never choose who gets a conversation. Also the names near one that leads nowhere.
import { GatewayFailure } from "../core/failure.ts";
import type { Route, Rules } from "../core/rules.ts";
import { nearestNames } from "../domain/nearest-names.ts";
import type { ServedBy, ServedModels } from "../domain/served-models.ts";

/** What the caller may ask. */
export type Allows = (name: string) => boolean;

export interface BareParts {
  /** Absent: nothing is known of what providers serve. */
  readonly servedBy?: ServedBy | undefined;
  readonly allows: Allows;
}

/** The long form in which Gemini's API lists its models. */
const LONG_FORM = /^models\//u;

/** Null: no provider is known to serve it. Throws GatewayFailure(`bad_request`, 400) if several do. */
export function bareTarget(name: string, rules: Rules, { servedBy, allows }: BareParts): Route | null {
  const served = servedBy?.(rules);
  if (served === undefined) return null;
  for (const model of LONG_FORM.test(name) ? [name, name.replace(LONG_FORM, "")] : [name]) {
    const all = served.providersOf(model).filter((provider) => allows(`${provider.name}/${model}`) || allows(name));
    const [only] = all;
    if (only === undefined) continue;
    if (all.length > 1)
      throw ambiguous(
        name,
        all.map((provider) => `${provider.name}/${model}`),
      );
    return rules.direct(only.name, model);
  }
  return null;
}

const MOST_TOLD = 8;

function ambiguous(name: string, candidates: readonly string[]): GatewayFailure {
  const names = candidates.slice(0, MOST_TOLD).map((one) => `"${one}"`);
  const words = `Several providers serve "${name.slice(0, 200)}". Ask for ${names.join(" or ")}, or for a route.`;
  return new GatewayFailure(words, { code: "bad_request", status: 400, param: "model" });
}

/** The most names that a mistyped one is compared with: the cost must not grow with thousands of routes and models. */
const MOST_COMPARED = 500;
const MOST_LOOKED_AT = 10_000;
/** Letters at the beginning that are probably right. */
const SURE = 3;

/** Names that the caller may ask, near to this one. */
export function namesNear(name: string, rules: Rules, { servedBy, allows }: BareParts): readonly string[] {
  const routes = [...rules.routes.keys()].filter(allows).slice(0, MOST_COMPARED);
  const models = alike(name, servedBy?.(rules), allows);
  const byModel = new Map(models.map(({ model, id }) => [name.includes("/") ? id : model, id]));
  // A name without a slash is compared with models' own names.
  return nearestNames(name, [...routes, ...byModel.keys()]).map((near) => byModel.get(near) ?? near);
}

interface Candidate {
  readonly model: string;
  /** `provider/model`. */
  readonly id: string;
}

/** Models whose own name begins alike. */
function alike(name: string, served: ServedModels | undefined, allows: Allows): readonly Candidate[] {
  const start = lastPart(name).slice(0, SURE).toLowerCase();
  const candidates: Candidate[] = [];
  for (const { provider, model } of served?.all.slice(0, MOST_LOOKED_AT) ?? []) {
    if (candidates.length >= MOST_COMPARED) break;
    if (!lastPart(model).slice(0, SURE).toLowerCase().startsWith(start)) continue;
    const id = `${provider.name}/${model}`;
    if (allows(id)) candidates.push({ model, id });
  }
  return candidates;
}

function lastPart(name: string): string {
  return name.slice(name.lastIndexOf("/") + 1);
}

/** Some names that the caller may ask. */
export function someNames(rules: Rules, { servedBy, allows }: BareParts): readonly string[] {
  const names = [...rules.routes.keys()].filter(allows).slice(0, MOST_TOLD);
  for (const { provider, model } of servedBy?.(rules).all ?? []) {
    if (names.length >= MOST_TOLD) break;
    const id = `${provider.name}/${model}`;
    if (allows(id)) names.push(id);
  }
  return names;
}
