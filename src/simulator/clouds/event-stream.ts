// What Bedrock's services share: the media type of streams, the frames, the ids of models, and refusals as answers.
import type { Frame, Reply, World } from "../vocabulary.ts";
import type { BinaryMessage } from "../wire/binary-message.ts";
import { AwsException, exceptionReply, validation } from "./aws-exception.ts";

export const eventStreamType = "application/vnd.amazon.eventstream";

/** The newer Claude models are behind inference profiles only. */
export function checkModelId(id: string): void {
  if (/^anthropic\.claude-(?:[a-z]+-[4-9]|3-7)/u.test(id))
    throw validation(
      `Invocation of model ID ${id} with on-demand throughput isn’t supported. Retry your request with the ID or ARN of an inference profile that contains this model.`,
    );
}

/** All refusals are exceptions. */
export function guarded(world: World, answer: () => Reply): Reply {
  try {
    return answer();
  } catch (error) {
    if (!(error instanceof AwsException)) throw error;
    return exceptionReply(world, error);
  }
}

/** An event or an exception, by its name. */
export function wrapEvent({ part, event = "" }: Frame, payload: string): BinaryMessage {
  const isError = part === "error";
  return {
    headers: {
      [isError ? ":exception-type" : ":event-type"]: event,
      ":content-type": "application/json",
      ":message-type": isError ? "exception" : "event",
    },
    payload,
  };
}
