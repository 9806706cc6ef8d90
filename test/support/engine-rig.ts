// The engine with scripted vendors and a clock that a test moves: it builds routes in a line, makes calls and reads
// them to their end, and shows what callers, vendors and the ledger see.
import type { EngineParts } from "../../src/attempt/call-run.ts";
import { BrokenOff } from "../../src/attempt/target-state/broken-off.ts";
import { attempt } from "../../src/attempt/attempt.ts";
import { RetryBudget } from "../../src/attempt/target-state/retry-budget.ts";
import { selectionFactsFrom } from "../../src/attempt/target-state/selection-facts.ts";
import { HedgeBudget } from "../../src/attempt/target-state/hedge-budget.ts";
import { KeyPool } from "../../src/attempt/target-state/key-pool.ts";
import { LearnedLimits } from "../../src/attempt/target-state/learned-limits.ts";
import { OperatorAlerts } from "../../src/attempt/target-state/operator-alerts.ts";
import type { TargetMetrics } from "../../src/attempt/target-state/target-metrics.ts";
import { TargetStates } from "../../src/attempt/target-state/target-state.ts";
import { createSelection } from "../../src/plan/select.ts";
import { Canceller } from "../../src/domain/cancellation.ts";
import type { ChatRequest, OutputFormat } from "../../src/core/chat.ts";
import type { Answer, Call, Exchange } from "../../src/core/exchange.ts";
import { GatewayFailure } from "../../src/core/failure.ts";
import type { ListedModel } from "../../src/core/models.ts";
import type { ModelFacts, ProviderRow } from "../../src/core/provider.ts";
import type { BreakerRules, Key, ProviderRules, Route, RouteNode, TargetNode, Trigger } from "../../src/core/rules.ts";
import { verdicts, type Verdict } from "../../src/core/verdict.ts";
import { createRecorder } from "../../src/record/recorder.ts";
import { capabilityCheck } from "../../src/domain/capability-check.ts";
import { bearer } from "../../src/providers/auth/bearer.ts";
import { readRefusals } from "../../src/protocols/shared/refusal.ts";
import { Breakers } from "./breakers.ts";
import { scriptedAsk, type ScriptedAsk, type Step } from "./scripted-ask.ts";
import { seededRandom, VirtualClock } from "./virtual-clock.ts";

export const plainFacts: ModelFacts = {
  contextTokens: null,
  outputTokens: null,
  images: null,
  imageUrls: null,
  pdf: null,
  audio: null,
  tools: null,
  jsonSchema: null,
  jsonWithTools: null,
  logprobs: null,
  multipleChoices: null,
  seed: null,
  penalties: null,
  sampling: null,
  forcedToolChoice: null,
  reasoning: { style: "none" },
  signatures: false,
  systemRole: "system",
  maxTokensField: "max_tokens",
};

export function plainRow(name: string, more: Partial<ProviderRow> = {}): ProviderRow {
  return {
    name,
    title: name,
    protocol: "openai-chat",
    baseUrl: `https://${name}.example/v1`,
    keyVariables: [],
    auth: bearer,
    headers: {},
    quirks: [],
    models: [],
    facts: () => plainFacts,
    ...more,
  };
}

/** An entry of a provider's own list. */
export function listedModel(id: string, facts: ListedModel["facts"] = {}): ListedModel {
  return { id, title: null, created: null, input: null, output: null, facts };
}

export function key(value: string, source = "config"): Key {
  return { kind: "api-key", value, source, label: `${value.slice(0, 1)}…` };
}

export function provider(name: string, more: Partial<ProviderRules> = {}): ProviderRules {
  const row = more.row ?? plainRow(name);
  return { name, row, baseUrl: row.baseUrl ?? "", keys: [key(`${name}-key`)], headers: {}, guarded: false, ...more };
}

/** A recovered target gets its full share at once; the failure rate never opens it. */
export const usualBreaker: BreakerRules = {
  failures: 5,
  rate: 1,
  window: 30_000,
  minimum: 1_000_000,
  slowCall: null,
  slowRate: 1,
  rest: 2_000,
  maxRest: 5_000,
  slowStart: 0,
};

/** `a/m` with the usual policies. */
export function target(name: string, more: Partial<TargetNode> = {}): TargetNode {
  const [vendor = "", model = ""] = name.split("/");
  return {
    kind: "target",
    path: name,
    name,
    provider: provider(vendor),
    model,
    params: {},
    timeout: { connect: 3_000, firstToken: null, headers: null, idle: 15_000, total: 600_000 },
    retry: { attempts: 1, maxWait: 3_000, statuses: null, hints: true },
    breaker: usualBreaker,
    midStream: "error",
    ...more,
  };
}

const stays: ReadonlySet<Verdict> = new Set(["ok", "policy_blocked", "bad_request", "cancelled", "invalid_output"]);
export const usualTrigger: Trigger = {
  kind: "verdicts",
  verdicts: new Set(verdicts.filter((verdict) => !stays.has(verdict))),
  statuses: new Set(),
};
/** The usual one, and refusals lead to the next target too. */
export const refusalTrigger: Trigger = {
  ...usualTrigger,
  verdicts: new Set([...usualTrigger.verdicts, "policy_blocked"]),
};

export function fallback(children: readonly RouteNode[], trigger: Trigger = usualTrigger): RouteNode {
  return { kind: "fallback", path: "r", children, trigger };
}

export interface CallOptions {
  readonly streamed?: boolean;
  /** The caller's time limit in milliseconds, if set. */
  readonly allowed?: number;
  readonly route?: Partial<Route>;
  readonly asksForReasoning?: boolean;
  readonly makesMedia?: boolean;
  readonly body?: Uint8Array;
  readonly fields?: Call["fields"];
  readonly metadata?: Exchange["metadata"];
  /** The requested format of the answer; null: none. */
  readonly output?: OutputFormat | null;
}

export interface Outcome {
  readonly answer: Answer | null;
  readonly failure: GatewayFailure | null;
  readonly exchange: Exchange;
}

export interface Rig extends ScriptedAsk {
  readonly clock: VirtualClock;
  readonly parts: EngineParts;
  readonly health: Breakers;
  readonly measures: { of(name: string): TargetMetrics };
  readonly faults: unknown[];
  /** The operator's alerts. */
  readonly alerts: string[];
  begin(node: RouteNode, options?: CallOptions): { readonly outcome: Promise<Outcome>; readonly canceller: Canceller };
  /** Makes the call and lets as much time pass as it needs. */
  call(node: RouteNode, options?: CallOptions): Promise<Outcome>;
}

export function createRig(script: Readonly<Record<string, readonly Step[]>>, seed = 1): Rig {
  const clock = new VirtualClock();
  const random = seededRandom(seed);
  const states = new TargetStates({ clock, random });
  const keys = new KeyPool(clock);
  const faults: unknown[] = [];
  const alerts: string[] = [];
  const asks = scriptedAsk(clock, script);
  const parts: EngineParts = {
    clock,
    random,
    states,
    selection: createSelection({ facts: selectionFactsFrom({ states, keys }), clock, random }),
    hedges: new HedgeBudget(),
    keys,
    budget: new RetryBudget(clock),
    alerts: new OperatorAlerts(clock, (message) => alerts.push(message)),
    brokenOff: new BrokenOff(clock, ({ body }) => (body.length === 0 ? null : body)),
    ask: asks.ask,
    recorder: createRecorder([], () => {}),
    onFault: (cause) => faults.push(cause),
    learnedLimits: new LearnedLimits(clock),
    factsOf: ({ row }, model) => row.facts(model),
    unfitFor: capabilityCheck,
    readRefusals,
  };
  const service = attempt(parts);
  const begin: Rig["begin"] = (node, options = {}) => {
    const canceller = new Canceller();
    const exchange = openExchange(node, { options, canceller, now: clock.now() });
    const outcome = service(exchange).then(
      (answer) => {
        if (answer.kind === "estimate") throw new Error("a conversation was estimated");
        return { answer, failure: null, exchange };
      },
      (error: unknown) => {
        if (!(error instanceof GatewayFailure)) throw error;
        return { answer: null, failure: error, exchange };
      },
    );
    return { outcome, canceller };
  };
  return {
    ...asks,
    clock,
    parts,
    health: new Breakers(clock, random, (name) => states.ofKey(name).breaker),
    measures: { of: (name) => states.ofKey(name).metrics },
    faults,
    alerts,
    begin,
    call: (node, options) => clock.finish(begin(node, options).outcome),
  };
}

function openExchange(
  node: RouteNode,
  given: { readonly options: CallOptions; readonly canceller: Canceller; readonly now: number },
): Exchange {
  const { options, canceller, now } = given;
  const total = options.route?.total ?? 600_000;
  const body = options.body ?? new Uint8Array(0);
  const call: Call = {
    protocol: "openai-chat",
    task: "chat",
    conversationMember: "messages",
    model: "r",
    stream: options.streamed ?? false,
    body,
    fields: options.fields ?? new Map(),
    asksForReasoning: options.asksForReasoning ?? false,
    makesMedia: options.makesMedia,
    bringsTools: () => options.fields?.has("tools") === true,
    chat: () => ({ output: options.output ?? null, sampling: {}, messages: [], tools: [] }) as unknown as ChatRequest,
  };
  return {
    id: "req_1",
    receivedAt: now,
    receivedWall: 0,
    request: { method: "POST", path: "/v1/chat/completions", query: "", headers: {}, body },
    cancellation: canceller,
    caller: { name: "anonymous", vendorKey: null },
    call,
    route: { name: "r", node, ...options.route, total },
    deadline: now + Math.min(total, options.allowed ?? Infinity),
    attempts: [],
    skipped: [],
    metadata: options.metadata ?? {},
  };
}

/** The verdicts of a call's attempts, as `a/m:ok`. */
export function verdictsOf({ exchange }: Outcome): string[] {
  return exchange.attempts.map((one) => `${one.target}:${one.verdict ?? "running"}`);
}

/** Reads a stream to its end: the words, and the verdict of its failure, if it failed. */
export async function readStream(rig: Rig, { answer }: Outcome): Promise<{ words: string; failures: Verdict[] }> {
  if (answer?.kind !== "stream") throw new Error("no stream was answered");
  const failures: Verdict[] = [];
  let words = "";
  for (;;) {
    const piece = await rig.clock.finish(answer.pieces.next());
    if (piece === null) return { words, failures };
    for (const event of piece.events) {
      if (event.type === "text-delta") words += event.text;
      if (event.type === "failure") failures.push(event.failure.verdict);
    }
  }
}
