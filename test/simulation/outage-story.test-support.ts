// Scripted outages of the first of two targets, at fifty requests a second for about two minutes: the whole gateway with
// its default settings, on a virtual clock. What clients and vendors saw is counted here; what must hold is for the test,
// and how it looks for the pictures.
import { createGateway, type Gateway } from "../../src/index.ts";
import { seededRandom, VirtualClock } from "../support/virtual-clock.ts";
import { answerIn, openOutageNetwork, type Asked, type Moment, type Play } from "./outage-network.test-support.ts";

export interface Scenario {
  /** The picture's name. */
  readonly name: string;
  readonly title: string;
  /** What happens, in a sentence. */
  readonly what: string;
  /** Seconds: the outage begins, ends; the story ends. */
  readonly from: number;
  readonly to: number;
  readonly end: number;
  /** Nothing is answered by the primary between `from` and `to`. */
  readonly isTotal: boolean;
  readonly keys?: readonly string[];
  /** More of the route than its two targets. */
  readonly route?: { readonly prefer: "fastest" };
  /** What the primary does between `from` and `to`. */
  readonly play: (moment: Moment) => Play;
}

export interface CallSeen {
  /** Seconds. */
  readonly at: number;
  /** Null: no whole answer. */
  readonly by: "primary" | "stand-in" | null;
  /** Seconds until the first word; null where none came. */
  readonly firstWord: number | null;
  /** How often the primary was asked for it. */
  readonly askedPrimary: number;
}

export interface Story {
  readonly scenario: Scenario;
  /** In order of arrival. */
  readonly calls: readonly CallSeen[];
  /** Requests that the primary got, per second. */
  readonly load: readonly number[];
}

export const RATE = 50;
const window = { from: 20, to: 80, end: 110, isTotal: true } as const;

const error = (status: number, word: string, details: readonly object[] = []): Play => ({
  kind: "error",
  status,
  body: { error: { code: status, message: `${word.toLowerCase()}, says the vendor.`, status: word, details } },
});
const overloaded = error(503, "UNAVAILABLE");
const revoked = error(400, "INVALID_ARGUMENT", [
  { "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason: "API_KEY_INVALID", domain: "googleapis.com" },
]);
/** As Google words it: the hint beside a quota of the day is not the day's end. */
const dailyQuota = error(429, "RESOURCE_EXHAUSTED", [
  {
    "@type": "type.googleapis.com/google.rpc.QuotaFailure",
    violations: [{ quotaId: "GenerateRequestsPerDayPerProjectPerModel-FreeTier" }],
  },
  { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "7s" },
]);

export const scenarios: readonly Scenario[] = [
  {
    ...window,
    name: "down",
    title: "60 s down, saying so",
    what: "Every request gets a 503 at once.",
    play: () => overloaded,
  },
  {
    ...window,
    name: "silent",
    title: "60 s down, in silence",
    what: "The primary accepts requests and never answers: the most expensive failure.",
    play: () => ({ kind: "silence" }),
  },
  {
    ...window,
    name: "flapping",
    title: "Flapping",
    what: "Five seconds down with 503, five seconds up, for a minute.",
    isTotal: false,
    play: ({ second, random }) => ((second - window.from) % 10 < 5 ? overloaded : answerIn(random)),
  },
  {
    ...window,
    name: "ramp",
    title: "A slow ramp",
    what: "The first token takes longer and longer, up to 20 s more after a minute.",
    isTotal: false,
    play: ({ second, random }) => answerIn(random, ((second - window.from) / 60) * 20_000),
  },
  {
    ...window,
    end: 140,
    name: "ramp-fastest",
    title: "A slow ramp, with prefer: fastest",
    what: "The same with `prefer: fastest`: the stand-in leads while the primary is much slower.",
    route: { prefer: "fastest" },
    isTotal: false,
    play: ({ second, random }) => answerIn(random, ((second - window.from) / 60) * 20_000),
  },
  {
    ...window,
    name: "errors",
    title: "30 % errors",
    what: "Three requests in ten get a 500.",
    isTotal: false,
    play: ({ random }) => (random() < 0.3 ? error(500, "INTERNAL") : answerIn(random)),
  },
  {
    ...window,
    name: "revoked",
    title: "Keys revoked",
    what: "The vendor refuses one of two keys from the start, the other from 50 s; both work again at the end.",
    keys: ["key-one", "key-two"],
    isTotal: false,
    play: ({ second, key, random }) => (key === "key-one" || second >= 50 ? revoked : answerIn(random)),
  },
  {
    ...window,
    to: 260,
    end: 380,
    name: "quota",
    title: "Quota until midnight",
    what: "The daily quota is used up, and midnight is four minutes away. The vendor hints at seven seconds, like Google.",
    play: () => dailyQuota,
  },
];

/** Plays it; the same every time. */
export async function tell(scenario: Scenario, seed: number = 1): Promise<Story> {
  const clock = new VirtualClock();
  const random = seededRandom(seed);
  const network = openOutageNetwork(clock, {
    random,
    play: (moment) =>
      moment.second >= scenario.from && moment.second < scenario.to ? scenario.play(moment) : answerIn(random),
  });
  const gateway = createGateway(
    {
      providers: {
        google: { base_url: "https://primary.example/v1beta", api_key: [...(scenario.keys ?? ["key-one"])] },
        openai: { base_url: "https://stand-in.example/v1", api_key: "key" },
      },
      routes: { assistant: { fallback: ["google/gemini-2.5-flash", "openai/gpt-4o"], ...scenario.route } },
    },
    { environment: {}, clock, random: seededRandom(seed + 1), transport: network, warn: () => {} },
  );
  const heard: Promise<Heard>[] = [];
  const arrive = (): void => {
    heard.push(call(gateway, heard.length, clock));
    if (heard.length < scenario.end * RATE) clock.after(1_000 / RATE, arrive);
  };
  arrive();
  await clock.advance(scenario.end * 1_000);
  return count(scenario, await clock.finish(Promise.all(heard)), network.asked);
}

type Heard = Pick<CallSeen, "at" | "by" | "firstWord">;

async function call(gateway: Gateway, number: number, clock: VirtualClock): Promise<Heard> {
  const began = clock.now();
  const response = await gateway.fetch("http://gateway.example/v1/chat/completions", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "assistant", stream: true, messages: [{ role: "user", content: `call ${number}` }] }),
  });
  const by = response.headers.get("x-understudy-target")?.startsWith("google/") === true ? "primary" : "stand-in";
  let text = "";
  let firstWord: number | null = null;
  for await (const bytes of response.body ?? []) {
    text += Buffer.from(bytes as Uint8Array).toString();
    if (firstWord === null && text.includes("The sea")) firstWord = (clock.now() - began) / 1_000;
  }
  const isWhole = response.ok && text.includes('"finish_reason":"stop"') && text.endsWith("data: [DONE]\n\n");
  return { at: began / 1_000, by: isWhole ? by : null, firstWord };
}

function count(scenario: Scenario, heard: readonly Heard[], asked: readonly Asked[]): Story {
  const primary: number[] = heard.map(() => 0);
  const load: number[] = Array.from({ length: scenario.end }, () => 0);
  for (const { vendor, call: number, second } of asked) {
    if (vendor !== "primary") continue;
    primary[number] = (primary[number] ?? 0) + 1;
    if (second < scenario.end) load[Math.floor(second)] = (load[Math.floor(second)] ?? 0) + 1;
  }
  const calls = heard.map((one, index) => ({ ...one, askedPrimary: primary[index] ?? 0 }));
  return { scenario, calls, load };
}

export interface Figures {
  readonly calls: number;
  /** Calls without a whole answer, in the whole story. */
  readonly failed: number;
  /** Seconds until the primary was left, from the outage's beginning; null: it never was. */
  readonly leftAfter: number | null;
  /** Seconds until nine in ten were answered by the primary again, from the outage's end; null: never in the story. */
  readonly backAfter: number | null;
  /** Of the calls in the outage: how many asked the primary, and how many after it had been left. */
  readonly paying: number;
  readonly payingOnceLeft: number;
  /** Requests to the primary in the outage beyond the first of each call, as a share of all calls in it. */
  readonly added: number;
  /** Requests to the primary in the busiest second of the outage; there are `RATE` calls in it. */
  readonly busiest: number;
  /** Seconds until the first word in the outage: the middle and the 99th of a hundred. */
  readonly median: number;
  readonly slowest: number;
}

export function figuresOf({ scenario, calls, load }: Story): Figures {
  const { from, to } = scenario;
  const during = calls.filter(({ at }) => at >= from && at < to);
  const asks = (one: CallSeen): boolean => one.askedPrimary > 0;
  const leftAt = firstOf(calls, { from, to }, (next) => next.filter(asks).length <= RATE / 10);
  const backAt = firstOf(
    calls,
    { from: to, to: Infinity },
    (next) => next.filter(({ by }) => by === "primary").length >= 0.9 * RATE,
  );
  const once = leftAt === null ? [] : during.filter(({ at }) => at >= leftAt);
  const waits = during.flatMap(({ firstWord }) => firstWord ?? []).toSorted((one, other) => one - other);
  return {
    calls: calls.length,
    failed: calls.filter(({ by }) => by === null).length,
    leftAfter: leftAt === null ? null : leftAt - from,
    backAfter: backAt === null ? null : backAt - to,
    paying: during.filter(asks).length / during.length,
    payingOnceLeft: once.length === 0 ? 0 : once.filter(asks).length / once.length,
    added: during.filter(asks).reduce((sum, { askedPrimary }) => sum + askedPrimary - 1, 0) / during.length,
    busiest: Math.max(...load.slice(from, to)),
    median: waits[Math.floor(waits.length / 2)] ?? 0,
    slowest: waits[Math.floor(waits.length * 0.99)] ?? 0,
  };
}

/** When the first call came from which on a second's worth of calls is as `fits` says. */
function firstOf(
  calls: readonly CallSeen[],
  { from, to }: { readonly from: number; readonly to: number },
  fits: (next: readonly CallSeen[]) => boolean,
): number | null {
  for (const [index, { at }] of calls.entries()) {
    if (at < from || at >= to || index + RATE > calls.length) continue;
    if (fits(calls.slice(index, index + RATE))) return at;
  }
  return null;
}
