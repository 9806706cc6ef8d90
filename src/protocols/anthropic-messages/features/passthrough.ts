// Anthropic's services beside messages: batches of messages, and files. Its clients share /v1/files with OpenAI's: their
// header with the version tells. Source: the API reference (Message Batches, Files).
import type { Json } from "../../../core/json.ts";
import type { PassedFacts, PassedHead, PassedPlace, Passthrough } from "../../../core/passthrough.ts";
import { pathSegments, storedIds } from "../../shared/path-segments.ts";
import { isObject } from "../../shared/read.ts";

const own = /^\/messages\/batches(?:\/|$)/u;
const shared = /^\/(?:files|skills|organizations|usage_report|experimental)(?:\/|$)/u;

function at({ path, headers }: PassedHead): PassedPlace | null {
  const [, rest = ""] = /^(?:\/v1(?=\/))?(\/.+)$/u.exec(path) ?? [];
  const isOwn = own.test(rest) || (shared.test(rest) && headers["anthropic-version"] !== undefined);
  if (!isOwn) return null;
  return { path: () => rest, model: null, ids: pathSegments(rest).slice(1), isComputed: false };
}

function read(body: Json): PassedFacts {
  return { ids: isObject(body) ? storedIds(body, "id") : [], usage: null };
}

export const passthrough: Passthrough = {
  at,
  read,
  // Its SDK sends the next request there, with the client's key.
  nextMember: { name: "results_url", path: "/messages/batches/" },
};
