// AWS's errors: a name in a header and a message in the body, or the same as a message of a stream
// (docs.aws.amazon.com/bedrock/latest/APIReference, the errors of each operation).
import type { JsonRecord } from "../json-record.ts";
import type { DocumentReply, ErrorWish, Frame, Head, World } from "../vocabulary.ts";

/** A refusal, by its name. */
export class AwsException extends Error {
  override readonly name: string;
  readonly status: number;

  constructor(name: string, message: string, status: number = 400) {
    super(message);
    this.name = name;
    this.status = status;
  }
}

export function validation(message: string): AwsException {
  return new AwsException("ValidationException", message);
}

const names: Readonly<Record<number, string>> = {
  400: "ValidationException",
  401: "UnrecognizedClientException",
  403: "AccessDeniedException",
  404: "ResourceNotFoundException",
  408: "ModelTimeoutException",
  424: "ModelErrorException",
  429: "ThrottlingException",
  500: "InternalServerException",
  503: "ServiceUnavailableException",
};

const messages: Readonly<Record<number, string>> = {
  400: "The request is not valid.",
  401: "The security token included in the request is invalid.",
  403: "You don't have access to the model with the specified model ID.",
  404: "Could not resolve the foundation model from the provided model identifier.",
  408: "Model has timed out in processing the request. Try your request again.",
  424: "The model returned an error. Try your request again.",
  429: "Too many requests, please wait before trying again.",
  500: "The system encountered an unexpected error during processing. Try your request again.",
  503: "Bedrock is unable to process your request.",
};

/** It has no statuses of its own for some that others have: those come as the nearest. */
function statusOf({ status, quota, contextLength, policy }: ErrorWish): number {
  if (contextLength === true || policy === true) return 400;
  if (quota === true) return 400;
  if (names[status] !== undefined) return status === 401 ? 403 : status;
  return status < 500 ? 400 : status === 529 ? 503 : 500;
}

export function exceptionFor(wish: ErrorWish): AwsException {
  const status = statusOf(wish);
  if (wish.quota === true)
    return new AwsException(
      "ServiceQuotaExceededException",
      "Your request exceeds the service quota for your account.",
      400,
    );
  const words = wish.contextLength === true ? "Input is too long for requested model." : messages[status];
  const name = wish.status === 401 ? names[401] : names[status];
  const message = wish.message ?? (wish.status === 401 ? messages[401] : words) ?? "An error occurred.";
  return new AwsException(name ?? "InternalServerException", message, status);
}

export function awsHead(world: World, status: number, type: string = "application/json"): Head {
  const id = world.random.characters(32, "0123456789abcdef");
  return {
    status,
    headers: [
      ["content-type", type],
      ["x-amzn-requestid", id.replace(/^(.{8})(.{4})(.{4})(.{4})/u, "$1-$2-$3-$4-")],
    ],
  };
}

export function exceptionReply(world: World, { name, message, status }: AwsException): DocumentReply {
  const head = awsHead(world, status);
  const type = `${name}:http://internal.amazon.com/coral/com.amazon.bedrock/`;
  const body: JsonRecord = { message };
  return {
    kind: "document",
    head: { status, headers: [...head.headers, ["x-amzn-errortype", type]] },
    body,
    tokens: 0,
  };
}

/** `ThrottlingException` is `throttlingException` in a stream. */
export function exceptionFrames(wish: ErrorWish): Frame[] {
  const { name, message } = exceptionFor(wish);
  const event = `${name.slice(0, 1).toLowerCase()}${name.slice(1)}`;
  return [{ part: "error", event, data: { message }, tokens: 0 }];
}
