// Responses as a WebSocket: each `response.create` is answered with the events of a stream, as messages.
import { asRecord, type JsonRecord } from "../../json-record.ts";
import type {
  DocumentReply,
  Frame,
  Reply,
  SessionOutput,
  SessionPlay,
  VendorRequest,
  World,
} from "../../vocabulary.ts";
import { refusalOfKey } from "../answer-post.ts";
import { Complaint, fullError } from "../envelope.ts";

export interface ResponsesService {
  readonly world: World;
  /** Answers the body of a request; may throw a Complaint. */
  readonly reply: (body: JsonRecord) => Reply;
  readonly numbered: (frames: Iterable<Frame>) => Iterable<Frame>;
}

export function openResponses(request: VendorRequest, service: ResponsesService): SessionPlay | DocumentReply {
  const refused = refusalOfKey(request, service.world);
  if (refused !== undefined) return refused;
  const headers = [["x-request-id", `req_${service.world.random.characters(32)}`]] as const;
  return {
    kind: "session",
    headers,
    subprotocol: undefined,
    begin: () => [],
    receive: (text) => answer(text, service),
  };
}

function* answer(text: string, { reply, numbered }: ResponsesService): Iterable<SessionOutput> {
  const event = asRecord(parsed(text));
  if (event?.["type"] !== "response.create") {
    yield refusal(400, { message: "Expected an event of type 'response.create'.", type: "invalid_request_error" });
    return;
  }
  const { type: _, ...body } = event;
  try {
    const played = reply({ ...body, stream: true });
    if (played.kind === "document") yield refusal(played.head.status, asRecord(asRecord(played.body)?.["error"]) ?? {});
    else for (const { data } of numbered(played.frames)) if (typeof data !== "string") yield { data };
  } catch (error) {
    if (!(error instanceof Complaint)) throw error;
    yield refusal(error.status, fullError(error.body));
  }
}

function refusal(status: number, error: JsonRecord): SessionOutput {
  return { data: { type: "error", status, error } };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
