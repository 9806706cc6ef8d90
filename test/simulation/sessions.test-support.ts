// Callers who share one answer (F22): who came back with a request that was under way, or was answered already, hears what
// the first of them hears. What vendors saw belongs to that first one, the lead. For all other callers the lead is they.
import type { Asked, Broken, Run, Seen } from "./schedule.test-support.ts";

type Writable<Value> = { -readonly [Key in keyof Value]: Value[Key] };

/** Says of each caller whose answer he shares, and of each request at a vendor for whom it was. */
export function findLeads(seen: readonly Writable<Seen>[], asked: readonly Writable<Asked>[]): void {
  for (const [of, group] of Map.groupBy(seen, (one) => one.of)) {
    if (group.length === 1) continue;
    group.sort((one, other) => one.began - other.began || one.index - other.index);
    for (const one of group) one.lead = (group.find(({ id }) => id !== "" && id === one.id) ?? one).index;
    const leads = group.filter(({ lead, index }) => lead === index);
    for (const one of asked.filter(({ call }) => call === of))
      one.call = (leads.findLast(({ began }) => began <= one.at) ?? leads[0])?.index ?? of;
  }
}

export function leadsOf({ seen }: Run): Seen[] {
  return seen.filter(({ lead, index }) => lead === index);
}

export function membersOf({ seen }: Run, lead: number): Seen[] {
  return seen.filter((one) => one.lead === lead);
}

/** When the last of those who share the answer had it, or left. `left`: all of them did, and this is when the last did. */
export function restOf(run: Run, { index }: Seen): Pick<Seen, "left" | "ended"> {
  const members = membersOf(run, index);
  const [left, ended] = [members.map((one) => one.left), members.map((one) => one.left ?? one.ended)];
  return {
    left: left.every((at) => at !== null) ? Math.max(...left) : null,
    ended: ended.every((at) => at !== null) ? Math.max(...ended) : null,
  };
}

/** F22: whoever comes back gets the same answer, and nobody is asked twice for it. */
export function brokenRepetition(run: Run): Broken | null {
  for (const group of Map.groupBy(run.seen, (one) => one.of).values()) {
    if (group.length === 1) continue;
    const ordered = group.toSorted((one, other) => one.began - other.began || one.index - other.index);
    for (const one of ordered) {
      const broken = one.lead === one.index ? askedInVain(run, one, ordered) : otherAnswer(run, one);
      if (broken !== null) return broken;
    }
  }
  return null;
}

/** A new call for a repeated request, although the earlier one had an answer or was under way. */
function askedInVain(run: Run, one: Seen, group: readonly Seen[]): Broken | null {
  const before = group.findLast(
    ({ lead, index, began }) => lead === index && index !== one.index && began <= one.began,
  );
  if (before === undefined || before.began === one.began) return null;
  const { left } = restOf(run, before);
  if (left !== null && left <= one.began) return null;
  const members = membersOf(run, before.index);
  const isOver = members.some(({ toldAt }) => toldAt !== null && toldAt <= one.began);
  if (isOver && !members.some(isKept)) return null;
  const why = isOver ? "had been answered" : "was under way";
  return { clause: "F22", message: `call ${one.index} was a new one, although call ${before.index} ${why}` };
}

/** An answer, or a refusal that no other try mends. */
function isKept({ left, ended, heard, status }: Seen): boolean {
  if (left !== null || ended === null || status === null) return false;
  if (status < 400) return heard.endings.includes("finish");
  return status < 500 && ![408, 409, 429].includes(status);
}

function otherAnswer(run: Run, one: Seen): Broken | null {
  const about = (message: string): Broken => ({ clause: "F22", message: `call ${one.index} ${message}` });
  if (one.left !== null) return null;
  if (one.headers["x-understudy-replayed"] !== "true") return about("is not told that it shares an answer");
  const other = membersOf(run, one.lead).find(({ left, index }) => left === null && index !== one.index);
  if (other === undefined) return null;
  const [mine, theirs] = [one, other].map(({ heard: { text, endings } }) => `"${text}" (${endings.join(", ")})`);
  return mine === theirs ? null : about(`heard ${mine ?? ""}, and call ${other.index} heard ${theirs ?? ""}`);
}
