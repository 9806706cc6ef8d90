// The fields of a request that a condition may name. They are checked at load: a condition on an unknown field would never
// match, silently. Conditions cannot read headers that carry keys.
import type { Field } from "../../core/condition.ts";
import { didYouMean } from "../../domain/nearest-names.ts";
import type { Path } from "../problem.ts";

/** The facts about a request that conditions can read, with their descriptions. */
export const requestFields = {
  model: "the model that the client asked for",
  stream: "true if the client asks for a stream",
  protocol: "the client's protocol, e.g. openai-chat",
  path: "e.g. /v1/chat/completions",
  reasoning: "true if the client asks for reasoning",
  tools: "true if the request has tools",
  tokens: "input tokens, estimated from the request's size",
  caller: "the name of the gateway key that the client sent",
} as const;

const SCOPES = ["metadata", "params", "request"] as const;
const SECRET = /authorization|cookie|key|token|secret|password/;

/** `metadata.plan`, `params.max_tokens`, `request.headers.x-team`; null, and a problem, if there is no such field. */
export const readFieldName = (
  name: string,
  place: { readonly path: Path; readonly complain: (path: Path, message: string, hint?: string | null) => void },
): Field | null => {
  const [first = "", ...rest] = name.split(".");
  const scope = SCOPES.find((one) => one === first);
  const form = "A field starts with metadata., params. or request.";
  if (scope === undefined) {
    place.complain(place.path, "is not a field of a request", didYouMean(first, SCOPES) ?? form);
    return null;
  }
  if (rest.length === 0 || rest.includes("")) {
    place.complain(place.path, `needs a name after ${scope}.`);
    return null;
  }
  if (scope === "metadata") return { scope, path: [rest.join(".")] };
  if (scope === "params") return { scope, path: rest };
  return readRequestField(rest, place);
};

const readRequestField = (
  [name = "", ...rest]: readonly string[],
  { path, complain }: Parameters<typeof readFieldName>[1],
): Field | null => {
  if (name === "headers" && rest.length > 0) {
    const header = rest.join(".").toLowerCase();
    if (!SECRET.test(header)) return { scope: "request", path: ["headers", header] };
    complain(path, "names a header that may carry an API key; conditions cannot read it");
    return null;
  }
  if (Object.hasOwn(requestFields, name) && rest.length === 0) return { scope: "request", path: [name] };
  const fieldNames = [...Object.keys(requestFields), "headers"];
  const hint = didYouMean(name, fieldNames) ?? `Known: ${fieldNames.map((one) => `request.${one}`).join(", ")}`;
  complain(path, "is not a field of a request", hint);
  return null;
};
