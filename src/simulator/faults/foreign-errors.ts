// Errors in shapes that are not the vendor's own, as frameworks, proxies and workers in front of a model send them under
// 200 and in mid-stream. Sources: FastAPI (`detail`), Zhipu and MiniMax behind a gateway (`code`, `msg`), Cloudflare's
// Workers AI (`success`), Text Generation Inference (`error` as a text), AWS and Kong (`message`).
import type { JsonRecord } from "../json-record.ts";
import type { Frame, Reply } from "../vocabulary.ts";
import type { FaultScript } from "./fault-script.ts";

const usualMessage = "The engine behind this endpoint has stopped.";

export const foreignErrorShapes: Readonly<Record<string, (message: string, status: number) => JsonRecord>> = {
  detail: (message) => ({ detail: message }),
  "code-msg": (msg, status) => ({ code: status, msg }),
  "success-false": (message, status) => ({ success: false, errors: [{ code: status, message }], result: null }),
  text: (error) => ({ error }),
  "message-status": (message, status) => ({ message, status }),
};

/** The error's body; undefined if the script asks for the vendor's own shape. */
export function foreignErrorBody({ shape, message = usualMessage, status = 500 }: FaultScript): JsonRecord | undefined {
  return shape === undefined ? undefined : foreignErrorShapes[shape]?.(message, status);
}

/** Without a name, whatever the vendor's events have. */
export function foreignErrorFrames(script: FaultScript): readonly Frame[] | undefined {
  const data = foreignErrorBody(script);
  return data === undefined ? undefined : [{ part: "error", data, tokens: 0 }];
}

export function foreignErrorReply(script: FaultScript): Reply | undefined {
  const body = foreignErrorBody(script);
  const headers = [["content-type", "application/json"]] as const;
  return body === undefined ? undefined : { kind: "document", tokens: 0, body, head: { status: 200, headers } };
}
