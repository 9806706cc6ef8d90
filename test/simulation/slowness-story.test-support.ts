// Scripted slowness of the first of two targets, at half a request, two, or fifty a second: its first tokens come late, all
// of them or a share. The whole gateway on a virtual clock. What callers waited for is counted here; what must hold is for
// the test, and the table in docs/outages.md shows the same figures.
import { createGateway, type Gateway } from "../../src/index.ts";
import type { Random } from "../../src/core/clock.ts";
import { seededRandom, VirtualClock } from "../support/virtual-clock.ts";
import { openOutageNetwork, type Play } from "./outage-network.test-support.ts";

export interface Slowness {
  readonly name: string;
  readonly what: string;
  /** Seconds: the slowness begins, ends; the story ends. */
  readonly from: number;
  readonly to: number;
  readonly end: number;
  /** How many milliseconds late a first token comes while the slowness lasts. */
  readonly late: (moment: { readonly second: number; readonly random: Random; readonly key: string }) => number;
  /** The stand-in is slow at the same time, by so many milliseconds. */
  readonly standInLate?: number;
  readonly keys?: readonly string[];
  /** Default: a model of each vendor that does not reason unasked. */
  readonly models?: readonly [string, string];
  /** How long they usually take to the first token, in milliseconds. Default: 1 s and 0.4 s. */
  readonly usual?: readonly [number, number];
  /** How much of each differs from call to call: 0.1 is a tenth more or less. Default: 0.1. */
  readonly spread?: number;
  /** What a call has beside its question. */
  readonly asks?: (second: number) => object;
  /** Seconds at whose beginning both targets begin and end to refuse everything: they are overloaded. */
  readonly overload?: { readonly from: number; readonly to: number };
}

export interface Setting {
  readonly name: "default" | "prefer: fastest" | "hedge";
  readonly route: (targets: readonly [string, string]) => object;
}

export const settings: readonly Setting[] = [
  { name: "default", route: (targets) => ({ fallback: [...targets] }) },
  { name: "prefer: fastest", route: (targets) => ({ fallback: [...targets], prefer: "fastest" }) },
  { name: "hedge", route: (targets) => ({ hedge: [...targets] }) },
];

const LATE = 9_000;
const share =
  (part: number) =>
  ({ random }: { readonly random: Random }): number =>
    random() < part ? LATE : 0;

const times = { from: 60, to: 180, end: 260 } as const;

export const slownesses: readonly Slowness[] = [
  { ...times, name: "20 %", what: "One first token in five comes 9 s late.", late: share(0.2) },
  { ...times, name: "60 %", what: "Six first tokens in ten come 9 s late.", late: share(0.6) },
  {
    ...times,
    from: 0,
    name: "60 %, from the start",
    what: "The same, and nothing was known of the primary before.",
    late: share(0.6),
  },
  { ...times, name: "all", what: "Every first token comes 9 s late.", late: () => LATE },
  {
    ...times,
    name: "ramp",
    what: "First tokens come later and later, up to 20 s.",
    late: ({ second }) => ((second - times.from) / (times.to - times.from)) * 20_000,
  },
  {
    ...times,
    name: "one key of two",
    what: "Every first token that one of two API keys asks for comes 9 s late.",
    late: ({ key }) => (key === "key-two" ? LATE : 0),
    keys: ["key-one", "key-two"],
  },
  {
    ...times,
    name: "both targets",
    what: "Every first token of both targets comes 9 s late.",
    late: () => LATE,
    standInLate: LATE,
  },
];

/** Models that reason unasked. */
const reasoners: Omit<Slowness, "name" | "what" | "late"> = {
  ...times,
  models: ["google/gemini-2.5-pro", "openai/gpt-5"],
  usual: [3_000, 2_500],
  spread: 0.6,
};
const TENFOLD = 27_000;

export const reasonerSlownesses: readonly Slowness[] = [
  { ...reasoners, name: "tenfold", what: "Every first token comes ten times as late as usual.", late: () => TENFOLD },
  {
    ...reasoners,
    name: "tenfold, 60 %",
    what: "Six first tokens in ten come ten times as late.",
    late: ({ random }) => (random() < 0.6 ? TENFOLD : 0),
  },
  {
    ...reasoners,
    name: "both",
    what: "Every first token of both targets comes ten times as late.",
    late: () => TENFOLD,
    standInLate: TENFOLD,
  },
];

/** Reasoning that takes long with good reason. */
export const legitimateSlownesses: readonly Slowness[] = [
  {
    ...reasoners,
    name: "long prompts",
    what: "Prompts of 400 kB, and 8 s more for each.",
    asks: (second) => (second < times.from || second >= times.to ? {} : { metadata: { page: "x".repeat(400_000) } }),
    late: () => 8_000,
  },
  {
    ...reasoners,
    name: "high effort",
    what: "Calls that ask for a high effort, and take ten times as long.",
    asks: (second) => (second < times.from || second >= times.to ? {} : { reasoning_effort: "high" }),
    late: () => TENFOLD,
  },
  {
    ...reasoners,
    from: 0,
    name: "hard questions",
    what: "One question in ten takes ten times as long, from the start.",
    late: ({ random }) => (random() < 0.1 ? TENFOLD : 0),
  },
];

interface Heard {
  /** Seconds. */
  readonly at: number;
  readonly by: "primary" | "stand-in" | null;
  /** Seconds until the first word; null: none came. */
  readonly firstWord: number | null;
}

export interface SlowFigures {
  /** Calls without a whole answer, in the whole story; and of those that began after the overload. */
  readonly failed: number;
  readonly failedLater: number;
  /** Seconds to the first word while it is slow, without the first twenty calls. */
  readonly p50: number;
  readonly p95: number;
  /** The same before it. Zero where the story begins slow. */
  readonly usual: number;
  /** Who answered while it was slow: the share of the primary. */
  readonly primary: number;
  /** Requests to vendors beyond one for each call, as a share of the calls while it is slow. */
  readonly extra: number;
  /** Seconds from its end until the primary answers nine of ten calls again; null: not in the story. */
  readonly backAfter: number | null;
  /** Seconds from its beginning until fewer than one of two calls is answered by the primary; null: never. */
  readonly leftAfter: number | null;
}

export interface SlowStory {
  readonly slowness: Slowness;
  readonly setting: Setting;
  /** Requests a second. */
  readonly rate: number;
  readonly seed?: number;
}

const QUICK_MODELS = ["google/gemini-2.5-flash", "openai/gpt-4o"] as const;
const REFUSAL: Play = { kind: "error", status: 503, body: { error: { message: "overloaded", code: 503 } } };

/** Quick first tokens: the primary's after about a second, the stand-in's after 0.4. */
const first = (
  random: Random,
  { ms, late, spread }: { readonly ms: number; readonly late: number; readonly spread: number },
): Play => ({
  kind: "answer",
  firstAfter: ms * (1 - spread + 2 * spread * random()) + late,
  restAfter: 300,
});

export async function tellSlowness({ slowness, setting, rate, seed = 1 }: SlowStory): Promise<SlowFigures> {
  const clock = new VirtualClock();
  const random = seededRandom(seed);
  const isSlow = (second: number): boolean => second >= slowness.from && second < slowness.to;
  const { overload, standInLate = 0, usual = [1_000, 400], spread = 0.1, models = QUICK_MODELS } = slowness;
  const usually = (place: 0 | 1, late: number): Play => first(random, { ms: usual[place], late, spread });
  const unless = (second: number, answer: Play): Play =>
    overload !== undefined && second >= overload.from && second < overload.to ? REFUSAL : answer;
  const network = openOutageNetwork(clock, {
    random,
    play: ({ second, key }) => unless(second, usually(0, isSlow(second) ? slowness.late({ second, random, key }) : 0)),
    standIn: ({ second }) => unless(second, usually(1, isSlow(second) ? standInLate : 0)),
  });
  const gateway = createGateway(
    {
      providers: {
        google: { base_url: "https://primary.example/v1beta", api_key: [...(slowness.keys ?? ["key-one"])] },
        openai: { base_url: "https://stand-in.example/v1", api_key: "key" },
      },
      routes: { assistant: setting.route(models) },
    },
    { environment: {}, clock, random: seededRandom(seed + 1), transport: network, warn: () => {} },
  );
  const heard: Promise<Heard>[] = [];
  const arrive = (): void => {
    const asks = slowness.asks?.(clock.now() / 1_000) ?? {};
    heard.push(call(gateway, { number: heard.length, clock, asks }));
    if (heard.length < slowness.end * rate) clock.after(1_000 / rate, arrive);
  };
  arrive();
  await clock.advance(slowness.end * 1_000);
  return figures(slowness, await clock.finish(Promise.all(heard)), network.asked);
}

interface Asking {
  readonly number: number;
  readonly clock: VirtualClock;
  readonly asks: object;
}

async function call(gateway: Gateway, { number, clock, asks }: Asking): Promise<Heard> {
  const began = clock.now();
  const response = await gateway.fetch("http://gateway.example/v1/chat/completions", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      model: "assistant",
      stream: true,
      messages: [{ role: "user", content: `call ${number}` }],
      ...asks,
    }),
  });
  let text = "";
  let firstWord: number | null = null;
  for await (const bytes of response.body ?? []) {
    text += Buffer.from(bytes as Uint8Array).toString();
    if (firstWord === null && text.includes("The sea")) firstWord = (clock.now() - began) / 1_000;
  }
  // An early head names no target, but each chunk its model.
  const by = text.includes('"model":"gemini') ? "primary" : "stand-in";
  const isWhole = response.ok && text.includes('"finish_reason":"stop"') && text.endsWith("data: [DONE]\n\n");
  return { at: began / 1_000, by: isWhole ? by : null, firstWord };
}

/** The first twenty calls of a story may pay for what nobody can know yet. */
const EXCUSED = 20;
/** So many calls say who answers now. */
const NEXT = 10;

function figures(
  { from, to, overload }: Slowness,
  calls: readonly Heard[],
  asked: readonly { readonly call: number }[],
): SlowFigures {
  const isDuring = ({ at }: Heard): boolean => at >= from && at < to;
  const during = calls.filter(isDuring);
  const counted = calls.slice(EXCUSED).filter(isDuring);
  const ofPrimary = (some: readonly Heard[]): number => some.filter(({ by }) => by === "primary").length / some.length;
  const firstWhere = (start: number, fits: (next: readonly Heard[]) => boolean): number | null => {
    const index = calls.findIndex(
      ({ at }, place) => at >= start && place + NEXT <= calls.length && fits(calls.slice(place, place + NEXT)),
    );
    const at = calls[index]?.at;
    return at === undefined ? null : at - start;
  };
  const inTime = new Set(calls.flatMap((one, place) => (isDuring(one) ? [place] : [])));
  const requests = asked.filter((one) => inTime.has(one.call)).length;
  const left = firstWhere(from, (next) => ofPrimary(next) < 0.5);
  return {
    failed: calls.filter(({ by }) => by === null).length,
    failedLater: calls.filter(({ by, at }) => by === null && at >= (overload?.to ?? 0)).length,
    p50: quantileOf(counted, 0.5),
    p95: quantileOf(counted, 0.95),
    usual: quantileOf(calls.filter(({ at }) => at < from).slice(EXCUSED), 0.95),
    primary: ofPrimary(during),
    extra: requests / during.length - 1,
    leftAfter: left === null || left >= to - from ? null : left,
    backAfter: firstWhere(to, (next) => ofPrimary(next) >= 0.9),
  };
}

function quantileOf(calls: readonly Heard[], q: number): number {
  const waits = calls.flatMap(({ firstWord }) => firstWord ?? []).toSorted((one, other) => one - other);
  return waits[Math.min(waits.length - 1, Math.ceil(q * waits.length) - 1)] ?? 0;
}
