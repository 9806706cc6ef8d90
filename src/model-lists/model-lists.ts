// The lists of models that the providers of a configuration give: fetched in the background at the start and then once a
// period, never in a request's way. A failure keeps the last list; the third in a row is logged.
import type { Clock, Random } from "../core/clock.ts";
import type { ListedModel, ListStatus, ModelLists } from "../core/models.ts";
import type { TargetProtocol } from "../core/protocol.ts";
import type { ProviderRow } from "../core/provider.ts";
import type { Key, ProviderRules, Rules } from "../core/rules.ts";
import type { Transport } from "../core/transport.ts";
import { Canceller } from "../domain/cancellation.ts";
import { durationText } from "../domain/duration-text.ts";
import { fetchList, type FetchedList } from "./fetch-list.ts";
import { forget, newState, type ProviderState, rest } from "./provider-state.ts";

/** The time limit of a whole list, in milliseconds. */
const LONGEST = 30_000;
/** Lists that are fetched at the same time. */
const MOST_AT_ONCE = 4;
/** Milliseconds until a failed list is tried again; it doubles with each failure, up to the period. */
const FIRST_WAIT = 60_000;
/** Failures in a row until the log tells of them: an outage has lines of its own, for the calls that it hits. */
const TOLD_AFTER = 3;
/** The share of a period by which it varies: gateways that start together ask apart. */
const JITTER = 0.2;

/** The key for a list; `untilMs`: all keys cool down for so long. */
export type ListKey =
  | { readonly kind: "key"; readonly key: Key | null }
  | { readonly kind: "cooling-down"; readonly untilMs: number; readonly reason: string };

export interface ListParts {
  readonly rules: () => Rules;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: Random;
  readonly protocolOf: (name: ProviderRow["protocol"]) => TargetProtocol | undefined;
  readonly keyFor: (provider: ProviderRules) => ListKey;
  readonly warn: (message: string) => void;
}

export interface BackgroundLists extends ModelLists {
  /** The configuration has changed. */
  follow(): void;
  /** A provider has not answered yet, well or badly, since its list was first asked for. */
  readonly isEarly: boolean;
  /** Resolves when the lists are no longer early, or after `limit` milliseconds. */
  arrived(limit: number): Promise<void>;
  status(): readonly ListStatus[];
  close(): void;
}

export function createModelLists(parts: ListParts): BackgroundLists {
  return new Lists(parts);
}

class Lists implements BackgroundLists {
  readonly #parts: ListParts;
  /** By name and address: a reload keeps the lists of what stays. */
  readonly #states = new Map<string, ProviderState>();
  #byProvider = new WeakMap<ProviderRules, ProviderState>();
  readonly #queue: ProviderState[] = [];
  #running = 0;
  #rules: Rules | null = null;
  #isAwake = false;
  #usualOnly = true;
  #isClosed = false;
  /** Those who wait for the first lists. */
  readonly #waiting = new Set<() => void>();
  version = 0;

  constructor(parts: ListParts) {
    this.#parts = parts;
  }

  listOf(provider: ProviderRules): readonly ListedModel[] | null {
    return this.#byProvider.get(provider)?.models ?? null;
  }

  find(provider: ProviderRules, model: string): ListedModel | null {
    return this.#byProvider.get(provider)?.byId.get(model) ?? null;
  }

  wake(usualOnly = false): void {
    const isNews = !this.#isAwake || (this.#usualOnly && !usualOnly);
    this.#isAwake = true;
    this.#usualOnly &&= usualOnly;
    if (isNews) this.#rules = null;
    this.follow();
  }

  follow(): void {
    const rules = this.#parts.rules();
    if (!this.#isAwake || this.#isClosed || this.#rules === rules) return;
    this.#rules = rules;
    this.#byProvider = new WeakMap();
    const gone = new Map(this.#states);
    for (const provider of rules.providers.values()) {
      const place = `${provider.name} ${provider.baseUrl}`;
      const state = this.#states.get(place) ?? newState(provider);
      gone.delete(place);
      state.provider = provider;
      this.#states.set(place, state);
      this.#byProvider.set(provider, state);
      // Its places have the same models: one list is for all of them.
      for (const place of provider.places?.providers ?? []) this.#byProvider.set(place, state);
      if (!this.#isAsked(provider)) {
        forget(state);
        continue;
      }
      // The operator may have mended what failed.
      if (state.failure !== null) rest(state);
      this.#keepUp(state);
    }
    for (const [place, state] of gone) {
      forget(state);
      this.#states.delete(place);
    }
    this.version += 1;
  }

  get isEarly(): boolean {
    for (const { provider, models, failures, hasNone } of this.#states.values())
      if (models === null && failures === 0 && !hasNone && this.#isAsked(provider)) return true;
    return false;
  }

  async arrived(limit: number): Promise<void> {
    if (!this.isEarly) return;
    await new Promise<void>((resolve) => {
      const leave = (): void => {
        stopTimer();
        this.#waiting.delete(leave);
        resolve();
      };
      const stopTimer = this.#parts.clock.after(limit, leave);
      this.#waiting.add(leave);
    });
  }

  status(): readonly ListStatus[] {
    return [...this.#states.values()].map((state) => ({
      provider: state.provider.name,
      state: this.#wordFor(state),
      models: state.models?.length ?? null,
      at: state.at === null ? null : new Date(state.at).toISOString(),
      failure: state.failure,
    }));
  }

  close(): void {
    this.#isClosed = true;
    this.#queue.length = 0;
    for (const state of this.#states.values()) state.stop?.();
    for (const leave of this.#waiting) leave();
  }

  #wordFor(state: ProviderState): ListStatus["state"] {
    const { provider, failure, hasNone, models } = state;
    if (this.#period === null || provider.modelList === false) return "off";
    if (failure !== null) return "failed";
    if (hasNone || !this.#isWanted(provider)) return "none";
    return models === null ? "waiting" : "listed";
  }

  get #period(): number | null {
    return this.#rules?.server.modelLists ?? null;
  }

  #isAsked(provider: ProviderRules): boolean {
    return this.#isWanted(provider) && this.#isDue(provider);
  }

  /** It has a list, and the operator has not switched it off. */
  #isWanted(provider: ProviderRules): boolean {
    const isSilent = provider.modelList === false || provider.namedOnly === true;
    return this.#period !== null && !isSilent && this.#protocolOf(provider) !== undefined;
  }

  /** See `ModelLists.wake`. */
  #isDue({ baseUrl, row }: ProviderRules): boolean {
    return !this.#usualOnly || this.#rules?.server.modelListsAtStart === true || baseUrl === row.baseUrl;
  }

  /** The protocol in which it lists its models; undefined: it has no list. */
  #protocolOf({ row }: ProviderRules): TargetProtocol | undefined {
    if (row.listsModels === false) return undefined;
    const names = [
      row.protocol,
      ...(row.operations === undefined ? [] : [row.operations]),
      ...Object.values(row.apis ?? {}),
    ];
    return names.map((name) => this.#parts.protocolOf(name)).find((protocol) => protocol?.egress.models !== undefined);
  }

  /** A state that neither waits nor is fetched is asked now. */
  #keepUp(state: ProviderState): void {
    if (state.stop !== null || this.#queue.includes(state)) return;
    this.#queue.push(state);
    this.#next();
  }

  #next(): void {
    while (this.#running < MOST_AT_ONCE) {
      const state = this.#queue.shift();
      if (state === undefined) return;
      this.#running += 1;
      void this.#ask(state).finally(() => {
        this.#running -= 1;
        this.#next();
      });
    }
  }

  async #ask(state: ProviderState): Promise<void> {
    const { provider } = state;
    const { clock, transport, keyFor } = this.#parts;
    const protocol = this.#protocolOf(provider);
    if (protocol?.egress.models === undefined) return;
    const choice = keyFor(provider);
    if (choice.kind === "cooling-down") {
      this.#settle(state, {
        kind: "failed",
        message: `API key cooling down (${choice.reason})`,
        waitMs: choice.untilMs,
      });
      return;
    }
    const canceller = new Canceller();
    let isOver = false;
    const stopTimer = clock.after(LONGEST, () => canceller.cancel(), "background");
    state.stop = () => {
      isOver = true;
      canceller.cancel();
    };
    const { models: reader } = protocol.egress;
    const question = { provider, key: choice.key, reader, protocol, cancellation: canceller };
    const fetched = await fetchList(question, { transport, clock });
    stopTimer();
    // Closed, or no longer configured.
    if (!isOver) this.#settle(state, canceller.cancelled ? TIMED_OUT : fetched);
  }

  #settle(state: ProviderState, fetched: FetchedList): void {
    state.hasNone = fetched.kind === "none";
    if (fetched.kind === "failed") this.#fail(state, fetched.message);
    else {
      [state.failure, state.failures] = [null, 0];
      if (fetched.kind === "listed") this.#take(state, fetched.models);
    }
    if (!this.isEarly) for (const leave of this.#waiting) leave();
    const wait = this.#waitAfter(state, fetched);
    const { clock } = this.#parts;
    const again = (): void => {
      state.stop = null;
      if (this.#isAsked(state.provider)) this.#keepUp(state);
    };
    state.stop = clock.after(wait, again, "background");
  }

  #fail(state: ProviderState, message: string): void {
    state.failures += 1;
    state.failure = message;
    if (state.failures !== TOLD_AFTER) return;
    const { provider, models } = state;
    const ending = models === null ? "" : "; the last list stays";
    this.#parts.warn(`the list of models of "${provider.name}" did not come: ${message}${ending}`);
  }

  #take(state: ProviderState, models: readonly ListedModel[]): void {
    state.at = this.#parts.clock.wall();
    const text = JSON.stringify(models);
    // What was computed from an equal list stays valid.
    if (state.models !== null && text === state.text) return;
    state.text = text;
    state.models = models;
    state.byId = new Map(models.map((model) => [model.id, model]));
    this.version += 1;
  }

  #waitAfter({ failures }: ProviderState, fetched: FetchedList): number {
    const period = this.#period ?? 0;
    const varied = (wait: number): number => wait * (1 + JITTER * (this.#parts.random() - 0.5));
    if (fetched.kind !== "failed") return varied(period);
    const backoff = Math.min(period, FIRST_WAIT * 2 ** Math.min(20, failures - 1));
    return Math.min(LONGEST_TIMER, Math.max(varied(backoff), fetched.waitMs ?? 0));
  }
}

/** 24 days: longer timers overflow. */
const LONGEST_TIMER = 24 * 24 * 3_600_000;

const TIMED_OUT: FetchedList = { kind: "failed", message: `no list within ${durationText(LONGEST)}`, waitMs: null };
