// Reads and checks a Portkey config from a request's header, in both spellings of its keys (snake and camel). Errors have
// Portkey's own text and body, since programs match on them. Wire contract of its gateway 1.15.
import type { Json, JsonObject } from "../core/json.ts";
import { isNestedDeeper } from "../domain/nesting.ts";

/** An invalid config or header. The caller gets `body` unchanged, as JSON, with `status`. */
export class PortkeyConfigError extends Error {
  readonly status: number = 400;
  readonly body: { readonly status: "failure"; readonly message: string; readonly errors?: readonly string[] };

  constructor(message: string, errors: readonly string[] | null = null) {
    super(message);
    this.name = "PortkeyConfigError";
    this.body = errors === null ? { status: "failure", message } : { status: "failure", message, errors };
  }
}

export interface PortkeyRetry {
  readonly attempts: number;
  readonly statuses: readonly number[] | null;
  readonly hints: boolean;
}

const MODES = ["single", "loadbalance", "fallback", "conditional"] as const;

export interface PortkeyStrategy {
  readonly mode: (typeof MODES)[number] | null;
  readonly onStatusCodes: readonly number[] | null;
  readonly conditions: readonly PortkeyCondition[];
  /** The name of the target if no condition matches. */
  readonly otherwise: string | null;
}

export interface PortkeyCondition {
  readonly query: JsonObject;
  /** A target's name, called `then` in Portkey's config. */
  readonly use: string;
}

/** One node of a config, its keys in one spelling. Null: not set. */
export interface PortkeyNode extends PortkeyStrategy {
  /** Its weight among its siblings in a load balance. */
  readonly weight: number;
  readonly targets: readonly PortkeyNode[];
  readonly provider: string | null;
  readonly apiKey: string | null;
  readonly customHost: string | null;
  readonly requestTimeout: number | null;
  readonly retry: PortkeyRetry | null;
  readonly overrideParams: JsonObject;
  /** All other string values, by snake-case name, including the vendors' own settings. */
  readonly texts: Readonly<Record<string, string>>;
}

export interface ShapeOptions {
  readonly isProvider: (name: string) => boolean;
  /** The model's name has a provider in it: `@slug/model`. */
  readonly namesProvider: (model: string) => boolean;
  readonly providers: () => readonly string[];
  /** What to write for a vendor that this gateway does not have; null: nothing is known of that name. */
  readonly remedyFor: (name: string) => string | null;
  readonly isHost: (host: string) => boolean;
  /** A header or the request's model names the provider, so the config need not. */
  readonly hasProvider: boolean;
}

interface Reading extends ShapeOptions {
  readonly faults: string[];
}

type PortkeyPlace = readonly (string | number)[];

const NEEDS =
  "Invalid configuration. It must have either 'provider' and 'api_key', or 'strategy' and 'targets', or 'cache', or 'retry', or 'request_timeout'";

/** Settings that could change the content of an answer: ignoring them silently would be worse than refusing them. */
const LATER = [
  "input_guardrails",
  "output_guardrails",
  "default_input_guardrails",
  "default_output_guardrails",
  "before_request_hooks",
  "after_request_hooks",
  "input_mutators",
  "output_mutators",
];

const snake = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const kindOf = (value: unknown): string => (value === null ? "null" : Array.isArray(value) ? "array" : typeof value);

const isObject = (value: unknown): value is JsonObject => kindOf(value) === "object";

/** The object with snake-case keys, its values unchanged. A snake-case key wins over its camel-case duplicate. */
const withSnakeKeys = (value: JsonObject): JsonObject => {
  const entries = Object.entries(value);
  const camel = entries.filter(([key]) => snake(key) !== key).map(([key, item]) => [snake(key), item] as const);
  return Object.fromEntries([...camel, ...entries.filter(([key]) => snake(key) === key)]);
};

interface Kinds {
  readonly string: string;
  readonly number: number;
  readonly boolean: boolean;
  readonly object: JsonObject;
  readonly array: readonly Json[];
}

/** The value if it has the type; null if it is absent or (reported to `faults`) of another type. */
const take = <Kind extends keyof Kinds>(
  reading: Reading,
  value: unknown,
  [kind, place]: [Kind, PortkeyPlace],
): Kinds[Kind] | null => {
  if (value === undefined) return null;
  if (kindOf(value) === kind) return value as Kinds[Kind];
  reading.faults.push(`path: ${place.join(",")}, message: Expected ${kind}, received ${kindOf(value)}`);
  return null;
};

const takeStatuses = (reading: Reading, value: unknown, place: PortkeyPlace): readonly number[] | null => {
  const list = take(reading, value, ["array", place]);
  if (list === null) return null;
  return list.flatMap((item, index) => take(reading, item, ["number", [...place, index]]) ?? []);
};

const readRetry = (reading: Reading, value: unknown, place: PortkeyPlace): PortkeyRetry | null => {
  const object = take(reading, value, ["object", place]);
  if (object === null) return null;
  const retry = withSnakeKeys(object);
  const attempts = take(reading, retry["attempts"], ["number", [...place, "attempts"]]);
  if (retry["attempts"] === undefined)
    reading.faults.push(`path: ${[...place, "attempts"].join(",")}, message: Required`);
  const statuses = takeStatuses(reading, retry["on_status_codes"], [...place, "on_status_codes"]);
  // Portkey's documentation says "headers", its code reads "header".
  const name = retry["use_retry_after_header"] === undefined ? "use_retry_after_headers" : "use_retry_after_header";
  const hints = take(reading, retry[name], ["boolean", [...place, name]]) ?? false;
  return { attempts: Math.max(0, Math.floor(attempts ?? 0)), statuses, hints };
};

const readCondition = (reading: Reading, value: unknown, place: PortkeyPlace): readonly PortkeyCondition[] => {
  const condition = take(reading, value, ["object", place]);
  if (condition === null) return [];
  for (const name of ["query", "then"].filter((one) => condition[one] === undefined))
    reading.faults.push(`path: ${[...place, name].join(",")}, message: Required`);
  const query = take(reading, condition["query"], ["object", [...place, "query"]]);
  const use = take(reading, condition["then"], ["string", [...place, "then"]]);
  return query === null || use === null ? [] : [{ query, use }];
};

const NO_STRATEGY: PortkeyStrategy = { mode: null, onStatusCodes: null, conditions: [], otherwise: null };

const readStrategy = (reading: Reading, value: unknown, place: PortkeyPlace): PortkeyStrategy => {
  const object = take(reading, value, ["object", place]);
  if (object === null) return NO_STRATEGY;
  const strategy = withSnakeKeys(object);
  const at = [...place, "mode"];
  const mode = take(reading, strategy["mode"], ["string", at]);
  if (strategy["mode"] === undefined) reading.faults.push(`path: ${at.join(",")}, message: Required`);
  const knownMode = MODES.find((one) => one === mode) ?? null;
  if (mode !== null && knownMode === null) {
    reading.faults.push(`path: ${at.join(",")}, message: Invalid 'mode' value. Must be one of: ${MODES.join(", ")}`);
  }
  const onStatusCodes = takeStatuses(reading, strategy["on_status_codes"], [...place, "on_status_codes"]);
  const list = take(reading, strategy["conditions"], ["array", [...place, "conditions"]]) ?? [];
  const conditions = list.flatMap((one, index) => readCondition(reading, one, [...place, "conditions", index]));
  const otherwise = take(reading, strategy["default"], ["string", [...place, "default"]]);
  return { mode: knownMode, onStatusCodes, conditions, otherwise };
};

const refuseLater = (config: JsonObject): void => {
  for (const name of LATER) {
    const value = config[name];
    const isEmpty = value === undefined || value === null || (Array.isArray(value) && value.length === 0);
    if (!isEmpty)
      throw new PortkeyConfigError(`'${name}' is not available in this version yet; remove it from the config`);
  }
  if (config["virtual_key"] !== undefined && config["provider"] === undefined) {
    throw new PortkeyConfigError(
      "'virtual_key' belongs to Portkey's hosted service; give 'provider' and 'api_key' instead",
    );
  }
};

const readProvider = (reading: Reading, value: unknown, place: PortkeyPlace): string | null => {
  const provider = take(reading, value, ["string", place]);
  if (provider === null || reading.isProvider(provider)) return provider;
  const remedy = reading.remedyFor(provider) ?? `Must be one of: ${reading.providers().join(", ")}`;
  reading.faults.push(`path: ${place.join(",")}, message: Invalid 'provider' value. ${remedy}`);
  return null;
};

const readTargets = (reading: Reading, value: unknown, place: PortkeyPlace): readonly PortkeyNode[] => {
  const list = take(reading, value, ["array", place]);
  if (list === null) return [];
  if (list.length === 0)
    reading.faults.push(`path: ${place.join(",")}, message: Array must contain at least 1 element(s)`);
  return list.map((target, index) => readNode(reading, target, [...place, index]));
};

const EMPTY: PortkeyNode = {
  ...NO_STRATEGY,
  weight: 1,
  targets: [],
  provider: null,
  apiKey: null,
  customHost: null,
  requestTimeout: null,
  retry: null,
  overrideParams: {},
  texts: {},
};

const namesItsProvider = (config: JsonObject, { namesProvider }: ShapeOptions): boolean => {
  const params = config["override_params"] ?? config["overrideParams"];
  const model = isObject(params) ? params["model"] : undefined;
  return typeof model === "string" && namesProvider(model);
};

const readNode = (reading: Reading, value: unknown, place: PortkeyPlace): PortkeyNode => {
  const object = take(reading, value, ["object", place]);
  if (object === null) return EMPTY;
  const config = withSnakeKeys(object);
  refuseLater(config);
  const at = (name: string): PortkeyPlace => [...place, name];
  const provider = readProvider(reading, config["provider"], at("provider"));
  const customHost = take(reading, config["custom_host"], ["string", at("custom_host")]);
  if (customHost !== null && customHost !== "" && !reading.isHost(customHost)) {
    reading.faults.push(`path: ${place.join(",")}, message: Invalid custom host`);
  }
  const hasTargets = config["strategy"] !== undefined && config["targets"] !== undefined;
  const isServedByHeader = place.length === 0 && reading.hasProvider && config["targets"] === undefined;
  if (config["provider"] === undefined && !hasTargets && !isServedByHeader && !namesItsProvider(config, reading)) {
    reading.faults.push(`path: ${place.join(",")}, message: ${NEEDS}`);
  }
  const texts = Object.entries(config).filter((entry): entry is [string, string] => typeof entry[1] === "string");
  return {
    ...readStrategy(reading, config["strategy"], at("strategy")),
    weight: Math.max(0, take(reading, config["weight"], ["number", at("weight")]) ?? 1),
    targets: hasTargets ? readTargets(reading, config["targets"], at("targets")) : [],
    provider,
    apiKey: take(reading, config["api_key"], ["string", at("api_key")]),
    customHost: customHost === "" ? null : customHost,
    requestTimeout: take(reading, config["request_timeout"], ["number", at("request_timeout")]),
    retry: readRetry(reading, config["retry"], at("retry")),
    overrideParams: take(reading, config["override_params"], ["object", at("override_params")]) ?? {},
    texts: Object.fromEntries(texts),
  };
};

/** Levels of lists and objects: a tree of sixty nodes, one in the other. What reads a config calls itself for each. */
const DEEPEST = 128;

const parse = (text: string): JsonObject => {
  if (isNestedDeeper(text, DEEPEST))
    throw new PortkeyConfigError(`Invalid config passed. It is nested deeper than ${DEEPEST} levels`);
  let config: unknown;
  try {
    config = JSON.parse(text);
  } catch {
    config = null;
  }
  if (isObject(config)) return config;
  throw new PortkeyConfigError("Invalid config passed. You need to pass a valid json");
};

/** The config in a header -> its checked tree. Throws PortkeyConfigError with all problems of its shape. */
export const readPortkeyConfig = (text: string, options: ShapeOptions): PortkeyNode => {
  const config = parse(text);
  if (!options.hasProvider && !config["provider"] && !config["targets"] && !namesItsProvider(config, options)) {
    throw new PortkeyConfigError(
      "Either x-portkey-provider needs to be passed. Or the x-portkey-config header should have a valid config with provider details in it.",
    );
  }
  if (config["options"] !== undefined) {
    throw new PortkeyConfigError(
      "This version of config is not supported in this route. Please migrate to the latest version",
    );
  }
  const faults: string[] = [];
  const node = readNode({ ...options, faults }, config, []);
  if (faults.length > 0) throw new PortkeyConfigError("Invalid config passed", faults);
  return node;
};
