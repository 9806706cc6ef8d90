// `understudy explain ROUTE`: the route as a tree, with every setting that was resolved at load.
import { explainRoute, explainRouteData, summarizeRoute } from "../config/explain.ts";
import type { LoadedRules } from "../config/compile.ts";
import type { Route } from "../core/rules.ts";
import { didYouMean } from "../domain/nearest-names.ts";
import { allRoutes } from "./summary.ts";
import { openRules, printWarnings } from "./rules.ts";
import { showStatus } from "./status.ts";
import { UsageError, type Command, type Terminal } from "./terminal.ts";
import { readWords } from "./words.ts";

const findRoute = (name: string, rules: LoadedRules): Route | null => {
  const slash = name.indexOf("/");
  const written = rules.patterns.find((route) => route.name === name);
  const route = rules.routes.get(name) ?? written ?? rules.match(name);
  return route ?? (slash > 0 ? rules.direct(name.slice(0, slash), name.slice(slash + 1)) : null);
};

const whyUnknown = (name: string, rules: LoadedRules): string => {
  const missing = rules.keyless.get(name.split("/")[0] ?? "");
  if (name.includes("/") && missing !== undefined)
    return `No API key for ${name.split("/")[0]}: set ${missing.join(" or ")}`;
  const models = [...rules.providers.values()].flatMap(({ name: provider, row }) =>
    row.models.map((model) => `${provider}/${model}`),
  );
  const provider = name.includes("/") ? didYouMean(name.split("/")[0] ?? "", rules.declared.keys()) : null;
  return (
    provider ?? didYouMean(name, [...rules.routes.keys(), ...models]) ?? "Run understudy explain to list the routes"
  );
};

const listRoutes = (rules: LoadedRules, terminal: Terminal): void => {
  const routes = allRoutes(rules);
  const width = Math.max(0, ...routes.map(({ name }) => name.length));
  for (const route of routes) terminal.print(`${route.name.padEnd(width)}  ${summarizeRoute(route)}`);
  if (routes.length === 0)
    terminal.print(`${rules.source} defines no routes. You can also explain any provider/model.`);
};

export const explain: Command = {
  help: [
    "Usage: understudy explain [ROUTE | PROVIDER/MODEL] [--json] [--config FILE]",
    "",
    "Shows a route as a tree, with each target's timeouts, retries, circuit breaker, fallback rules and (masked) API keys.",
    "Without a name, it lists the routes.",
    "",
    "For the current state of a running gateway, see understudy status (also: understudy explain ROUTE --as-of-now).",
  ].join("\n"),

  run: async (list, terminal) => {
    const values = ["config", "url", "port", "metadata", "params"];
    const words = readWords(list, { values, switches: ["json", "as-of-now"], most: 1 });
    if (words.flags["as-of-now"] === true) return showStatus(words, terminal);
    const misplaced = values.find((flag) => flag !== "config" && words.flags[flag] !== undefined);
    if (misplaced !== undefined) throw new UsageError(`--${misplaced} needs --as-of-now`);
    const { loaded } = await openRules(words, terminal);
    const { rules } = loaded;
    const [name] = words.arguments;
    const isJson = words.flags["json"] === true;
    printWarnings(loaded, terminal);
    if (name === undefined && isJson) terminal.print(JSON.stringify(allRoutes(rules).map(explainRouteData), null, 2));
    else if (name === undefined) listRoutes(rules, terminal);
    else {
      const route = findRoute(name, rules);
      if (route === null) {
        terminal.warn(`There is no route or target "${name}". ${whyUnknown(name, rules)}`);
        return 1;
      }
      terminal.print(isJson ? JSON.stringify(explainRouteData(route), null, 2) : explainRoute(route));
    }
    return 0;
  },
};
