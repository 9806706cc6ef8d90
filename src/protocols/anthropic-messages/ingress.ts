// The client side of Messages: its paths, and the fields that are read before the codec.
import type { BodyMembers, CloudPath, Ingress } from "../../core/ingress.ts";
import type { JsonObject } from "../../core/json.ts";
import { isObject } from "../shared/read.ts";
import { models } from "./features/models.ts";

function asksForReasoning(members: BodyMembers): boolean {
  const thinking = members.has("thinking") ? members.read("thinking") : null;
  if (!isObject(thinking)) return false;
  return thinking["type"] === "enabled" || thinking["type"] === "adaptive";
}

/**
 * At clouds the versions of the API are in the body, the model and the stream in the path (docs.claude.com, "Claude on
 * Vertex AI"; docs.aws.amazon.com/bedrock, "Anthropic Claude Messages API").
 */
function ownForm(stream: boolean | undefined): NonNullable<CloudPath["rewrite"]> {
  return ({ anthropic_version: _, anthropic_beta: betas, ...body }: JsonObject) => ({
    body: stream === undefined ? body : { ...body, stream },
    headers: Array.isArray(betas) ? { "anthropic-beta": betas.map(String).join(",") } : {},
  });
}

const account = String.raw`(?:/v1(?:beta1)?)?/projects/[^/]+/locations/[^/]+/publishers/anthropic/models`;
const messages = () => "/v1/messages";

const clouds: readonly CloudPath[] = [
  {
    pattern: new RegExp(`^${account}/count-tokens:rawPredict$`, "u"),
    own: () => "/v1/messages/count_tokens",
    rewrite: ownForm(undefined),
  },
  {
    pattern: new RegExp(`^${account}/(?<model>.+):rawPredict$`, "u"),
    own: messages,
    stream: false,
    rewrite: ownForm(false),
  },
  {
    pattern: new RegExp(`^${account}/(?<model>.+):streamRawPredict$`, "u"),
    own: messages,
    stream: true,
    rewrite: ownForm(true),
  },
  { pattern: /^\/model\/(?<model>.+)\/invoke$/u, own: messages, stream: false, rewrite: ownForm(false) },
  {
    pattern: /^\/model\/(?<model>.+)\/invoke-with-response-stream$/u,
    own: messages,
    stream: true,
    rewrite: ownForm(true),
  },
  // Azure AI Foundry, with the protocol's own bodies.
  { pattern: /^\/anthropic(?:\/v1)?(?<rest>\/.+)$/u, own: ({ rest = "" }) => `/v1${rest}` },
];

export const ingress: Ingress = {
  paths: {
    "/messages": { task: "chat", stream: null },
    "/messages/count_tokens": { task: "count", stream: false },
  },
  clouds,
  alsoAnswers: /^(?:\/v1)?\/messages(?:\/|$)/u,
  answerIdPrefix: "msg_",
  requestIdHeader: "request-id",
  conversationMember: "messages",
  asksForReasoning,
  models,
};
