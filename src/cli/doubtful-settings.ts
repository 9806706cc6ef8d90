// Settings that load but are probably typing mistakes: models that nobody has heard of, misspelt request parameters, values
// out of range. For `check` alone, because the list of prices takes time to load. It only doubts names that are near a
// known one: a vendor may have models and parameters that this version does not know.
import type { RouteNode, Rules, TargetNode } from "../core/rules.ts";
import { didYouMean } from "../domain/nearest-names.ts";
import { vectorSpaceOf } from "../providers/families/vector-spaces.ts";
import { allRoutes } from "./summary.ts";

// https://platform.openai.com/docs/api-reference/chat/create
const PARAMETERS: ReadonlySet<string> = new Set(
  (
    "audio frequency_penalty function_call functions logit_bias logprobs max_completion_tokens max_tokens messages metadata " +
    "modalities model n parallel_tool_calls prediction presence_penalty prompt_cache_key reasoning_effort response_format " +
    "safety_identifier seed service_tier stop store stream stream_options temperature tool_choice tools top_k top_logprobs " +
    "top_p user verbosity web_search_options thinking"
  ).split(" "),
);

const RANGES: Readonly<Record<string, readonly [number, number]>> = {
  temperature: [0, 2],
  top_p: [0, 1],
  frequency_penalty: [-2, 2],
  presence_penalty: [-2, 2],
  top_logprobs: [0, 20],
  n: [1, 128],
  max_tokens: [1, 10_000_000],
  max_completion_tokens: [1, 10_000_000],
};

/** One line each. */
export const doubtfulSettings = (rules: Rules): readonly string[] => {
  const nodes = allRoutes(rules).map(({ node }) => node);
  const doubts = nodes.flatMap(targetsIn).flatMap((target) => [...modelDoubts(target), ...parameterDoubts(target)]);
  return [...new Set([...doubts, ...nodes.flatMap(mixedVectors)])];
};

export const targetsIn = (node: RouteNode): readonly TargetNode[] =>
  node.kind === "target" ? [node] : node.children.flatMap(targetsIn);

/** Targets that stand in for each other with vectors of different models. Conditions choose on purpose. */
const mixedVectors = (node: RouteNode): readonly string[] => {
  if (node.kind === "when") return node.children.flatMap(mixedVectors);
  const models = targetsIn(node).flatMap((target) => {
    const space = vectorSpaceOf(target.model);
    return space === null ? [] : [{ target, space }];
  });
  const [first] = models;
  const other = models.find(({ space }) => space !== first?.space);
  if (first === undefined || other === undefined) return [];
  return [
    `${other.target.path}: the vectors of ${other.target.name} cannot be compared with those of ${first.target.name}. Use the same model at several hosts, unless no vectors are stored`,
  ];
};

const modelDoubts = ({ path, model, name, provider, tariff }: TargetNode): readonly string[] => {
  const { row, baseUrl } = provider;
  // Another address may serve other models; a known price means a known model.
  if (baseUrl !== row.baseUrl || model === "*" || row.models.includes(model) || (tariff?.price() ?? null) !== null)
    return [];
  const near = didYouMean(model, row.models);
  return near === null ? [] : [`${path}: ${name} is not a model that this version knows. ${near}`];
};

const parameterDoubts = ({ path, params }: TargetNode): readonly string[] =>
  Object.entries(params).flatMap(([name, value]) => {
    const range = Object.hasOwn(RANGES, name) ? RANGES[name] : undefined;
    if (range !== undefined) {
      const isWithin = value === null || (typeof value === "number" && value >= range[0] && value <= range[1]);
      return isWithin ? [] : [`${path}: params.${name} should be a number from ${range[0]} to ${range[1]}`];
    }
    const near = PARAMETERS.has(name) ? null : didYouMean(name, PARAMETERS);
    return near === null ? [] : [`${path}: params.${name} is not a known request parameter. ${near}`];
  });
