// Asks one provider for the list of its models, page by page, over the gateway's own transport with its guards. The time,
// the bytes and the pages have limits. It never throws, and no key is in what it returns.
import type { Clock } from "../core/clock.ts";
import type { WireFailure } from "../core/failure.ts";
import type { ListedModel, ListedPage, ModelsReader } from "../core/models.ts";
import type { TargetProtocol } from "../core/protocol.ts";
import type { Key, ProviderRules } from "../core/rules.ts";
import { type Cancellation, type InboundResponse, type Transport, TransportFailure } from "../core/transport.ts";
import { basePathFor } from "../domain/base-path.ts";
import { parseJson } from "../domain/parse-body.ts";
import { readAll } from "../domain/read-all.ts";
import { mask, masksFor } from "../domain/secret-masks.ts";
import { viewBytes } from "../domain/view-bytes.ts";
import { boundedList, MOST_MODELS } from "./bounded-list.ts";

const MOST_BYTES = 16 * 1024 * 1024;
const MOST_ERROR_BYTES = 64 * 1024;
const MOST_PAGES = 100;
const LONGEST_MESSAGE = 200;

export type FetchedList =
  | { readonly kind: "listed"; readonly models: readonly ListedModel[] }
  /** The provider has no such path. */
  | { readonly kind: "none" }
  /** `waitMs`: how long the vendor asks to wait; null: it does not say. */
  | { readonly kind: "failed"; readonly message: string; readonly waitMs: number | null };

export interface ListQuestion {
  readonly provider: ProviderRules;
  /** Null: it needs none. */
  readonly key: Key | null;
  readonly protocol: Pick<TargetProtocol, "name" | "failure">;
  readonly reader: ModelsReader;
  readonly cancellation: Cancellation;
}

export interface FetchParts {
  readonly transport: Transport;
  readonly clock: Clock;
}

/** Statuses of servers without a list. */
const absent: ReadonlySet<number> = new Set([404, 405, 501]);

export async function fetchList(question: ListQuestion, parts: FetchParts): Promise<FetchedList> {
  const models: ListedModel[] = [];
  let [after, bytes]: [string | null, number] = [null, 0];
  try {
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const answer = await fetchPage(question, { after, most: MOST_BYTES - bytes }, parts);
      if ("kind" in answer) return answer;
      models.push(...answer.page.models);
      bytes += answer.size;
      const { next } = answer.page;
      if (next === null || next === after || models.length >= MOST_MODELS) break;
      after = next;
    }
    return { kind: "listed", models: boundedList(models) };
  } catch (error) {
    return failed(question, explain(error));
  }
}

/** Without the key, and short. */
function failed({ provider, key }: ListQuestion, message: string, waitMs: number | null = null): FetchedList {
  const masked = mask(message, masksFor({ key, provider })).replaceAll(/\s+/gu, " ");
  return { kind: "failed", message: masked.toWellFormed().slice(0, LONGEST_MESSAGE), waitMs };
}

function explain(error: unknown): string {
  if (error instanceof TransportFailure) return error.wire.message;
  return error instanceof RangeError ? "the list is too large" : "the answer could not be read";
}

interface Asked {
  readonly after: string | null;
  /** Bytes. */
  readonly most: number;
}

async function fetchPage(
  question: ListQuestion,
  { after, most }: Asked,
  parts: FetchParts,
): Promise<FetchedList | { readonly page: ListedPage; readonly size: number }> {
  const headers = await signedHeaders(question, after, parts);
  if ("waitMs" in headers) return failed(question, headers["message"] ?? "");
  const { origin, path } = addressOf(question, after);
  const { provider, cancellation, reader } = question;
  const response = await parts.transport.send({
    origin,
    path,
    method: "GET",
    headers,
    body: null,
    guarded: provider.guarded,
    cancellation,
    onSent: () => {},
  });
  if (response.status !== 200) return refused(question, response);
  const body = await readAll(response.body, most);
  const json = parseJson(viewBytes(body).toString("utf8"));
  const page = json === undefined ? null : reader.read(json);
  return page === null ? failed(question, "the answer is not a list of models") : { page, size: body.byteLength };
}

function addressOf(
  { provider, protocol, reader }: ListQuestion,
  after: string | null,
): { origin: string; path: string } {
  const url = new URL(provider.baseUrl);
  const prefix = url.pathname.replace(/\/+$/u, "");
  return {
    origin: url.origin,
    path: (basePathFor(provider.row, prefix, protocol.name) ?? prefix) + reader.path(after),
  };
}

/** The row's headers and the operator's, signed with the key. */
function signedHeaders(
  question: ListQuestion,
  after: string | null,
  tools: FetchParts,
): Promise<Record<string, string> | WireFailure> | Record<string, string> | WireFailure {
  const { provider, key, cancellation } = question;
  const { auth, headers: ofRow, versions } = provider.row;
  const headers: Record<string, string> = {
    ...ofRow,
    ...(versions === undefined ? {} : { [versions.header]: versions.usual }),
    accept: "application/json",
    "user-agent": "understudy-gateway",
    ...provider.headers,
  };
  if (key === null || auth === null) return headers;
  const request = { ...addressOf(question, after), method: "GET" as const, headers, body: null, cancellation };
  return auth.sign(request, key, tools);
}

async function refused(question: ListQuestion, response: InboundResponse): Promise<FetchedList> {
  const { status, headers } = response;
  if (absent.has(status)) {
    response.body.cancel();
    return { kind: "none" };
  }
  const text = viewBytes(await readAll(response.body, MOST_ERROR_BYTES)).toString("utf8");
  const { verdict, message, waitMs } = question.protocol.failure.decode(status, headers, text);
  return failed(question, `${status}, ${verdict}: ${message}`, waitMs);
}
