// Vertex AI as a fake service, beside the Gemini API: Gemini, Claude and open models at its paths, with its tokens and its own
// refusals. Each request is checked here and answered by the vendor's own dialect.
import { anthropicDialect } from "../anthropic/dialect.ts";
import { geminiDialect } from "../gemini/dialect.ts";
import { Complaint, errorFor, errorReply } from "../gemini/envelope.ts";
import { asRecord, recordsOf, decodePathPiece, type JsonRecord } from "../json-record.ts";
import { openaiDialect } from "../openai/dialect.ts";
import type { Dialect, VendorRequest } from "../vocabulary.ts";

const publisherPattern =
  /^\/v1(?:beta1)?(\/projects\/[^/]+\/locations\/[^/]+)?\/publishers\/(google|anthropic)\/models\/([^/:]+):(\w+)$/u;
const openPattern = /^\/v1(?:beta1)?\/projects\/[^/]+\/locations\/[^/]+\/endpoints\/openapi(\/chat\/completions)$/u;
const VERSION = "vertex-2023-10-16";

/** The dialect of a request at one of Vertex's paths; undefined for any other path. */
export function atVertex(request: VendorRequest): Dialect | undefined {
  const [, account, publisher, encodedModel = "", method = ""] = publisherPattern.exec(request.path) ?? [];
  const model = decodePathPiece(encodedModel);
  if (publisher === "google") {
    const path = `/v1beta/models/${encodedModel}:${method}`;
    return asInner(geminiDialect, { path, account, check: checkGemini });
  }
  if (publisher === "anthropic") {
    const path = model === "count-tokens" ? "/v1/messages/count_tokens" : "/v1/messages";
    return asInner(anthropicDialect, { path, account, check: (body) => claudeBody(body, model, method) });
  }
  const [, openPath] = openPattern.exec(request.path) ?? [];
  if (openPath === undefined) return undefined;
  return asInner(openaiDialect, { path: `/v1${openPath}`, account: "", check: openBody });
}

interface Facade {
  /** The path at the vendor itself. */
  readonly path: string;
  /** Projects and locations in the path; undefined in express mode, where an API key names the account. */
  readonly account: string | undefined;
  /** The vendor's own body. Throws a complaint for what Vertex refuses. */
  check(body: JsonRecord): JsonRecord;
}

function asInner(dialect: Dialect, facade: Facade): Dialect {
  const inner = (request: VendorRequest): VendorRequest => {
    const body = facade.check(asRecord(request.body) ?? {});
    const headers = { ...request.headers, "x-api-key": "vertex", "anthropic-version": "2023-06-01" };
    return { ...request, path: facade.path, headers, body, rawBody: JSON.stringify(body) };
  };
  const readable = (request: VendorRequest): VendorRequest => {
    try {
      return inner(request);
    } catch {
      return { ...request, path: facade.path };
    }
  };
  return {
    ...dialect,
    vendor: "google",
    traits: (request) => dialect.traits(readable(request)),
    rejection: (wish, request, world) => dialect.rejection(wish, readable(request), world),
    reply(request, world, wish) {
      try {
        checkToken(request, facade.account);
        return dialect.reply(inner(request), world, wish);
      } catch (error) {
        if (!(error instanceof Complaint)) throw error;
        return errorReply(world, { code: error.code, message: error.message, status: error.status }, false);
      }
    },
  };
}

/** An account takes OAuth tokens only, express mode takes API keys only. */
function checkToken({ headers }: VendorRequest, account: string | undefined): void {
  const token = /^Bearer (ya29\.\S+)$/u.exec(headers["authorization"] ?? "")?.[1];
  const key = headers["x-goog-api-key"];
  const isGiven = account === undefined ? key !== undefined : token !== undefined && key === undefined;
  if (isGiven && !/bad|revoked/u.test(token ?? key ?? "")) return;
  throw new Complaint(String(errorFor({ status: 401 }, "")["message"]), { code: 401, status: "UNAUTHENTICATED" });
}

/** `qwen/qwen3.5-27b-maas`: the model behind the publisher's name, served as a model. */
function openBody(body: JsonRecord): JsonRecord {
  const name = /^[^/]+\/(.+?)(?:-maas)?$/u.exec(String(body["model"]))?.[1];
  if (name === undefined) throw new Complaint("Invalid model name: expected publisher/model");
  return { ...body, model: name };
}

function checkGemini(body: JsonRecord): JsonRecord {
  for (const [index, content] of recordsOf(body["contents"]).entries()) {
    for (const [place, part] of recordsOf(content["parts"]).entries()) {
      for (const member of ["functionCall", "functionResponse"] as const) {
        if (asRecord(part[member])?.["id"] === undefined) continue;
        const path = `contents[${index}].parts[${place}].${member === "functionCall" ? "function_call" : "function_response"}`;
        throw new Complaint(`Invalid JSON payload received. Unknown name "id" at '${path}': Cannot find field.`);
      }
    }
  }
  return body;
}

/** The model is in the path, and the version in the body. */
function claudeBody(body: JsonRecord, model: string, method: string): JsonRecord {
  const { anthropic_version: version, ...others } = body;
  if (version !== VERSION) throw new Complaint(`anthropic_version: Input should be '${VERSION}'`);
  if (others["model"] !== undefined && model !== "count-tokens")
    throw new Complaint("model: Extra inputs are not permitted");
  const isStreamed = method === "streamRawPredict";
  if (model !== "count-tokens" && (others["stream"] === true) !== isStreamed)
    throw new Complaint(`stream: does not agree with ${method}`);
  // `claude-sonnet-4-5@20250929` is the dated name.
  return model === "count-tokens" ? others : { ...others, model: model.replace("@", "-") };
}
