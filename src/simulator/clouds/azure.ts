// Azure OpenAI as a fake service, beside OpenAI: the v1 and the deployment paths, its keys and tokens, the notes of its content
// filter in each answer, and its own refusals. Each request is answered by OpenAI's dialect.
import { anthropicDialect } from "../anthropic/dialect.ts";
import { asRecord, asText, recordsOf, decodePathPiece, type JsonRecord } from "../json-record.ts";
import { openaiDialect } from "../openai/dialect.ts";
import { envelopeHead } from "../openai/envelope.ts";
import type { Dialect, DocumentReply, Frame, Reply, VendorRequest, World } from "../vocabulary.ts";

const v1Pattern = /^\/openai\/v1(\/.+)$/u;
const deploymentPattern = /^\/openai\/deployments\/([^/]+)(\/.+)$/u;
const claudePattern = /^\/anthropic(\/v1\/messages(?:\/count_tokens)?)$/u;
const responsesPattern = /^\/openai(\/(?:responses|realtime))$/u;
const datedVersion = /^\d{4}-\d\d-\d\d(?:-preview)?$/u;

/** The dialect of a request at one of Azure's paths; undefined for any other path. */
export function atAzure(request: VendorRequest): Dialect | undefined {
  const claudePath = claudePattern.exec(request.path)?.[1];
  if (claudePath !== undefined) return claudeDialect(claudePath);
  const place = placeOf(request);
  if (place === null) return undefined;
  const dialect = openaiDialect.at?.(inner(request, place)) ?? openaiDialect;
  return {
    ...dialect,
    traits: (raw) => dialect.traits(inner(raw, place)),
    session(raw, world) {
      const refusal = refusalOf(raw, place, world);
      const query = new URLSearchParams(raw.query);
      const deployment = query.get("deployment");
      if (place.isDated && deployment !== null) query.set("model", deployment);
      return refusal ?? dialect.session?.({ ...inner(raw, place), query }, world);
    },
    rejection: (wish, raw, world) => dialect.rejection(wish, inner(raw, place), world),
    reply(raw, world, wish) {
      const refusal = refusalOf(raw, place, world);
      if (refusal !== null) return refusal;
      const isFiltered = JSON.stringify(asRecord(raw.body)?.["messages"] ?? "").includes("FILTER THE ANSWER");
      const finish = isFiltered ? { ...wish, finishReason: "content_filter" } : wish;
      return annotated(dialect.reply(inner(raw, place), world, finish), isFiltered ? foundVerdicts : verdicts);
    },
  };
}

/** Claude in Foundry: Anthropic's protocol, with the key in its header or a token of Entra ID. */
function claudeDialect(path: string): Dialect {
  const atClaude = (request: VendorRequest): VendorRequest => {
    const headers = { ...request.headers, "x-api-key": "foundry" };
    const { model, ...rest } = asRecord(request.body) ?? {};
    // Another name is that of a deployment of Claude.
    const served = /^(?:claude-|no-such)/u.test(String(model)) ? model : "claude-sonnet-4-5";
    const body = { ...rest, model: served };
    return { ...request, path, headers, body, rawBody: JSON.stringify(body) };
  };
  return {
    ...anthropicDialect,
    vendor: "openai",
    traits: (raw) => anthropicDialect.traits(atClaude(raw)),
    rejection: (wish, raw, world) => anthropicDialect.rejection(wish, atClaude(raw), world),
    reply: (raw, world, wish) =>
      keyRefusal(raw.headers["x-api-key"], raw, world) ?? anthropicDialect.reply(atClaude(raw), world, wish),
  };
}

interface Place {
  /** The path at OpenAI. */
  readonly path: string;
  /** In the path; null: the body names it as its model. */
  readonly deployment: string | null;
  readonly isDated: boolean;
}

function placeOf({ path }: VendorRequest): Place | null {
  const [, encoded = "", rest] = deploymentPattern.exec(path) ?? [];
  if (rest !== undefined) return { path: `/v1${rest}`, deployment: decodePathPiece(encoded), isDated: true };
  const dated = responsesPattern.exec(path)?.[1];
  if (dated !== undefined) return { path: `/v1${dated}`, deployment: null, isDated: true };
  const current = v1Pattern.exec(path)?.[1];
  return current === undefined ? null : { path: `/v1${current}`, deployment: null, isDated: false };
}

/** OpenAI's own request: a deployment is named for its model here. */
function inner(request: VendorRequest, { path, deployment }: Place): VendorRequest {
  const body = asRecord(request.body);
  const named = body === undefined || deployment === null ? request.body : { ...body, model: deployment };
  const rawBody = named === request.body ? request.rawBody : JSON.stringify(named);
  return { ...request, path, body: named, rawBody, headers: { ...request.headers, authorization: "Bearer azure" } };
}

function refusalOf({ headers, query, body }: VendorRequest, place: Place, world: World): DocumentReply | null {
  const version = query.get("api-version");
  if (place.isDated ? !datedVersion.test(version ?? "") : version !== null && !/^(?:v1|latest|preview)$/u.test(version))
    return refuse(world, 404, { code: "404", message: "Resource not found" });
  const refusal = keyRefusal(headers["api-key"], { headers }, world);
  if (refusal !== null) return refusal;
  const name = place.deployment ?? asText(asRecord(body)?.["model"]) ?? "";
  if (name.startsWith("no-such")) {
    const message =
      "The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, please wait a moment and try again.";
    return refuse(world, 404, { code: "DeploymentNotFound", message });
  }
  if (!JSON.stringify(asRecord(body)?.["messages"] ?? asRecord(body)?.["input"] ?? "").includes("FILTER ME"))
    return null;
  const message =
    "The response was filtered due to the prompt triggering Azure OpenAI's content management policy. Please modify your prompt and retry. To learn more about our content filtering policies please read our documentation: https://go.microsoft.com/fwlink/?linkid=2198766";
  const innererror = {
    code: "ResponsibleAIPolicyViolation",
    content_filter_result: { violence: { filtered: true, severity: "medium" } },
  };
  return refuse(world, 400, { message, type: null, param: "prompt", code: "content_filter", status: 400, innererror });
}

function keyRefusal(
  key: string | undefined,
  { headers }: Pick<VendorRequest, "headers">,
  world: World,
): DocumentReply | null {
  const token = /^Bearer (eyJ\S+)$/u.exec(headers["authorization"] ?? "")?.[1];
  const proof = key ?? token ?? "";
  if (proof !== "" && !/bad|revoked/u.test(proof)) return null;
  const message =
    "Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active subscription and use a correct regional API endpoint for your resource.";
  return refuse(world, 401, { code: "401", message });
}

function refuse(world: World, status: number, error: JsonRecord): DocumentReply {
  const head = { ...envelopeHead(world, { stream: false, promptTokens: 0 }), status };
  return { kind: "document", head, body: { error }, tokens: 0 };
}

const verdicts = { hate: { filtered: false, severity: "safe" }, violence: { filtered: false, severity: "safe" } };
/** Of an answer that was filtered. */
const foundVerdicts = { ...verdicts, violence: { filtered: true, severity: "medium" } };
const promptNote = [{ prompt_index: 0, content_filter_results: verdicts }];

/** With the notes of the filter, as every chat answer has them. */
function annotated(reply: Reply, results: JsonRecord): Reply {
  if (reply.kind === "stream") return { ...reply, frames: annotatedFrames(reply.frames, results) };
  const { body } = reply;
  if (typeof body === "string" || !isChat(body)) return reply;
  const choices = recordsOf(body["choices"]).map((choice) => ({ ...choice, content_filter_results: results }));
  return { ...reply, body: { ...body, choices, prompt_filter_results: promptNote } };
}

function isChat(body: JsonRecord | readonly unknown[]): body is JsonRecord {
  return !Array.isArray(body) && (body as JsonRecord)["choices"] !== undefined;
}

function* annotatedFrames(frames: Iterable<Frame>, results: JsonRecord): Iterable<Frame> {
  let isFirst = true;
  for (const frame of frames) {
    const { data } = frame;
    if (isFirst && typeof data !== "string" && data["choices"] !== undefined) {
      const empty = { choices: [], created: 0, id: "", model: "", object: "" };
      yield { part: "ping", data: { ...empty, prompt_filter_results: promptNote }, tokens: 0 };
    }
    isFirst = false;
    const choices = typeof data === "string" ? [] : recordsOf(data["choices"]);
    // With the end of a choice, as Azure's synchronous filter has it.
    if (typeof data === "string" || choices[0]?.["finish_reason"] === undefined || choices[0]["finish_reason"] === null)
      yield frame;
    else
      yield {
        ...frame,
        data: { ...data, choices: choices.map((choice) => ({ ...choice, content_filter_results: results })) },
      };
  }
}
