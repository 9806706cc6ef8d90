// The defaults, each with its reason; docs/configuration.md shows the same table.
// Values only: policies.ts merges them with the operator's settings.
import { verdictsWhere, type Verdict } from "../core/verdict.ts";
import type { LedgerRules } from "../core/rules.ts";
import type { ServerRules } from "../core/server-rules.ts";
import type { Policies } from "./policy-types.ts";

/** Every verdict that leads to the next target by default. `invalid_output` costs a check of each answer: opt-in. */
export const defaultTriggers: ReadonlySet<Verdict> = verdictsWhere(({ leaves }) => leaves);

export const defaultPolicies: Policies = {
  timeout: {
    // A TLS connection across an ocean opens in well under a second: three seconds allow for two lost packets.
    connect: 3_000,
    // Null: three times the 99th percentile, within bounds; before there are enough samples 10 s, and 60 s with
    // reasoning.
    firstToken: null,
    // `first_token` covers it: some vendors send the headers at once and reason afterwards.
    headers: null,
    // Null: vendors send a token or a keep-alive every few seconds, so 15 s of silence is a dead stream; 30 s with
    // reasoning. Less for a target that never pauses.
    idle: null,
    // As long as the longest timeout of the vendors' own SDKs.
    total: 600_000,
  },
  retry: {
    // One: enough for short errors. More would be slower than the stand-in.
    attempts: 1,
    // A person waits that long without leaving; after a longer hint the next target is asked at once.
    maxWait: 3_000,
    statuses: null,
    hints: true,
  },
  // Five in a row are no coincidence, nor is half of ten or more within half a minute, which detects a target that
  // sometimes answers. The open time doubles to 3 s and no further, so that with the second of slow start traffic is
  // back within five seconds of a recovery; one probe in three seconds is no load on a vendor. Slow counts as down
  // while a faster target is available: at the same half of the answers, if they take three times as long as usual.
  breaker: {
    failures: 5,
    rate: 0.5,
    window: 30_000,
    minimum: 10,
    slowCall: null,
    slowRate: 0.5,
    rest: 1_000,
    maxRest: 3_000,
    slowStart: 1_000,
  },
  // No limit until a target shows pressure, so no request is held back without need. If no other target is left, a
  // hundred may wait for five seconds: a later answer comes too late for the client.
  concurrency: { max: null, adaptive: true, queue: 100, wait: 5_000 },
  params: {},
  trigger: { kind: "verdicts", verdicts: defaultTriggers, statuses: new Set() },
  // A verified splice shows no word of another answer; where none is possible it ends as with `error`.
  midStream: "continue",
  price: null,
  requires: null,
};

export const defaultServer: ServerRules = {
  // Loopback: the gateway holds keys, so opening it to a network is the operator's decision.
  host: "127.0.0.1",
  port: 8787,
  // Enough for several images in base64, as the vendors allow.
  maxBody: 32 * 1_048_576,
  // Sixteen of the largest, or hundreds of an agent's; parsed, they take several times their size.
  maxBodies: 512 * 1_048_576,
  // Most pictures and short recordings: they can be sent again. Fifty uploads at a time take 50 MB.
  spool: 1_048_576,
  // More than any vendor takes for a file but one, and a bound for what a stranger can send.
  maxUpload: 1024 * 1_048_576,
  // No tool schema nests deeper; a million brackets would overflow the parser.
  maxDepth: 64,
  // Orchestrators kill after 30 s.
  grace: 30_000,
  // Load balancers look every few seconds: until they have seen that this gateway stops, they send requests to it.
  drainDelay: 5_000,
  // Load balancers and proxies cut a connection that is silent for 30 to 60 s.
  keepAlive: 15_000,
  // New models appear a few times a week; a list is a few hundred kilobytes at most.
  modelLists: 3_600_000,
  // The variables of the environment count without it.
  proxy: null,
  sessions: {
    max: 1_000,
    // The largest piece of sound that a vendor takes in one event is 15 MiB.
    maxMessage: 16 * 1_048_576,
    // Vendors end their sessions after an hour or less.
    maxTime: 3_600_000,
    // A forgotten tab costs a slot at the vendor, and money where silence is heard.
    idle: 900_000,
    pingEvery: 20_000,
  },
  keys: [],
  hosts: [],
  cors: [],
};

// About a hundred thousand attempts per file, and one older file beside it: a month of a small service.
export const defaultLedger: LedgerRules = { memory: 1_000, maxSize: 64 * 1_048_576 };

/** Private hosts that a request may name while only this machine can reach the gateway. */
export const localHosts: readonly string[] = ["localhost", "127.0.0.1", "::1", "host.docker.internal"];
