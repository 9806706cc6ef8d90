// The explanation of a route: its tree, and for each target every setting that was resolved at load. Pure: rules in, text
// or plain data out. A key's value never appears, even if a request parameter repeats it.
import type { Json } from "../core/json.ts";
import type {
  BranchNode,
  Key,
  ProviderRules,
  Route,
  RouteNode,
  BreakerRules,
  TargetNode,
  TimeoutRules,
  Trigger,
} from "../core/rules.ts";
import { verdicts } from "../core/verdict.ts";
import { formatDuration } from "../domain/duration.ts";
import { branchData, describeBranch } from "./describe-branch.ts";
import { redact } from "./keys.ts";
import { describeModel, findPattern } from "./model-facts.ts";
import { describePrice, priceData } from "./prices.ts";

/** A key, for display. */
export const describeKey = (key: Key): string => `${key.source}  ${key.label}`;

const needsKey = (provider: ProviderRules): boolean => provider.row.keyVariables.length > 0;

const keysText = (provider: ProviderRules): string => {
  if (provider.keys.length > 0) return provider.keys.map(describeKey).join(", ");
  return needsKey(provider) ? `MISSING: set ${provider.row.keyVariables.join(" or ")}` : "none needed";
};

const FIRST_TOKEN_DEFAULT = "adaptive (starts at 10s, 60s with reasoning)";
const IDLE_DEFAULT = "adaptive (starts at 15s, 30s with reasoning)";

const BREAK_WORDS: Readonly<Record<TargetNode["midStream"], string>> = {
  error: "one error in the stream",
  continue: "the next target continues plain text, else one error in the stream",
  restart: "the next target starts over for clients that can, else one error in the stream",
};

const timeoutText = (timeout: TimeoutRules): string =>
  [
    `connect ${formatDuration(timeout.connect)}`,
    ...(timeout.headers === null ? [] : [`headers ${formatDuration(timeout.headers)}`]),
    `first token ${timeout.firstToken === null ? FIRST_TOKEN_DEFAULT : formatDuration(timeout.firstToken)}`,
    `idle ${timeout.idle === null ? IDLE_DEFAULT : formatDuration(timeout.idle)}`,
    `total ${formatDuration(timeout.total)}`,
    ...(timeout.rate === undefined ? [] : [`at least ${timeout.rate} tokens a second`]),
  ].join(" · ");

const retryText = ({ retry }: TargetNode): string => {
  if (retry.attempts === 0) return "none";
  const times = retry.attempts === 1 ? "1 retry" : `${retry.attempts} retries`;
  const which = retry.statuses === null ? "on the default verdicts" : `on ${[...retry.statuses].join(", ")}`;
  const hints = retry.hints ? "follows the vendor's retry-after" : "ignores the vendor's retry-after";
  return `${times} ${which} · waits up to ${formatDuration(retry.maxWait)} · ${hints}`;
};

const slowText = ({ slowCall, slowRate }: BreakerRules): string => {
  if (slowCall === Infinity) return "";
  const late = slowCall === null ? "adaptive" : `after ${formatDuration(slowCall)}`;
  return `, or ${Math.round(slowRate * 1_000) / 10} % slow first tokens (${late})`;
};

const breakerText = ({ breaker }: TargetNode): string => {
  if (breaker === null) return "off";
  const times = breaker.failures === 1 ? "1 failure" : `${breaker.failures} failures in a row`;
  const share = `at ${Math.round(breaker.rate * 1_000) / 10} % failures of at least ${breaker.minimum} answers in ${formatDuration(breaker.window)}`;
  const slow = slowText(breaker);
  const open = `stays open ${formatDuration(breaker.rest)} to ${formatDuration(breaker.maxRest)}`;
  return `opens after ${times}, or ${share}${slow} · ${open} · full traffic again after ${formatDuration(breaker.slowStart)}`;
};

const concurrencyText = ({ concurrency }: TargetNode): string => {
  if (concurrency === undefined) return "no limit";
  const { max, adaptive, queue, wait } = concurrency;
  const most = max === null ? "no limit" : `at most ${max} requests in flight`;
  const fewer = adaptive ? ", adaptive" : "";
  return `${most}${fewer} · with no other target left, up to ${queue} requests wait up to ${formatDuration(wait)}`;
};

const list = (names: Iterable<string | number>): string => [...names].join(", ");

/** Which failures lead to the next child, and which do not. */
const triggerLines = (trigger: Trigger): readonly string[] => {
  if (trigger.kind === "any-failure") return ["falls back on any failure"];
  if (trigger.kind === "statuses") return [`falls back on network failures and status ${list(trigger.statuses)}`];
  const truncated = trigger.truncated === true ? ["truncated whole answers"] : [];
  const stays = verdicts.filter((verdict) => verdict !== "ok" && !trigger.verdicts.has(verdict));
  const statuses = trigger.statuses.size === 0 ? [] : [`status ${list(trigger.statuses)}`];
  if (trigger.verdicts.size + trigger.statuses.size + truncated.length === 0) return ["never falls back"];
  return [
    `falls back on ${list([...trigger.verdicts, ...statuses, ...truncated])}`,
    `returns to the client: ${list(stays)}`,
  ];
};

/** The operator's facts about the model. */
const modelLines = ({ provider: { models = {} }, model }: TargetNode): readonly string[] => {
  const pattern = findPattern(Object.keys(models), model);
  if (pattern === null) return [];
  const from = pattern === model ? "" : `  (pattern ${pattern})`;
  return [`  model     ${describeModel(models[pattern] ?? {})}${from}`];
};

const priceLines = ({ tariff }: TargetNode): readonly string[] => {
  const price = tariff?.price();
  return price ? [`  price     ${describePrice(price)}, per million tokens`] : [];
};

const targetLines = (node: TargetNode): readonly string[] => [
  node.name,
  `  url       ${node.provider.baseUrl}`,
  `  protocol  ${node.provider.row.protocol}`,
  `  key       ${keysText(node.provider)}`,
  ...(Object.keys(node.provider.headers).length === 0
    ? []
    : [`  headers   ${list(Object.keys(node.provider.headers))}`]),
  ...modelLines(node),
  ...(Object.keys(node.params).length === 0 ? [] : [`  params    ${JSON.stringify(node.params)}`]),
  `  timeout   ${timeoutText(node.timeout)}`,
  `  retry     ${retryText(node)}`,
  `  breaker   ${breakerText(node)}`,
  `  load      ${concurrencyText(node)}`,
  `  on break  after the first token: ${BREAK_WORDS[node.midStream]}`,
  ...priceLines(node),
  ...(node.trigger === undefined ? [] : triggerLines(node.trigger).flatMap((line) => wrap(`  route     ${line}`, 100))),
];

const wrap = (text: string, width: number): readonly string[] => {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last === undefined || last.length + word.length + 1 > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
};

/** The children one below the other, each under its label. */
const childLines = (node: BranchNode, labels: readonly string[]): readonly string[] =>
  node.children.flatMap((child, index) => {
    const isLast = index === node.children.length - 1;
    const label = labels[index];
    const lines = label === undefined ? nodeLines(child) : [label, ...nodeLines(child)];
    const [first = "", ...others] = lines;
    const bar = isLast ? "   " : "│  ";
    return [`${isLast ? "└─" : "├─"} ${first}`, ...others.map((line) => `${bar}${line}`), ...(isLast ? [] : ["│"])];
  });

const barred = (lines: readonly string[]): readonly string[] =>
  lines.flatMap((line) => wrap(line, 96).map((part, index) => `│  ${index === 0 ? "" : "  "}${part}`));

const branchLines = (node: BranchNode): readonly string[] => {
  const { heading, rules, labels = [] } = describeBranch(node);
  const triggers = node.kind === "when" ? [] : triggerLines(node.trigger);
  return [heading, ...barred([...rules, ...triggers]), "│", ...childLines(node, labels)];
};

const nodeLines = (node: RouteNode): readonly string[] =>
  node.kind === "target" ? targetLines(node) : branchLines(node);

const secretsOf = (node: RouteNode): readonly string[] => {
  if (node.kind !== "target") return node.children.flatMap(secretsOf);
  return [...node.provider.keys.map(({ value }) => value), ...Object.values(node.provider.headers)];
};

/** The route as a tree of text, lines joined by `\n`. */
export const explainRoute = (route: Route): string => {
  const heading = `${route.name}  (total timeout ${formatDuration(route.total)})`;
  return redact([heading, ...nodeLines(route.node)].join("\n"), secretsOf(route.node));
};

const triggerData = (trigger: Trigger): { [name: string]: Json } => ({
  kind: trigger.kind,
  ...(trigger.kind === "verdicts" ? { verdicts: [...trigger.verdicts] } : {}),
  ...(trigger.kind === "verdicts" && trigger.truncated === true ? { truncated: true } : {}),
  ...(trigger.kind === "any-failure" ? {} : { statuses: [...trigger.statuses] }),
});

type Data = { [name: string]: Json };

const timeoutData = (timeout: TargetNode["timeout"]): Data => ({
  connect: timeout.connect,
  first_token: timeout.firstToken,
  headers: timeout.headers,
  idle: timeout.idle,
  total: timeout.total,
});

const breakerData = (breaker: TargetNode["breaker"]): Data | null =>
  breaker === null
    ? null
    : {
        failures: breaker.failures,
        rate: breaker.rate,
        window_ms: breaker.window,
        minimum: breaker.minimum,
        slow_call_ms: breaker.slowCall === Infinity ? "off" : (breaker.slowCall ?? "adaptive"),
        slow_rate: breaker.slowRate,
        rest_ms: breaker.rest,
        max_rest_ms: breaker.maxRest,
        slow_start_ms: breaker.slowStart,
      };

const concurrencyData = (concurrency: TargetNode["concurrency"]): Data | null =>
  concurrency === undefined
    ? null
    : {
        max: concurrency.max,
        adaptive: concurrency.adaptive,
        queue: concurrency.queue,
        wait_ms: concurrency.wait,
      };

const nodeData = (node: RouteNode): { [name: string]: Json } => {
  if (node.kind !== "target") {
    return {
      kind: node.kind,
      path: node.path,
      ...branchData(node),
      ...(node.kind === "when" ? {} : { next_on: triggerData(node.trigger) }),
      children: node.children.map(nodeData),
    };
  }
  const { provider, timeout, retry, breaker } = node;
  const price = node.tariff?.price();
  return {
    kind: node.kind,
    path: node.path,
    target: node.name,
    url: provider.baseUrl,
    protocol: provider.row.protocol,
    keys: provider.keys.map(({ source, label }) => ({ source, label })),
    missing_key: provider.keys.length === 0 && needsKey(provider) ? [...provider.row.keyVariables] : null,
    headers: Object.keys(provider.headers),
    model: (provider.models?.[findPattern(Object.keys(provider.models), node.model) ?? ""] as Json | undefined) ?? null,
    params: node.params as Json,
    timeout_ms: timeoutData(timeout),
    ...(timeout.rate === undefined ? {} : { least_tokens_per_second: timeout.rate }),
    retry: {
      attempts: retry.attempts,
      max_wait_ms: retry.maxWait,
      statuses: retry.statuses === null ? null : [...retry.statuses],
      hints: retry.hints,
    },
    breaker: breakerData(breaker),
    concurrency: concurrencyData(node.concurrency),
    mid_stream: node.midStream,
    price: price ? priceData(price) : null,
    ...(node.trigger === undefined ? {} : { left_on: triggerData(node.trigger) }),
  };
};

/** The same as plain data, for `explain --json`. */
export const explainRouteData = (route: Route): Json => {
  const data = { name: route.name, total_ms: route.total, node: nodeData(route.node) };
  return JSON.parse(
    redact(
      JSON.stringify(data),
      secretsOf(route.node).map((secret) => JSON.stringify(secret).slice(1, -1)),
    ),
  ) as Json;
};

/**
 * The targets in one line: `a > b` in order, `a | b` one of them, `a + b` the second one if the first is late, `a / b`
 * depending on the request.
 */
export const summarizeRoute = (route: Route): string => {
  const signs = { fallback: " > ", balance: " | ", hedge: " + ", when: " / " } as const;
  const summarize = (node: RouteNode, above: string | null): string => {
    if (node.kind === "target") return node.name;
    const text = node.children.map((child) => summarize(child, node.kind)).join(signs[node.kind]);
    return above === null || above === node.kind || node.children.length === 1 ? text : `(${text})`;
  };
  return summarize(route.node, null);
};
