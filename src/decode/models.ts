// `GET /v1/models` and `/v1beta/models`, and single models by name: what a client can ask for, in the format that its
// SDK reads.
import type { ProtocolName } from "../core/chat.ts";
import type { ClientRequest } from "../core/exchange.ts";
import { GatewayFailure } from "../core/failure.ts";
import type { JsonObject } from "../core/json.ts";
import type { KnownModel, ModelsForm } from "../core/models.ts";
import type { Protocol } from "../core/protocol.ts";
import type { Rules } from "../core/rules.ts";
import { nearestNames } from "../domain/nearest-names.ts";
import type { Endpoints } from "./endpoint.ts";
import { findModel, knownModels } from "./known-models.ts";

type Protocols = Readonly<Partial<Record<ProtocolName, Protocol>>>;

interface ModelsPlace {
  readonly protocols: Protocols;
  readonly endpoints: Pick<Endpoints, "protocolAt" | "fallback">;
}

/** The question at a path of models. */
export interface ModelsQuestion {
  readonly protocol: Protocol;
  readonly form: ModelsForm;
  /** Null: all of them. */
  readonly id: string | null;
}

const modelsPath = /^(?:\/v1(?:beta|alpha)?)?\/models(?:\/(.+))?$/u;

/** Null for any other path. If the path does not identify the client's protocol, the headers do. */
export function modelsAt(
  { method, path, headers }: Pick<ClientRequest, "method" | "path" | "headers">,
  { protocols, endpoints }: ModelsPlace,
): ModelsQuestion | null {
  const match = path.includes("/models") ? modelsPath.exec(path) : null;
  if (match === null) return null;
  const [, name] = match;
  // A POST to a name is for a method of it.
  if (name !== undefined && method !== "GET" && method !== "HEAD") return null;
  const shared = /^(?:\/v1)?\/models/u.test(path);
  const asking = shared ? Object.values(protocols).find(({ ingress }) => ingress.models?.isFor?.(headers)) : undefined;
  const protocol = asking ?? (shared ? endpoints.fallback : endpoints.protocolAt(path));
  const form = protocol.ingress.models;
  return form === undefined ? null : { protocol, form, id: name === undefined ? null : unescaped(name) };
}

export interface ModelsParts {
  readonly rules: Rules;
  /** What the caller may ask. Default: everything. */
  readonly allows?: (id: string) => boolean;
  /** Seconds since the epoch. */
  readonly created: number;
}

/** Throws GatewayFailure: `unknown_model` (404), or `bad_request` for an invalid page. */
export function answerModels({ form, id }: ModelsQuestion, query: string, parts: ModelsParts): JsonObject {
  const { rules, created, allows = () => true } = parts;
  if (id !== null) return form.one(oneOf(rules, id, allows), created);
  const models = knownModels(rules).filter((model) => allows(model.id));
  return form.list(models, new URLSearchParams(query), created);
}

function oneOf(rules: Rules, id: string, allows: (id: string) => boolean): KnownModel {
  const knownModel = allows(id) ? findModel(rules, id) : null;
  if (knownModel !== null) return knownModel;
  const knownIds = knownModels(rules).flatMap((model) => (allows(model.id) ? [model.id] : []));
  const near = nearestNames(id, knownIds).map((name) => `"${name}"`);
  const hint = near.length === 0 ? "" : ` Did you mean ${near.join(", ")}?`;
  throw new GatewayFailure(`There is no route or model "${id.slice(0, 200)}".${hint}`, {
    code: "unknown_model",
    status: 404,
    param: "model",
  });
}

function unescaped(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
