// The defaults, each with its reason; docs/configuration.md shows the same table.
// Values only: policies.ts merges them with the operator's settings.
import { verdictsWhere, type Verdict } from "../core/verdict.ts";
import type { LedgerRules, ServerRules } from "../core/rules.ts";
import type { Policies } from "./policy-types.ts";

/** Every verdict that leads to the next target by default. `invalid_output` costs a check of each answer: opt-in. */
export const defaultTriggers: ReadonlySet<Verdict> = verdictsWhere(({ leaves }) => leaves);

export const defaultPolicies: Policies = {
  timeout: {
    // A TLS connection across an ocean stands in well under a second: three are two lost packets' worth of patience.
    connect: 3_000,
    // Null: three times what 99 of 100 answers took, within bounds; until that is known 10 s, and 60 s where it is thought.
    firstToken: null,
    // `first_token` covers it: some vendors send the head at once and think afterwards.
    headers: null,
    // Null: vendors send a token or a keep-alive every few seconds, so 15 s of silence is a dead stream; 30 s where it is
    // thought. Less where a target has shown that it never pauses.
    idle: null,
    // As long as the longest timeout of the vendors' own SDKs.
    total: 600_000,
  },
  retry: {
    // One: it heals blips. More would be slower than the stand-in.
    attempts: 1,
    // A person waits that long without leaving; a longer hint means the next target now.
    maxWait: 3_000,
    statuses: null,
    hints: true,
  },
  // Five in a row is no coincidence; half of ten or more within half a minute is none either, and catches a target that
  // answers now and then. The rest doubles to 3 s and no further, so that with the second of slow start traffic is back
  // within five seconds of a recovery; a single probe in three seconds is no load on a vendor.
  breaker: { failures: 5, rate: 0.5, window: 30_000, minimum: 10, rest: 1_000, maxRest: 3_000, slowStart: 1_000 },
  // No limit until a target shows pressure, so nothing is held back that would have been served. Where nobody else is left,
  // a hundred may wait for five seconds: longer, and the answer comes too late for whoever waits.
  concurrency: { max: null, adaptive: true, queue: 100, wait: 5_000 },
  params: {},
  trigger: { kind: "verdicts", verdicts: defaultTriggers, statuses: new Set() },
  midStream: "error",
  price: null,
  requires: null,
};

export const defaultServer: ServerRules = {
  // Loopback: the gateway holds keys, so opening it to a network is the operator's decision.
  host: "127.0.0.1",
  port: 8787,
  // Room for several images in base64, as the vendors allow.
  maxBody: 32 * 1_048_576,
  // No schema of a tool nests deeper; a million brackets would end the parser.
  maxDepth: 64,
  // Orchestrators kill after 30 s.
  grace: 30_000,
  keys: [],
};

export const defaultLedger: LedgerRules = { memory: 1_000, file: null };

/** Hosts that a request may name although they are private, while only this machine can reach the gateway. */
export const localHosts: readonly string[] = ["localhost", "127.0.0.1", "::1", "host.docker.internal"];
