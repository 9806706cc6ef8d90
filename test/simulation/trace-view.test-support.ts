// The failure contract as an operator sees it (F20, F21): each circuit, each key and each failed request has its line, the
// headers tell what the ledger tells, and a gateway that stops says so and refuses nobody.
import { entriesOf } from "./ledger-view.test-support.ts";
import type { Broken, LogLine, Run, Seen } from "./schedule.test-support.ts";
import { leadsOf } from "./sessions.test-support.ts";

export function brokenForOperator(run: Run): Broken | null {
  return (
    stopped(run) ??
    spilt(run) ??
    (run.log.some(({ incident }) => incident.event === "incidents_left_out") ? null : (changes(run) ?? failed(run))) ??
    headers(run)
  );
}

/** F20: from the signal on nobody new is sent. Whoever comes is served as before, as all other promises show. */
function stopped({ ready, schedule: { drainAt } }: Run): Broken | null {
  const stopsAt = drainAt ?? Infinity;
  const wrong = ready.find(({ at, status }) => at !== stopsAt && status !== (at > stopsAt ? 503 : 200));
  if (wrong === undefined) return null;
  return {
    clause: "F20",
    message: `a load balancer was told ${wrong.status} at ${wrong.at}, and it stops at ${drainAt}`,
  };
}

/** What callers say, what vendors say, and the keys. */
const private_ = /Tell me something|call-\d|\b[abch]\d+w\d|[abch]-key-\d|caller-\d/u;

function spilt({ log }: Run): Broken | null {
  const line = log.find(({ text, incident }) => private_.test(text) || private_.test(JSON.stringify(incident)));
  return line === undefined ? null : { clause: "F21", message: `the log holds what is private: ${line.text}` };
}

/** F21: one line for each circuit that opens or closes, and for each key that is skipped over. */
function changes({ log, circuits, seen }: Run): Broken | null {
  const lines = log.flatMap(({ incident }) => ("target" in incident ? [`${incident.event} ${incident.target}`] : []));
  for (const [what, notes] of Map.groupBy(circuits, ({ kind, target }) => `${kind} ${target}`)) {
    const told = lines.filter((one) => one === what).length;
    if (told !== notes.length)
      return { clause: "F21", message: `${what}: ${notes.length} times, and the log has ${told} lines of it` };
  }
  for (const {
    headers: { "x-understudy-skipped": skipped = "" },
    index,
  } of seen)
    for (const [, provider] of skipped.matchAll(/(\w)\/m: (?:all \d+ )?API keys? cooling down/gu))
      if (!log.some(({ incident }) => incident.event === "key_cooling_down" && incident.provider === provider))
        return { clause: "F21", message: `call ${index} skips ${provider}, whose key cools down without a line` };
  return null;
}

/** F21: one line for each request that failed, with its route and what was tried. */
function failed(run: Run): Broken | null {
  for (const seen of leadsOf(run)) {
    if (seen.left !== null) continue;
    const lines = run.log.filter(({ incident }) => "request" in incident && incident.request === seen.id);
    const error = seen.heard.endings.find((one) => one.startsWith("error"));
    const broken = error === undefined ? falseAlarm(lines) : untold(lines, run, seen);
    if (broken !== null)
      return { clause: "F21", message: `call ${seen.index} (${seen.heard.endings.join(", ")}) ${broken}` };
  }
  return null;
}

function falseAlarm(lines: readonly LogLine[]): string | null {
  const wrong = lines.find(({ incident }) => incident.event !== "request_fell_back");
  if (wrong !== undefined) return `was answered, and the log says: ${wrong.text}`;
  return lines.length > 1 ? `has ${lines.length} lines` : null;
}

function untold(lines: readonly LogLine[], run: Run, seen: Seen): string | null {
  const [line, more] = lines;
  if (line === undefined || more !== undefined) return `failed, and has ${lines.length} lines`;
  const { incident } = line;
  if (incident.event !== "request_failed" && incident.event !== "stream_broke")
    return `failed, and the log says: ${line.text}`;
  if (incident.route !== "main") return `failed on a route that the log does not name: ${line.text}`;
  const asked = entriesOf(run, seen).filter(({ skipped, verdict }) => skipped !== true && verdict !== "ok");
  const missing = asked.find(({ target, verdict }) => verdict !== "cancelled" && !line.text.includes(target));
  return missing === undefined ? null : `failed, and its line does not name ${missing.target}: ${line.text}`;
}

/** F21: the headers tell the same attempts as the ledger, in its order, with the time of each. */
function headers(run: Run): Broken | null {
  for (const seen of leadsOf(run)) {
    const told = (seen.headers["x-understudy-attempts"] ?? "").split(", ").filter((one) => one !== "");
    const kept = entriesOf(run, seen);
    const isAll = seen.body !== null && seen.left === null;
    const about = (what: string): Broken => ({
      clause: "F21",
      message: `call ${seen.index} ${what}: ${told.join(", ")}`,
    });
    if (told.length > kept.length || (isAll && told.length < kept.length))
      return about(`has ${kept.length} attempts in the ledger, and ${told.length} in its head`);
    // An early head names the attempts that were over by then.
    let place = 0;
    for (const one of told) {
      while (place < kept.length && !one.startsWith(`${kept[place]?.target ?? ""}:`)) place += 1;
      if (place === kept.length) return about(`was told of an attempt that is not in the ledger`);
      place += 1;
    }
  }
  return null;
}
