// `GET /v1/models` and `/v1beta/models`, and single models by name: what a client can ask for, in the format that its
// SDK reads.
import type { ProtocolName } from "../core/chat.ts";
import type { ClientRequest } from "../core/exchange.ts";
import { GatewayFailure } from "../core/failure.ts";
import type { KnownModel, ModelsForm } from "../core/models.ts";
import type { Protocol } from "../core/protocol.ts";
import type { Rules } from "../core/rules.ts";
import { nearestNames } from "../domain/nearest-names.ts";
import type { Endpoints } from "./endpoint.ts";
import { BoundedMap } from "../domain/bounded-map.ts";
import type { ServedModels } from "../domain/served-models.ts";
import { findModel, type KnownParts, knownModels } from "./known-models.ts";

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

export interface ModelsParts extends KnownParts {
  /** Seconds since the epoch: the age of a model whose own is unknown. */
  readonly created: number;
}

/** Who asks, and what is there. */
export interface ModelsAudience {
  readonly rules: Rules;
  readonly query: string;
  /** What the caller may ask, by names and patterns; null: everything. The same list is the same object. */
  readonly routes: readonly string[] | null;
  readonly allows: (id: string) => boolean;
}

/** What callers with one list of routes may see. */
interface ModelsView {
  readonly number: number;
  readonly models: readonly KnownModel[];
}

/** Pages of a thousand models have 300 kB, whole lists more. */
const MOST_PAGES = 32;
const LONGEST_QUERY = 500;
const EVERYTHING: readonly string[] = [];

/** Writes a list once for each change, and not for each request: it can have thousands of models. */
export class ModelsBook {
  readonly #parts: ModelsParts;
  #served: ServedModels | null = null;
  #all: readonly KnownModel[] = [];
  #views = new WeakMap<readonly string[], ModelsView>();
  #viewCount = 0;
  /** As JSON, by view, protocol and query. */
  readonly #pages = new BoundedMap<string, string>(MOST_PAGES);

  constructor(parts: ModelsParts) {
    this.#parts = parts;
  }

  /** JSON. Throws GatewayFailure: `unknown_model` (404), or `bad_request` for an invalid page. */
  answer({ protocol, form, id }: ModelsQuestion, reader: ModelsAudience): string {
    const { created } = this.#parts;
    if (id !== null) return JSON.stringify(form.one(this.#oneOf(id, reader), created));
    const { models, number } = this.#viewOf(reader);
    const { query } = reader;
    const write = (): string => JSON.stringify(form.list(models, new URLSearchParams(query), created));
    return query.length > LONGEST_QUERY
      ? write()
      : this.#pages.getOrCreate(`${number} ${protocol.name} ${query}`, write);
  }

  #viewOf({ rules, routes, allows }: ModelsAudience): ModelsView {
    // Another object for each change of the rules or of a list.
    const served = this.#parts.servedBy(rules);
    if (served !== this.#served) {
      [this.#served, this.#views] = [served, new WeakMap()];
      this.#all = knownModels(rules, this.#parts);
    }
    const caller = routes ?? EVERYTHING;
    const earlierView = this.#views.get(caller);
    if (earlierView !== undefined) return earlierView;
    const models = routes === null ? this.#all : this.#all.filter((model) => allows(model.id));
    this.#viewCount += 1;
    const view = { number: this.#viewCount, models };
    this.#views.set(caller, view);
    return view;
  }

  #oneOf(id: string, reader: ModelsAudience): KnownModel {
    const { rules, allows } = reader;
    const model = findModel(rules, id, this.#parts);
    if (model !== null && (allows(id) || allows(nameOf(model)))) return model;
    const knownIds = this.#viewOf(reader).models.map((one) => one.id);
    const near = nearestNames(id, knownIds.slice(0, MOST_COMPARED)).map((name) => `"${name}"`);
    const hint = near.length === 0 ? "" : ` Did you mean ${near.join(", ")}?`;
    throw new GatewayFailure(`There is no route or model "${id.slice(0, 200)}".${hint}`, {
      code: "unknown_model",
      status: 404,
      param: "model",
    });
  }
}

/** The most names that a mistyped one is compared with. */
const MOST_COMPARED = 500;

/** `provider/model` of a model that was asked for without its provider. */
function nameOf({ id, provider, models }: KnownModel): string {
  return provider === null ? id : `${provider}/${models[0] ?? ""}`;
}

function unescaped(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
