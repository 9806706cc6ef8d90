// The default wiring: which tables, transport, policies and stores a gateway has. It decides nothing. Every part can be
// replaced; tests use that to run on a virtual clock.
import { HedgeBudget } from "./attempt/target-state/hedge-budget.ts";
import { KeyPool } from "./attempt/target-state/key-pool.ts";
import { TargetStates } from "./attempt/target-state/target-state.ts";
import { selectionFactsFrom } from "./attempt/target-state/selection-facts.ts";
import { LearnedLimits } from "./attempt/target-state/learned-limits.ts";
import { OperatorAlerts } from "./attempt/target-state/operator-alerts.ts";
import { receiveGossip, publishGossip } from "./attempt/target-state/gossip.ts";
import { RetryBudget } from "./attempt/target-state/retry-budget.ts";
import type { Ids } from "./core/clock.ts";
import { GatewayFailure } from "./core/failure.ts";
import type { StateChange } from "./core/recorder.ts";
import type { ModelLists } from "./core/models.ts";
import type { TargetProtocol } from "./core/protocol.ts";
import type { SharedState } from "./core/shared-state.ts";
import type { StoredThingStore } from "./core/stored-thing.ts";
import type { Transport } from "./core/transport.ts";
import { createEndpoints } from "./decode/endpoint.ts";
import { ModelsBook } from "./decode/models.ts";
import { RepeatedCalls } from "./decode/repeated-calls.ts";
import { portkeyRoute, renderPortkeyFailure } from "./portkey-route.ts";
import { createSelection } from "./plan/select.ts";
import { capabilityCheck } from "./domain/capability-check.ts";
import { operationsOnly, protocols as withChats, targetOnly } from "./protocols/index.ts";
import { rememberServed } from "./domain/served-models.ts";
import { BrokenOff } from "./attempt/target-state/broken-off.ts";
import { conversationPrefix } from "./domain/conversation-prefix.ts";
import { readRefusals } from "./protocols/shared/refusal.ts";
import { countCalls } from "./record/calls-in-flight.ts";
import { createFileStore } from "./record/file-store.ts";
import { createIncidentLog, type WriteIncident } from "./record/incident-log.ts";
import { createRecorder } from "./record/recorder.ts";
import { createLedger } from "./record/ledger.ts";
import { openStoredThingsFile } from "./record/stored-things-file.ts";
import { createIds, createSystemClock } from "./system-clock.ts";
import { cacheModelFacts } from "./domain/model-facts-cache.ts";
import { keyAffinity } from "./translate/key-affinity.ts";
import { inlineMedia } from "./translate/media.ts";
import { createStateKeeper } from "./translate/state-keeper.ts";
import { StoredThings } from "./translate/stored-things.ts";
import { createStateStore } from "./translate/state-store.ts";
import { type BackgroundLists, createModelLists } from "./model-lists/model-lists.ts";
import { createUndiciTransport } from "./transport/undici.ts";

import { findPlaced } from "./config/places.ts";
import type { GatewayOptions, GatewayState, Parts } from "./gateway-parts.ts";

/** The parts alone, for callers that replace one of them. */
export function wireParts(state: GatewayState, options: GatewayOptions): Parts & { closeAll: () => Promise<void> } {
  const { clock = createSystemClock(), random = Math.random, ids = createIds(), warn = toStandardError } = options;
  const { log = (text: string): void => warn(text) } = options;
  const onFault = (cause: unknown): void =>
    warn(cause instanceof Error ? (cause.stack ?? cause.message) : String(cause));
  const wiring: Wiring = { state, shared: options.shared, clock, random, warn, log, onFault };
  const network = wireNetwork(wiring, options.transport);
  const records = wireRecords(wiring, options.ledgerFile);
  const pool = wireKeys(wiring, records.parts.recorder);
  const modelLists = wireModelLists(wiring, network.parts.transport, pool.keys);
  const servedBy = rememberServed(modelLists);
  const startedSeconds = Math.floor(clock.wall() / 1000);
  const formats = wireProtocols(wiring, ids, { modelLists, things: records.things });
  const engine = wireEngine(wiring, { ...formats, ...pool });
  return {
    clock,
    random,
    ids,
    onFault,
    ...network.parts,
    ...records.parts,
    ...formats,
    ...engine.parts,
    modelLists,
    modelsBook: new ModelsBook({ servedBy, factsOf: formats.factsOf, lists: modelLists, created: startedSeconds }),
    unfitFor: capabilityCheck,
    planning: {
      inline: portkeyRoute,
      providerOf: (ids) => formats.storedThings.find(ids)?.provider ?? null,
      onAlias: (written, name) => engine.parts.alerts.alias(written, name),
      servedBy,
      onUnknown() {
        modelLists.wake(true);
        return modelLists.isEarly;
      },
    },
    startedSeconds,
    rules: () => state.rules,
    sessionLimits: () => state.rules.server.sessions,
    draining: () => state.draining,
    repeatedCalls: new RepeatedCalls(clock),
    renderInline: renderPortkeyFailure,
    asFailure: asFailure(onFault),
    async closeAll() {
      engine.close();
      modelLists.close();
      // Requests that the stop cut are in the ledger as cancelled, not as their vendors' failures.
      await records.settled();
      await network.close();
      await records.close();
    },
  };
}

/** What every part needs. */
interface Wiring extends Pick<Parts, "clock" | "random" | "onFault"> {
  readonly state: GatewayState;
  readonly shared: SharedState | undefined;
  readonly warn: (message: string) => void;
  readonly log: WriteIncident;
}

/** The only outbound network access: vendors, and media that conversations link to. */
function wireNetwork({ state, clock }: Wiring, customTransport: Transport | undefined) {
  const now = (): number => clock.now();
  const transport =
    customTransport ??
    createUndiciTransport({ trustedHosts: state.rules.trustedHosts, proxy: state.rules.server.proxy, now, clock });
  // Addresses inside a conversation come from strangers, so even hosts that the configuration trusts are blocked for
  // them.
  const mediaTransport = customTransport ?? createUndiciTransport({ trustedHosts: new Set(), now });
  const parts = {
    transport,
    inlineMedia: inlineMedia({ transport: mediaTransport, clock }),
  };
  return { parts, close: () => Promise.all([transport.close(), mediaTransport.close()]) };
}

/** The recorder and its listeners: the ledger and the log of incidents. */
function wireRecords({ state, clock, warn, log, onFault }: Wiring, usualFile: string | undefined) {
  const { memory, file: configured, maxSize } = state.rules.ledger;
  const file = configured === undefined ? usualFile : configured;
  const makesFolder = configured === undefined;
  const things = typeof file === "string" ? openStoredThingsFile({ file: `${file}.stored`, clock, warn }) : null;
  const store = typeof file === "string" ? createFileStore({ file, makesFolder, maxSize, clock, warn }) : null;
  const ledger = createLedger(memory, store, clock);
  const incidents = createIncidentLog(clock, log, onFault);
  const calls = countCalls();
  const recorder = createRecorder([ledger, incidents, calls], onFault);
  const close = async (): Promise<void> => {
    await calls.settled();
    incidents.close();
    await ledger.close();
    await things?.close();
  };
  return { parts: { ledger, recorder }, things, settled: () => calls.settled(), close };
}

type ProtocolParts = Pick<
  Parts,
  "protocols" | "targetOnly" | "endpoints" | "mintId" | "readRefusals" | "keeper" | "factsOf" | "storedThings"
>;

const protocols = { ...withChats, ...operationsOnly };

/** The wire formats, the stored state of earlier answers, and the facts about models. */
function wireProtocols(
  { clock }: Wiring,
  ids: Ids,
  { modelLists, things }: { readonly modelLists: ModelLists; readonly things: StoredThingStore | null },
): ProtocolParts {
  return {
    protocols,
    targetOnly,
    endpoints: createEndpoints(protocols),
    mintId: ({ ingress }) => ids.next(ingress.answerIdPrefix),
    readRefusals,
    keeper: createStateKeeper(createStateStore({ clock })),
    storedThings: new StoredThings(things),
    factsOf: cacheModelFacts((provider, model) => modelLists.find(provider, model)),
  };
}

interface KeyParts {
  readonly keys: KeyPool;
  /** Tells the other gateways, and the listeners of this one. */
  readonly publish: (change: StateChange) => void;
}

/** The API keys of all providers. */
function wireKeys({ shared, clock, onFault }: Wiring, recorder: Parts["recorder"]): KeyParts {
  const publishToOthers = publishGossip(shared, onFault);
  const publish = (change: StateChange): void => {
    publishToOthers(change);
    recorder.stateChanged(change);
  };
  return { keys: new KeyPool(clock, publish), publish };
}

/** The lists of models, in the background. */
function wireModelLists({ state, clock, random, warn }: Wiring, transport: Transport, keys: KeyPool): BackgroundLists {
  const all: Readonly<Partial<Record<string, TargetProtocol>>> = { ...protocols, ...targetOnly };
  return createModelLists({
    rules: () => state.rules,
    transport,
    clock,
    random,
    protocolOf: (name) => all[name],
    keyFor(provider) {
      const choice = keys.free(provider);
      return choice.kind === "none-needed" ? { kind: "key", key: null } : choice;
    },
    warn,
  });
}

/** The state of targets, and the strategies that choose between them. */
function wireEngine(wiring: Wiring, { keeper, factsOf, storedThings, keys, publish }: ProtocolParts & KeyParts) {
  const { state, shared, clock, random, warn } = wiring;
  const states = new TargetStates({ clock, random, publish });
  const parts = {
    states,
    keys,
    selection: createSelection({ facts: selectionFactsFrom({ states, keys }), clock, random }),
    hedges: new HedgeBudget(),
    budget: new RetryBudget(clock),
    alerts: new OperatorAlerts(clock, warn),
    brokenOff: new BrokenOff(clock, conversationPrefix),
    learnedLimits: new LearnedLimits(clock),
    keyAffinity: keyAffinity({ protocols, keeper, factsOf, storedThings }),
  };
  return {
    parts,
    close: receiveGossip(shared, { states, keys, providerOf: (name) => findPlaced(state.rules.providers, name) }),
  };
}

/** Reports a fault of the gateway to the operator. The caller gets an error without its details. */
function asFailure(onFault: (cause: unknown) => void): Parts["asFailure"] {
  return (error) => {
    if (error instanceof GatewayFailure) return error;
    onFault(error);
    return new GatewayFailure("Internal error in the gateway; its log has the cause.", {
      code: "internal_error",
      status: 500,
      cause: error,
    });
  };
}

/** Where the gateway's messages to its operator go by default. */
export function toStandardError(message: string): void {
  process.stderr.write(`understudy: ${message}\n`);
}
