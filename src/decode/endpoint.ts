// The protocol of a path, and its model and mode if the path has them. The table is built once from the protocols'
// paths; a request costs one lookup. It never reads a key in the query.
import type { ProtocolName } from "../core/chat.ts";
import type { CloudPath, Ingress, PathTask } from "../core/ingress.ts";
import { passedTask, type PassedHead, type PassedPlace } from "../core/passthrough.ts";
import type { Protocol } from "../core/protocol.ts";
import { methods as passedMethods } from "../core/transport.ts";

export interface Endpoint extends PathTask {
  readonly protocol: ProtocolName;
  /** From the path; null if the body names it. */
  readonly model: string | null;
  /** Set if the request goes to a provider as it is. */
  readonly place?: PassedPlace | undefined;
  /** The path is a cloud's, and the request in its form. */
  readonly cloud?: CloudPath | undefined;
}

export interface Endpoints {
  /** The endpoint at the path, or null. With and without the version, since base URLs come both ways. */
  at(path: string): Endpoint | null;
  /** The endpoint of a request, also of one that goes to a provider as it is. Null: it is no call. */
  of(head: PassedHead): Endpoint | null;
  /** The WebSocket at the path, or null. */
  session(head: Omit<PassedHead, "method">): Endpoint | null;
  /** The protocol for answers at a path, whether or not it exists. */
  protocolAt(path: string): Protocol;
  /** The protocol for answers if nothing identifies one. */
  readonly fallback: Protocol;
  /** All served paths, for messages. */
  readonly served: readonly string[];
}

/** A model's name may contain slashes and colons: `/v1beta/models/ollama/qwen3:8b:generateContent`. */
const modelPath = /^(?:\/v1(?:alpha|beta)?)?\/(?:models\/|(?=tunedModels\/))(.+)$/u;

/** Such a path could leave the provider's base URL: some servers drop a step's parameters (`..;x`). */
const climbs = /(?:^|[/\\]|%2f|%5c)(?:\.|%2e){1,2}(?:[/\\;]|%2f|%5c|%3b|$)|#/iu;

export function createEndpoints(protocols: Readonly<Record<string, Protocol>>): Endpoints {
  const all = Object.values(protocols);
  const paths = new Map<string, Endpoint>();
  const methods = new Map<string, Omit<Endpoint, "model">>();
  for (const { name: protocol, ingress } of all) {
    for (const [path, task] of Object.entries(ingress.paths))
      for (const served of withVersions(path)) paths.set(served, { protocol, ...task, model: null });
    for (const [method, task] of Object.entries(ingress.modelMethods ?? {})) methods.set(method, { protocol, ...task });
  }
  const fallback = all.find(({ ingress }) => ingress.isFallback === true);
  if (fallback === undefined) throw new Error("no protocol answers where nothing tells");
  const at = (path: string): Endpoint | null => paths.get(path) ?? aside(path);
  // Some clients end their base URL's paths with a slash.
  const aside = (path: string): Endpoint | null =>
    path.endsWith("/") && !path.endsWith("//") && path.length > 1 ? at(path.slice(0, -1)) : ofModel(path, methods);
  const passing = [...all.filter((one) => one !== fallback), fallback];
  const passed = (head: PassedHead): Endpoint | null => {
    const method = passedMethods.find((one) => one === head.method);
    const path = head.path.replace(/(?<=[^/])\/$/u, "");
    if (method === undefined || climbs.test(path)) return null;
    const owner = at(path)?.protocol;
    for (const { name: protocol, passthrough } of passing) {
      const place = owner === undefined || owner === protocol ? passthrough?.at({ ...head, path }) : null;
      if (place != null) return { protocol, ...passedTask, model: place.model, place };
    }
    return null;
  };
  const clouds = all.flatMap(({ ingress }) => ingress.clouds ?? []);
  const own = (head: PassedHead): Endpoint | null => (head.method === "POST" ? at(head.path) : null);
  const atCloud = (head: PassedHead): Endpoint | null => {
    const cloud = clouds.find(({ pattern }) => pattern.test(head.path));
    const groups = cloud?.pattern.exec(head.path)?.groups ?? {};
    if (cloud === undefined) return null;
    const inner = { ...head, path: cloud.own(groups) };
    const endpoint = own(inner) ?? passed(inner);
    const { model } = groups;
    if (endpoint === null) return null;
    return {
      ...endpoint,
      model: model === undefined ? endpoint.model : nameAt(cloud, unescaped(model)),
      stream: cloud.stream ?? endpoint.stream,
      cloud,
    };
  };
  const session = (head: Omit<PassedHead, "method">): Endpoint | null => sessionIn(passing, head);
  return {
    at,
    session,
    of(head) {
      if (head.isUpgrade === true) return session(head);
      return own(head) ?? atCloud(head) ?? passed(head);
    },
    protocolAt(path) {
      const endpoint = at(path) ?? atCloud({ method: "POST", path, headers: {} });
      const owner = endpoint === null ? all.find(({ ingress }) => ingress.alsoAnswers?.test(path)) : undefined;
      return owner ?? protocols[endpoint?.protocol ?? fallback.name] ?? fallback;
    },
    fallback,
    served: all.flatMap(({ ingress }) => pathsOf(ingress)),
  };
}

/** A path may have a version of its own. */
function withVersions(path: string): readonly string[] {
  return /^\/v\d+\//u.test(path) ? [path] : [`/v1${path}`, path];
}

function sessionIn(
  protocols: readonly Protocol[],
  { path, query = "", headers }: Omit<PassedHead, "method">,
): Endpoint | null {
  const plain = path.replace(/(?<=[^/])\/$/u, "");
  for (const { name: protocol, passthrough } of protocols) {
    const place = passthrough?.sessionAt?.({ path: plain, query, headers }) ?? null;
    if (place !== null) return { protocol, ...passedTask, model: place.model, place };
  }
  return null;
}

function pathsOf({ paths, modelMethods = {} }: Ingress): readonly string[] {
  const [first, ...others] = Object.keys(modelMethods).map((method) => `:${method}`);
  const ownPaths = Object.keys(paths).flatMap((path) => withVersions(path).slice(0, 1));
  if (first === undefined) return ownPaths;
  return [...ownPaths, `/v1beta/models/{model}${first}${others.length === 0 ? "" : ` (${others.join(", ")})`}`];
}

function ofModel(path: string, methods: ReadonlyMap<string, Omit<Endpoint, "model">>): Endpoint | null {
  const colon = path.lastIndexOf(":");
  const method = colon === -1 ? undefined : methods.get(path.slice(colon + 1));
  if (method === undefined) return null;
  const name = modelPath.exec(path.slice(0, colon))?.[1];
  return name === undefined ? null : { ...method, model: unescaped(name) };
}

function nameAt({ nameOf }: Pick<CloudPath, "nameOf">, model: string): string {
  return nameOf?.(model) ?? model;
}

function unescaped(name: string): string {
  if (!name.includes("%")) return name;
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
