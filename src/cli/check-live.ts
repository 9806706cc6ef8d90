// `understudy check --live`: asks each target once, with the smallest request, and prints a table. It costs a few tokens per
// target; it never prints a key.
import type { LoadedRules } from "../config/compile.ts";
import { durationText } from "../domain/duration-text.ts";
import { openGateway, type RunningGateway } from "../open-gateway.ts";
import { targetsIn } from "./doubtful-settings.ts";
import { allRoutes } from "./summary.ts";
import type { Terminal } from "./terminal.ts";

interface Outcome {
  readonly target: string;
  readonly verdict: string;
  readonly status: string;
  readonly time: string;
  readonly message: string;
}

/** Of each target; a longer answer tells nothing more. */
const TIME_LIMIT = "30s";

/** True if each target answered. */
export const checkLive = async (rules: LoadedRules, terminal: Terminal): Promise<boolean> => {
  const names = [...new Set(allRoutes(rules).flatMap(({ node }) => targetsIn(node).map(({ name }) => name)))];
  const targets = names.filter((name) => !name.endsWith("/*"));
  const quiet = { ...rules, ledger: { ...rules.ledger, file: null } };
  const gateway = openGateway(quiet, { warn: () => {}, log: () => {} });
  try {
    const outcomes = await Promise.all(targets.map((target) => ask(gateway, target, rules)));
    for (const line of tableLines(outcomes)) terminal.print(line);
    const open = names.filter((name) => name.endsWith("/*"));
    if (open.length > 0) terminal.print(`not asked, because clients name the model: ${open.join(", ")}`);
    return outcomes.every(({ verdict }) => verdict === "ok");
  } finally {
    await gateway.close();
  }
};

const ask = async (gateway: RunningGateway, target: string, rules: LoadedRules): Promise<Outcome> => {
  const [key] = rules.server.keys;
  const started = performance.now();
  const response = await gateway.fetch("http://gateway/v1/chat/completions", {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "x-understudy-timeout": TIME_LIMIT,
      ...(key === undefined ? {} : { authorization: `Bearer ${key.key}` }),
    },
    body: JSON.stringify({ model: target, max_tokens: 16, messages: [{ role: "user", content: "Say ok." }] }),
  });
  const time = durationText(performance.now() - started);
  const last = (response.headers.get("x-understudy-attempts") ?? "").split(", ").at(-1) ?? "";
  // `provider/model:verdict:status:milliseconds`; a model's name may have colons.
  const [status = "", verdict = ""] = last.split(":").slice(-3, -1).toReversed();
  const body = (await response.json().catch(() => ({}))) as { readonly error?: ErrorBody };
  const { error } = body;
  if (error === undefined) return { target, verdict: "ok", status: "200", time, message: "" };
  return { target, verdict: verdict || (error.code ?? "failed"), status, time, message: error.message ?? "" };
};

interface ErrorBody {
  readonly message?: string;
  readonly code?: string;
}

const HEAD: Outcome = { target: "target", verdict: "verdict", status: "status", time: "time", message: "" };

const tableLines = (outcomes: readonly Outcome[]): readonly string[] => {
  const rows = [HEAD, ...outcomes];
  const width = (name: keyof Outcome): number => Math.max(...rows.map((row) => row[name].length));
  return rows.map((row) =>
    `${row.target.padEnd(width("target"))}  ${row.verdict.padEnd(width("verdict"))}  ${row.status.padEnd(width("status"))}  ${row.time.padEnd(width("time"))}  ${row.message}`.trimEnd(),
  );
};
