// The common part of all of OpenAI's services: the key, the method, the JSON, and their error messages.
import { asRecord, type JsonRecord } from "../json-record.ts";
import type { DocumentReply, Reply, VendorRequest, World } from "../vocabulary.ts";
import { Complaint, errorReply } from "./envelope.ts";

/** Answers a POST with a JSON body; `reply` returns undefined for an unknown path, and may throw a Complaint. */
export function answerPost(
  request: VendorRequest,
  world: World,
  reply: (body: JsonRecord) => Reply | undefined,
): Reply {
  const refused = refusalOfKey(request, world);
  if (refused !== undefined) return refused;
  if (!servicePaths.includes(request.path)) return noService(request, world);
  if (request.method !== "POST") {
    const message = `Not allowed to ${request.method} on ${request.path}. (HINT: Perhaps you meant to use a different HTTP method?)`;
    return errorReply(world, 405, { message, code: "method_not_supported" });
  }
  const body = asRecord(request.body);
  if (body === undefined) return errorReply(world, 400, { message: unparsable });
  try {
    return reply(body) ?? noService(request, world);
  } catch (error) {
    if (error instanceof Complaint) return errorReply(world, error.status, error.body);
    throw error;
  }
}

const servicePaths: readonly string[] = ["/v1/chat/completions", "/v1/completions", "/v1/embeddings", "/v1/responses"];

function noService({ method, path }: VendorRequest, world: World): DocumentReply {
  return errorReply(world, 404, { message: `Invalid URL (${method} ${path})` });
}

const unparsable =
  "We could not parse the JSON body of your request. (HINT: This likely means you aren't using your HTTP library correctly. The OpenAI API expects a JSON payload, but what was sent was not valid JSON. If you have trouble figuring out how to fix this, please contact us through our help center at help.openai.com.)";

const keyless =
  "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY), or as the password field (with blank username) if you're accessing the API from your browser and are prompted for a username and password. You can obtain an API key from https://platform.openai.com/account/api-keys.";

export function refusalOfKey(request: VendorRequest, world: World): DocumentReply | undefined {
  if (!world.requireKeys) return undefined;
  const headers = [["www-authenticate", 'Bearer realm="OpenAI API"']] as const;
  const key = /^Bearer\s+(.+)$/i.exec(request.headers["authorization"] ?? "")?.[1];
  if (key === undefined) return errorReply(world, 401, { message: keyless, headers });
  if (!/bad|revoked/i.test(key)) return undefined;
  const maskedKey =
    key.length > 12 ? `${key.slice(0, 8)}${"*".repeat(key.length - 12)}${key.slice(-4)}` : `${key.slice(0, 2)}***`;
  const message = `Incorrect API key provided: ${maskedKey}. You can find your API key at https://platform.openai.com/account/api-keys.`;
  return errorReply(world, 401, { message, code: "invalid_api_key", headers });
}
