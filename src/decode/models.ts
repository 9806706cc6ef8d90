// `GET /v1/models`: what a client can ask for here. Routes first, then the models of every provider that has a key.
import type { Rules } from "../core/rules.ts";
import type { JsonObject } from "../core/json.ts";

export function listModels(rules: Rules, createdSeconds: number): JsonObject {
  const model = (id: string, owner: string): JsonObject => ({
    id,
    object: "model",
    created: createdSeconds,
    owned_by: owner,
  });
  const routes = [...rules.routes.keys()].map((name) => model(name, "understudy"));
  const direct = [...rules.providers.values()].flatMap((provider) =>
    provider.row.models.map((name) => model(`${provider.name}/${name}`, provider.name)),
  );
  return { object: "list", data: [...routes, ...direct] };
}
