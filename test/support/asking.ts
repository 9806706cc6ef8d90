// A request to a target, as the input of the translation, for tests of the way out.
import { openAttemptRecord } from "../../src/attempt/target/attempt-record.ts";
import { Canceller } from "../../src/domain/cancellation.ts";
import type { Asking, Exchange } from "../../src/core/exchange.ts";
import type { JsonObject } from "../../src/core/json.ts";
import type { Protocol } from "../../src/core/protocol.ts";
import type { TargetNode } from "../../src/core/rules.ts";
import { decodeCall } from "../../src/decode/decode.ts";

export interface AskingOptions {
  readonly target: TargetNode;
  /** The caller's codec. */
  readonly protocol: Protocol;
  readonly body: JsonObject | string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Question extends Asking {
  readonly cancellation: Canceller;
  /** `preparing`, `prepared`, `sent`, `head`: in the order of the calls. */
  readonly told: string[];
}

export function createAsking({ target, protocol, body, headers = {} }: AskingOptions): Question {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const request = { method: "POST", path: "", query: "", headers, body: Buffer.from(text) };
  const call = decodeCall(request, { protocol, endpoint: null, maxDepth: 64 });
  const cancellation = new Canceller();
  const exchange: Exchange = {
    id: "req_1",
    receivedAt: 0,
    receivedWall: 0,
    request,
    cancellation,
    caller: { name: "anonymous", vendorKey: null },
    call,
    route: { name: "r", node: target, total: 600_000 },
    deadline: Infinity,
    attempts: [],
    skipped: [],
    metadata: {},
  };
  const told: string[] = [];
  const key = target.provider.keys[0] ?? null;
  return {
    exchange,
    call,
    target,
    key,
    cancellation,
    told,
    attempt: openAttemptRecord({ target, key, retry: 0 }, 0),
    onPreparing: () => told.push("preparing"),
    onUpload: () => {},
    onPrepared: () => told.push("prepared"),
    onSent: () => told.push("sent"),
    onHead: () => told.push("head"),
    onPart: () => told.push("part"),
  };
}
