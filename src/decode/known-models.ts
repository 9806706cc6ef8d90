// The models that clients can ask for by name: routes first, then the models of every provider with a key, with their
// known limits. A model that is not listed may work as well: providers have more models than the list shows.
import type { KnownModel } from "../core/models.ts";
import type { ModelFacts } from "../core/provider.ts";
import type { Route, RouteNode, Rules, TargetNode } from "../core/rules.ts";

export function knownModels(rules: Rules): readonly KnownModel[] {
  const routes = [...rules.routes].map(([id, route]) => ofRoute(id, null, route));
  const direct = [...rules.providers.values()].flatMap(({ name, row }) =>
    row.models.map((model) =>
      ofModels({ id: `${name}/${model}`, provider: name }, [{ model, facts: row.facts(model) }]),
    ),
  );
  return [...routes, ...direct];
}

/** One model by its name, listed or not; null if a request for it would fail. */
export function findModel(rules: Rules, id: string): KnownModel | null {
  const route = rules.routes.get(id) ?? rules.match(id) ?? undefined;
  if (route !== undefined) return ofRoute(id, null, route);
  const slash = id.indexOf("/");
  if (slash <= 0 || slash === id.length - 1) return null;
  const provider = id.slice(0, slash);
  const direct = rules.direct(provider, id.slice(slash + 1));
  return direct === null ? null : ofRoute(id, provider, direct);
}

interface Served {
  readonly model: string;
  readonly facts: Pick<ModelFacts, "contextTokens" | "outputTokens">;
}

function ofRoute(id: string, provider: string | null, { node }: Route): KnownModel {
  const targets = targetsIn(node).map((target) => ({
    model: target.model,
    facts: target.provider.row.facts(target.model),
  }));
  return ofModels({ id, provider }, targets);
}

function ofModels(identity: Pick<KnownModel, "id" | "provider">, targets: readonly Served[]): KnownModel {
  return {
    ...identity,
    contextTokens: smallest(targets.map(({ facts }) => facts.contextTokens)),
    outputTokens: smallest(targets.map(({ facts }) => facts.outputTokens)),
    models: targets.map(({ model }) => model),
  };
}

function targetsIn(node: RouteNode): readonly TargetNode[] {
  return node.kind === "target" ? [node] : node.children.flatMap(targetsIn);
}

function smallest(limits: readonly (number | null)[]): number | null {
  const knownLimits = limits.filter((limit) => limit !== null);
  return knownLimits.length === 0 ? null : Math.min(...knownLimits);
}
