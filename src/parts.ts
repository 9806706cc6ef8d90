// The default wiring: which tables, transport, policies and stores a gateway is made of, and the running gateway itself.
// Nothing is decided here; every part can be given in place of its default, which is how tests run on a virtual clock.
import { lookAhead, type SampleRequest } from "./as-of-now.ts";
import { Gates } from "./attempt/admission.ts";
import { Health } from "./attempt/health.ts";
import { HedgeShare } from "./attempt/hedge-share.ts";
import { KeyPool } from "./attempt/keys.ts";
import { Measures } from "./attempt/measures.ts";
import { factsFrom } from "./attempt/facts-from.ts";
import { Lessons } from "./attempt/lessons.ts";
import { Patience } from "./attempt/patience.ts";
import { Notices } from "./attempt/notices.ts";
import { hearFrom, tellTo } from "./attempt/share-state.ts";
import { RetryBudget } from "./attempt/budget.ts";
import type { EngineParts } from "./attempt/ask-target.ts";
import type { RouteOutlook } from "./attempt/outlook.ts";
import { nearest } from "./config/nearest.ts";
import { parseDuration } from "./config/duration.ts";
import type { ProtocolName } from "./core/chat.ts";
import type { Clock, Ids, Random } from "./core/clock.ts";
import type { Arrival, TracedReply } from "./core/exchange.ts";
import { GatewayFailure } from "./core/failure.ts";
import type { Protocol } from "./core/protocol.ts";
import type { Key, Rules } from "./core/rules.ts";
import type { Recorder } from "./core/recorder.ts";
import type { SharedState } from "./core/shared-state.ts";
import type { Transport } from "./core/transport.ts";
import { protocolOf } from "./decode/endpoint.ts";
import { handleRequests } from "./gateway.ts";
import { inlineRoute, renderInlineFailure } from "./inline-route.ts";
import { createFetch, type Fetch } from "./listen/fetch.ts";
import { createListener, type Listener } from "./listen/server.ts";
import { refuse } from "./operation.ts";
import type { PlanOptions } from "./plan/plan.ts";
import { createSelection } from "./plan/select.ts";
import { unfitFor } from "./plan/unfit.ts";
import { anthropicMessages } from "./protocols/anthropic-messages/protocol.ts";
import { geminiGenerate } from "./protocols/gemini-generate/protocol.ts";
import { openaiCompletions } from "./protocols/openai-chat/completions/protocol.ts";
import { openaiChat } from "./protocols/openai-chat/protocol.ts";
import { openaiResponses } from "./protocols/openai-responses/protocol.ts";
import { BrokenOff } from "./attempt/broken-off.ts";
import { conversationPrefix } from "./plan/prefix.ts";
import { readRefusals } from "./protocols/refusal.ts";
import { createFileStore } from "./record/file-store.ts";
import { createRecorder } from "./record/recorder.ts";
import { createLedger, type Ledger, type LedgerEntry } from "./record/ledger.ts";
import { createIds, systemClock } from "./system.ts";
import { rememberFacts } from "./translate/facts.ts";
import { boundKey } from "./translate/bound-key.ts";
import { inlineMedia } from "./translate/media.ts";
import { modelOf } from "./translate/outbound.ts";
import { createStateKeeper } from "./translate/state-keeper.ts";
import { createStateStore } from "./translate/state-store.ts";
import type { TranslateParts } from "./translate/translate.ts";
import { readAll } from "./transport/read-all.ts";
import { createSseParser } from "./transport/sse.ts";
import { createTransport } from "./transport/undici.ts";

/** What may be given in place of the real thing. */
export interface GatewayOptions {
  readonly clock?: Clock;
  readonly random?: Random;
  readonly ids?: Ids;
  readonly transport?: Transport;
  /** Where gateways that run side by side tell one another of health and keys. Default: this one is alone. */
  readonly shared?: SharedState;
  /** Told what an operator should know: what in a configuration is probably not as meant, refused keys, lost ledger lines, faults of the gateway's own. Default: standard error. */
  readonly warn?: (message: string) => void;
}

/** All that a request meets on its way. */
export interface Parts extends Omit<EngineParts, "ask">, TranslateParts {
  readonly ids: Ids;
  readonly ledger: Ledger;
  readonly recorder: Recorder;
  readonly planning: PlanOptions;
  readonly parseDuration: (text: string) => number | null;
  readonly startedSeconds: number;
  readonly mintId: (protocol: ProtocolName) => string;
  /** The rules in force; a request reads them where it needs them, a reload swaps them whole. */
  rules(): Rules;
  draining(): boolean;
  protocolAt(path: string): Protocol;
  asFailure(error: unknown): GatewayFailure;
  renderInline(error: unknown, arrival: Arrival): TracedReply | null;
}

export interface Listening {
  readonly url: string;
  readonly port: number;
  /** Stops accepting, lets what is under way end within the grace period, then cuts. */
  close(): Promise<void>;
}

export interface Gateway {
  /** A web-standard `fetch` that needs no socket: `new OpenAI({ fetch: gateway.fetch })`. */
  readonly fetch: Fetch;
  /** Opens the server. Host and port default to the configuration's. */
  listen(where?: { readonly host?: string; readonly port?: number }): Promise<Listening>;
  /** Swaps the rules whole; what is under way goes on as it began. */
  reload(rules: Rules): void;
  /** How a route (or `provider/model`) stands now, and who would be asked next. Throws GatewayFailure for an unknown name. */
  explain(route: string, sample?: SampleRequest): RouteOutlook;
  /** The newest attempts, newest last. */
  attempts(most?: number): readonly LedgerEntry[];
  /** Closes the server, if open, then every connection and store. */
  close(): Promise<void>;
}

/** A gateway on rules that are resolved already. */
export function openGateway(rules: Rules, options: GatewayOptions = {}): Gateway {
  const state = { rules, draining: false };
  const parts = wireParts(state, options);
  const handle = handleRequests(parts);
  const listeners = new Set<Listener>();
  return {
    fetch: createFetch(handle, {
      maxBody: () => state.rules.server.maxBody,
      refuse: (failure, request) => refuse(failure, request, parts),
    }),
    async listen(where = {}) {
      const listener = createListener({
        handle,
        clock: parts.clock,
        maxBody: () => state.rules.server.maxBody,
        grace: () => state.rules.server.grace,
        refuse: (failure, request) => refuse(failure, request, parts),
        onError: (error) => parts.onFault(error),
      });
      const { host, port } = state.rules.server;
      const open = await listener.listen({ host: where.host ?? host, port: where.port ?? port });
      listeners.add(listener);
      return {
        ...open,
        async close() {
          state.draining = true;
          await listener.drain();
          listeners.delete(listener);
        },
      };
    },
    reload(next) {
      state.rules = next;
    },
    explain: (route, sample = {}) => lookAhead(route, sample, parts),
    attempts: (most) => parts.ledger.recent(most),
    async close() {
      state.draining = true;
      await Promise.all([...listeners].map((listener) => listener.drain()));
      await parts.closeAll();
    },
  };
}

/** What the id of an answer begins with. */
const answerIds: Readonly<Record<ProtocolName, string>> = {
  "openai-chat": "chatcmpl-",
  "openai-completions": "cmpl-",
  "openai-responses": "resp_",
  "anthropic-messages": "msg_",
  "gemini-generate": "",
};

/** What changes while a gateway runs. */
export interface GatewayState {
  rules: Rules;
  draining: boolean;
}

/** The parts by themselves, for who puts another one in place of one of them. */
export function wireParts(state: GatewayState, options: GatewayOptions): Parts & { closeAll: () => Promise<void> } {
  const { clock = systemClock, random = Math.random, ids = createIds(), warn = toStandardError } = options;
  const { trustedHosts, ledger: ledgerRules } = state.rules;
  const transport = options.transport ?? createTransport({ trustedHosts });
  // Addresses inside a conversation are a stranger's, so even the hosts that configs may name are closed to them.
  const mediaTransport = options.transport ?? createTransport({ trustedHosts: new Set() });
  const store = ledgerRules.file === null ? null : createFileStore({ file: ledgerRules.file, clock, warn });
  const ledger = createLedger(ledgerRules.memory, store, clock);
  const protocols = {
    "openai-chat": openaiChat,
    "openai-completions": openaiCompletions,
    "openai-responses": openaiResponses,
    "anthropic-messages": anthropicMessages,
    "gemini-generate": geminiGenerate,
  } as const;
  const keeper = createStateKeeper(createStateStore({ clock }));
  const measures = new Measures(clock);
  const onFault = (cause: unknown): void =>
    warn(cause instanceof Error ? (cause.stack ?? cause.message) : String(cause));
  const tell = tellTo(options.shared, onFault);
  const health = new Health(clock, random, { tell });
  const keys = new KeyPool(clock, tell);
  const keysOf = (provider: string): readonly Key[] => state.rules.providers.get(provider)?.keys ?? [];
  const stopListening = hearFrom(options.shared, { health, keys, keysOf });
  return {
    clock,
    random,
    ids,
    ledger,
    recorder: createRecorder([ledger], onFault),
    transport,
    protocols,
    onFault,
    health,
    measures,
    patience: new Patience(clock),
    gates: new Gates(clock),
    selection: createSelection({ facts: factsFrom(health, measures), clock, random }),
    hedges: new HedgeShare(),
    keys,
    budget: new RetryBudget(clock),
    notices: new Notices(clock, warn),
    brokenOff: new BrokenOff(clock, conversationPrefix),
    lessons: new Lessons(clock),
    factsOf: rememberFacts(),
    modelOf,
    unfitFor,
    readRefusals,
    createParser: () => createSseParser(),
    readAll,
    inlineMedia: inlineMedia({ transport: mediaTransport, readAll, clock }),
    keeper,
    boundKey: boundKey({ protocols, keeper }),
    planning: { nearest, inline: inlineRoute },
    parseDuration,
    startedSeconds: Math.floor(clock.wall() / 1000),
    mintId: (protocol) => ids.next(answerIds[protocol]),
    rules: () => state.rules,
    draining: () => state.draining,
    protocolAt: (path) => protocols[protocolOf(path) as keyof typeof protocols],
    renderInline: renderInlineFailure,
    asFailure(error) {
      if (error instanceof GatewayFailure) return error;
      onFault(error);
      return new GatewayFailure("The gateway failed on this request by a fault of its own; its log says more.", {
        code: "internal_error",
        status: 500,
        cause: error,
      });
    },
    async closeAll() {
      stopListening();
      await Promise.all([transport.close(), mediaTransport.close(), ledger.close()]);
    },
  };
}

/** Where the gateway's words to its operator go by default. */
export function toStandardError(message: string): void {
  process.stderr.write(`understudy: ${message}\n`);
}
