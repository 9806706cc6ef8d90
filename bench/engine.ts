// The engine's cost alone: requests through the whole gateway inside one process, to vendors that answer at once from
// memory. It prints a line of JSON per measurement; the rows of engine.ts in rows/ start it on a core of its own.
import { loadConfigObject } from "../src/config/check.ts";
import { Canceller } from "../src/domain/cancellation.ts";
import type { ClientRequest } from "../src/core/exchange.ts";
import type { InboundResponse, OutboundRequest, Transport } from "../src/core/transport.ts";
import { handleRequests, type Handle } from "../src/gateway.ts";
import { wireParts } from "../src/wire.ts";
import { catalog } from "../src/providers/catalog.ts";
import { chatBody, openAiCompletion } from "./bodies.ts";
import { engineCases, singleTarget, type EngineCase } from "./engine-routes.ts";

/** Requests between two readings of the clock. */
const BATCH = 200;

const completion = Buffer.from(openAiCompletion());

const requestFor = (model: string): ClientRequest => ({
  method: "POST",
  path: "/v1/chat/completions",
  query: "",
  headers: { "content-type": "application/json" },
  body: Buffer.from(chatBody({ model, bytes: 1_024 })),
});

/** Answers at once, from memory. */
const transport: Transport = {
  send: async (outbound: OutboundRequest): Promise<InboundResponse> => {
    outbound.onSent();
    const isDown = outbound.origin.startsWith("http://down.");
    const body = isDown ? Buffer.from('{"error":{"message":"down"}}') : completion;
    let isRead = false;
    const next = async (): Promise<Uint8Array | null> => {
      if (isRead) return null;
      isRead = true;
      return body;
    };
    const headers = { "content-type": "application/json", "content-length": String(body.byteLength) };
    return { status: isDown ? 503 : 200, headers, body: { next, cancel: () => {} } };
  },
  close: async () => {},
};

interface Ready {
  readonly id: string;
  readonly ask: () => Promise<void>;
}

function prepare({ id, config, model }: EngineCase): Ready {
  const { rules } = loadConfigObject(config, { catalog, environment: {} });
  const handle: Handle = handleRequests(wireParts({ rules, draining: false }, { transport, warn: () => {} }));
  const asked: ClientRequest = requestFor(model);
  return {
    id,
    ask: async () => {
      const reply = await handle(asked, new Canceller());
      if (reply.status !== 200) throw new Error(`${id}: status ${reply.status}`);
    },
  };
}

/** Microseconds of CPU time per request, over some milliseconds. */
async function measure({ ask }: Ready, milliseconds: number): Promise<number> {
  const began = performance.now();
  const before = process.cpuUsage();
  let count = 0;
  do {
    for (let each = 0; each < BATCH; each += 1) await ask();
    count += BATCH;
  } while (performance.now() - began < milliseconds);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / count;
}

async function main(): Promise<void> {
  const [rounds = 5, seconds = 6, warmup = 3, ...ids] = process.argv.slice(2);
  const slice = (Number(seconds) * 1_000) / 6;
  const single = prepare(singleTarget);
  const cases = engineCases.filter(({ id }) => ids.length === 0 || ids.includes(id)).map(prepare);
  for (const one of [single, ...cases]) await measure(one, (Number(warmup) * 1_000) / 6);
  for (let round = 1; round <= Number(rounds); round += 1)
    for (const one of cases) {
      // Neighbours in time, before and after, so that drift cancels out.
      const before = await measure(single, slice / 2);
      const micros = await measure(one, slice);
      const after = await measure(single, slice / 2);
      console.log(JSON.stringify({ id: one.id, round, micros, single: (before + after) / 2 }));
    }
}

await main();
