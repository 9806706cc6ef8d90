// Bugs on purpose, each put in place of one of the gateway's parts: what the simulation must find if it is to be trusted.
// Nothing of this is in the product.
import type { Source, Transport } from "../../src/core/transport.ts";
import { parseDuration } from "../../src/domain/duration.ts";
import type { RouteNode, Rules } from "../../src/core/rules.ts";
import type { TargetState } from "../../src/attempt/target-state/target-state.ts";
import type { Handle } from "../../src/gateway.ts";
import type { Parts } from "../../src/gateway-parts.ts";
import { GatewayFailure } from "../../src/core/failure.ts";
import type { RunOptions } from "./run.test-support.ts";
import type { LogLine } from "./schedule.test-support.ts";

export interface Planted extends RunOptions {
  readonly name: string;
  /** The clauses of which one is broken by it. */
  readonly clauses: readonly string[];
}

export const planted: readonly Planted[] = [
  { name: "double ending", clauses: ["F2"], wrap: withTwoEndings },
  { name: "missed cancel", clauses: ["F11"], tamper: (parts) => ({ ...parts, transport: deaf(parts.transport) }) },
  { name: "probe leak", clauses: ["F13"], tamper: forgetTickets },
  { name: "a path that takes and does not report", clauses: ["F13"], tamper: keepWhatWasTaken },
  { name: "budget overrun", clauses: ["F13"], tamper: spendWithoutEnd },
  { name: "duplicated text", clauses: ["F3"], wrap: withEchoes },
  { name: "truncation as a success", clauses: ["F1"], wrap: withoutErrors },
  {
    name: "an unknown ending as a success",
    clauses: ["F1", "F14"],
    tamper: (parts) => ({ ...parts, transport: trusting(parts.transport) }),
  },
  { name: "deadline doubled", clauses: ["F4"], wrap: doubleDeadlines },
  { name: "wait hints unheard", clauses: ["F5"], tamper: (parts) => ({ ...parts, transport: hasty(parts.transport) }) },
  { name: "the caller's mistake sent on", clauses: ["F7"], tamper: leaveMistakes },
  { name: "its own mistake taken for the caller's", clauses: ["F7"], tamper: blameCallers },
  { name: "unfit targets asked", clauses: ["F8"], tamper: (parts) => ({ ...parts, unfitFor: () => () => null }) },
  { name: "the gateway's own key refused", clauses: ["F9"], wrap: withUnauthorized },
  { name: "attempts withheld", clauses: ["F10"], wrap: withoutAttempts },
  { name: "reading ahead", clauses: ["F12"], tamper: (parts) => ({ ...parts, transport: greedy(parts.transport) }) },
  { name: "a ledger written twice", clauses: ["F10", "F14"], tamper: writeTwice },
  { name: "a limit without effect", clauses: ["concurrency"], tamper: letEverybodyIn },
  { name: "no signs of life", clauses: ["F18"], wrap: withoutSigns },
  { name: "signs of life of another protocol", clauses: ["F18"], tamper: sameSignForAll },
  { name: "a status too soon", clauses: ["F18"], tamper: commitAtOnce },
  { name: "slowness taken for usual", clauses: ["F19"], tamper: bearSlowness },
  { name: "calls refused while it stops", clauses: ["F20"], tamper: refuseLatecomers },
  { name: "ready until it is gone", clauses: ["F20"], tamper: (parts) => ({ ...parts, draining: () => false }) },
  { name: "a circuit that opens in silence", clauses: ["F21"], muffle: without("circuit_opened") },
  { name: "a key that cools down in silence", clauses: ["F21"], muffle: without("key_cooling_down") },
  { name: "a failure without a line", clauses: ["F21"], muffle: without("request_failed") },
  { name: "a break without a line", clauses: ["F21"], muffle: without("stream_broke") },
  { name: "a prompt in the log", clauses: ["F21"], muffle: quoteQuestions },
  { name: "attempts that the headers withhold", clauses: ["F21"], wrap: withoutAttemptsHeader },
  { name: "a repetition that asks again", clauses: ["F22"], tamper: forgetAnswers },
  { name: "an Idempotency-Key for everybody", clauses: ["F22"], tamper: forgetCallers },
  { name: "half an answer for who comes back", clauses: ["F22"], wrap: cutReplays },
];

/** The last piece of a stream comes again. */
function withTwoEndings(handle: Handle): Handle {
  return mapStreams(handle, (source) => {
    let last: Uint8Array | string | null = null;
    let isOver = false;
    return {
      async next() {
        if (isOver) return null;
        const piece = await source.next();
        isOver = piece === null;
        if (piece !== null) last = piece;
        return piece ?? last;
      },
      cancel: () => source.cancel(),
    };
  });
}

/** In all protocols: what ends an answer. */
const ends = /finish|stop|completed|incomplete|failed|\[DONE\]|error/iu;

/** Every third piece comes twice, endings apart. */
function withEchoes(handle: Handle): Handle {
  return mapStreams(handle, (source) => {
    let count = 0;
    let again: Uint8Array | string | null = null;
    return {
      async next() {
        const piece = again ?? (await source.next());
        const isEnding = piece !== null && ends.test(typeof piece === "string" ? piece : Buffer.from(piece).toString());
        if (again === null && piece !== null && !isEnding) {
          count += 1;
          if (count % 3 === 0) {
            again = piece;
            return piece;
          }
        }
        again = null;
        return piece;
      },
      cancel: () => source.cancel(),
    };
  });
}

function mapStreams(
  handle: Handle,
  change: (source: Source<Uint8Array | string>) => Source<Uint8Array | string>,
): Handle {
  return async (request, cancellation) => {
    const reply = await handle(request, cancellation);
    const { body } = reply;
    return body !== null && typeof body === "object" && "next" in body ? { ...reply, body: change(body) } : reply;
  };
}

/** Does not hear that a request is not wanted any more. */
function deaf(transport: Transport): Transport {
  const never = { cancelled: false, onCancel: () => () => {} };
  return { send: (request) => transport.send({ ...request, cancellation: never }), close: () => transport.close() };
}

/** What a probe came to is lost. */
function forgetTickets(parts: Parts): Parts {
  return withStates(parts, ({ breaker }) => {
    const report = breaker.report.bind(breaker);
    breaker.answering = () => {};
    breaker.report = (rules, told) => {
      if (told.ticket === 0) report(rules, told);
    };
  });
}

/** Each state is changed once, when its target is asked first. */
function withStates(parts: Parts, change: (state: TargetState) => void): Parts {
  const changed = new Set<TargetState>();
  const of = parts.states.of.bind(parts.states);
  parts.states.of = (target) => {
    const state = of(target);
    if (!changed.has(state)) change(state);
    changed.add(state);
    return state;
  };
  return parts;
}

/** A path that takes and does not report: who is cancelled leaves with all that was taken for it. */
function keepWhatWasTaken(parts: Parts): Parts {
  return withStates(parts, ({ metrics, limiter }) => {
    const [ended, release] = [metrics.recordEnd.bind(metrics), limiter.release.bind(limiter)];
    metrics.recordEnd = (end) => {
      if (end.verdict !== "cancelled") ended(end);
    };
    limiter.release = (verdict, over) => {
      if (verdict !== "cancelled") release(verdict, over);
    };
  });
}

function spendWithoutEnd(parts: Parts): Parts {
  parts.budget.mayRetry = () => true;
  parts.budget.spend = () => true;
  return parts;
}

/** Of a stream that broke, the caller hears that it ended. */
function withoutErrors(handle: Handle): Handle {
  const end = { choices: [{ index: 0, delta: {}, finish_reason: "stop" }] };
  const ended = mapStreams(handle, (source) => ({
    async next() {
      const piece = await source.next();
      const isError = typeof piece === "string" && piece.startsWith("event: error");
      return isError ? `data: ${JSON.stringify(end)}\n\ndata: [DONE]\n\n` : piece;
    },
    cancel: () => source.cancel(),
  }));
  // The end that it tells is one of this protocol.
  return (request, cancellation) =>
    (request.path.endsWith("/chat/completions") ? ended : handle)(request, cancellation);
}

function doubleDeadlines(handle: Handle): Handle {
  return (request, cancellation) => {
    const limit = parseDuration(request.headers["x-understudy-timeout"] ?? "");
    if (limit === null) return handle(request, cancellation);
    const headers = { ...request.headers, "x-understudy-timeout": `${limit * 2}ms` };
    return handle({ ...request, headers }, cancellation);
  };
}

/** Vendors' hints are lost on the way. */
function hasty(transport: Transport): Transport {
  return {
    async send(request) {
      const response = await transport.send(request);
      const kept = Object.entries(response.headers).filter(([name]) => !/^(retry-after|x-should-retry)/u.test(name));
      return { ...response, headers: Object.fromEntries(kept) };
    },
    close: () => transport.close(),
  };
}

/** Whatever word ends an answer, it is taken for a good one. */
function trusting(transport: Transport): Transport {
  const good = { finish_reason: "stop", stop_reason: "end_turn", finishReason: "STOP" } as const;
  const odd =
    /"(finish_reason|stop_reason|finishReason)":"(?:abort|error|TIMEOUT|Network-Error|cancelled|other|x\w*)"/gu;
  return {
    async send(request) {
      const response = await transport.send(request);
      const next = async (): Promise<Uint8Array | null> => {
        const bytes = await response.body.next();
        if (bytes === null) return null;
        const text = Buffer.from(bytes).toString("latin1");
        const trusted = text.replace(odd, (_, name: keyof typeof good) => `"${name}":"${good[name]}"`);
        return Buffer.from(trusted, "latin1");
      };
      return { ...response, body: { next, cancel: () => response.body.cancel() } };
    },
    close: () => transport.close(),
  };
}

/** What a vendor says is read as fast as it comes, whether the caller reads or not. */
function greedy(transport: Transport): Transport {
  return {
    async send(request) {
      const response = await transport.send(request);
      const { body } = response;
      const read: Promise<Uint8Array | null>[] = [];
      const readOn = async (): Promise<void> => {
        for (;;) {
          const next = body.next();
          next.catch(() => {});
          read.push(next);
          if ((await next) === null) return;
        }
      };
      readOn().catch(() => {});
      let given = 0;
      const next = async (): Promise<Uint8Array | null> => {
        given += 1;
        return read[given - 1] ?? null;
      };
      return { ...response, body: { next, cancel: () => body.cancel() } };
    },
    close: () => transport.close(),
  };
}

/** Every node leaves a target for a refusal, whoever wrote what was refused. */
function leaveMistakes(parts: Parts): Parts {
  // The usual list is one for all gateways: what is changed is a copy of the tree, made once for each configuration.
  const leave = (node: RouteNode): RouteNode => {
    if (node.kind === "target" || node.kind === "when" || node.trigger.kind !== "verdicts") return node;
    const verdicts = new Set([...node.trigger.verdicts, "bad_request" as const]);
    return { ...node, trigger: { ...node.trigger, verdicts }, children: node.children.map(leave) };
  };
  return withRules(parts, (rules) => {
    const routes = new Map([...rules.routes].map(([name, route]) => [name, { ...route, node: leave(route.node) }]));
    return { ...rules, routes };
  });
}

/** Whose body it was is forgotten before it is sent. */
function blameCallers(parts: Parts): Parts {
  const { keeper } = parts;
  const read: typeof keeper.read = (question) => {
    for (const attempt of question.exchange.attempts) attempt.rewritten = undefined;
    return keeper.read(question);
  };
  return { ...parts, keeper: { ...keeper, read } };
}

function withUnauthorized(handle: Handle): Handle {
  return async (request, cancellation) => {
    const reply = await handle(request, cancellation);
    const isBadKey = typeof reply.body === "string" && /"bad_key"/u.test(reply.body);
    return isBadKey && reply.status === 502 ? { ...reply, status: 401 } : reply;
  };
}

function withoutAttempts(handle: Handle): Handle {
  return async (request, cancellation) => {
    const reply = await handle(request, cancellation);
    if (typeof reply.body !== "string" || reply.status < 400) return reply;
    const told = JSON.parse(reply.body) as object;
    return { ...reply, body: JSON.stringify({ ...told, attempts: [] }) };
  };
}

function writeTwice(parts: Parts): Parts {
  const { recorder } = parts;
  const callEnded: typeof recorder.callEnded = (end) => {
    recorder.callEnded(end);
    recorder.callEnded(end);
  };
  return { ...parts, recorder: { ...recorder, callEnded } };
}

function letEverybodyIn(parts: Parts): Parts {
  return withStates(parts, ({ limiter }) => {
    limiter.acquire = () => {
      limiter.acquireAlways();
      return null;
    };
  });
}

function withoutSigns(handle: Handle): Handle {
  return async (request, cancellation) => {
    const { silence: _silence, ...reply } = await handle(request, cancellation);
    return reply;
  };
}

function sameSignForAll(parts: Parts): Parts {
  const protocols = Object.fromEntries(
    Object.entries(parts.protocols).flatMap(([name, protocol]) => {
      if (protocol === undefined) return [];
      const stream = { ...protocol.chat.stream, signOfLife: ": keep-alive\n\n" };
      return [[name, { ...protocol, chat: { ...protocol.chat, stream } }]];
    }),
  );
  return { ...parts, protocols };
}

/** The head of a stream is sent as soon as possible. */
function commitAtOnce(parts: Parts): Parts {
  return withRules(parts, (rules) => ({ ...rules, server: { ...rules.server, keepAlive: 10 } }));
}

/** A copy of the rules for each configuration. */
function withRules(parts: Parts, change: (rules: Rules) => Rules): Parts {
  const copies = new WeakMap<Rules, Rules>();
  return {
    ...parts,
    rules() {
      const rules = parts.rules();
      const copy = copies.get(rules) ?? change(rules);
      copies.set(rules, copy);
      return copy;
    },
  };
}

/** Whatever a first token takes, it is usual. */
function bearSlowness(parts: Parts): Parts {
  return withStates(parts, ({ timeouts, breaker }) => {
    const [answered, report] = [timeouts.recordAnswer.bind(timeouts), breaker.report.bind(breaker)];
    timeouts.recordAnswer = (ms, mode, { now }) => answered(ms, mode, { now, slow: Infinity });
    timeouts.first = () => 20_000;
    breaker.report = (rules, told) => report(rules, { ...told, slow: false });
  });
}

function refuseLatecomers(parts: Parts): Parts {
  const refuse: NonNullable<Parts["planning"]["inline"]> = (...asked) => {
    if (parts.draining()) throw new GatewayFailure("The gateway stops.", { code: "draining", status: 503 });
    return parts.planning.inline?.(...asked) ?? null;
  };
  return { ...parts, planning: { ...parts.planning, inline: refuse } };
}

function without(event: LogLine["incident"]["event"]): NonNullable<RunOptions["muffle"]> {
  return (line) => (line.incident.event === event ? null : line);
}

/** A vendor's message quotes the question, and the log quotes the vendor. */
function quoteQuestions(line: LogLine): LogLine {
  return {
    ...line,
    text: line.text.replace("server_error 500", 'server_error 500 ("Tell me something." is too hard)'),
  };
}

function withoutAttemptsHeader(handle: Handle): Handle {
  return async (request, cancellation) => {
    const reply = await handle(request, cancellation);
    const { "x-understudy-attempts": _attempts, ...headers } = reply.headers;
    return { ...reply, headers };
  };
}

function forgetAnswers(parts: Parts): Parts {
  parts.repeatedCalls.answer = () => null;
  return parts;
}

/** All callers are one. */
function forgetCallers(parts: Parts): Parts {
  const { repeatedCalls } = parts;
  const answer = repeatedCalls.answer.bind(repeatedCalls);
  repeatedCalls.answer = (exchange, begin) => {
    const caller = { ...exchange.caller, vendorKey: null };
    return answer({ ...exchange, caller }, begin);
  };
  return parts;
}

/** The last words are missing. */
function cutReplays(handle: Handle): Handle {
  return async (request, cancellation) => {
    const reply = await handle(request, cancellation);
    if (reply.headers["x-understudy-replayed"] !== "true" || typeof reply.body !== "string") return reply;
    return { ...reply, body: reply.body.replace(/w0[^"]*"/u, 'w0 "') };
  };
}
