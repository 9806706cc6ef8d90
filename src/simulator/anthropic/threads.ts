// Message threads: the service stores a conversation under the id of its last answer, and the next request sends only
// new turns. Each answer can be continued once, by the same account, with the tools and the system prompt that it began
// with. Source: `BetaMessageThreadParam` and the `thread_*` error details of the official SDK (beta
// message-threads-2026-08-12).
import { asRecord, asText, recordsOf, show, type JsonRecord } from "../json-record.ts";
import type { World } from "../vocabulary.ts";
import { Complaint } from "./envelope.ts";

const mostKept = 1000;
/** The service takes these from the thread. */
const createOnly = ["system", "tools"] as const;

export interface ResumedThread {
  /** The request with everything in the thread. */
  readonly body: JsonRecord;
  /** Stores the answer; undefined if the request has no thread. */
  readonly keep: ((id: string, content: readonly JsonRecord[]) => void) | undefined;
}

export function resumeThread(body: JsonRecord, { world, account }: { world: World; account: string }): ResumedThread {
  const thread = asRecord(body["thread"]);
  if (thread === undefined) return { body, keep: undefined };
  const kind = asText(thread["type"]) ?? "";
  if (kind !== "create" && kind !== "continue") {
    throw new Complaint(
      `thread: Input tag '${kind}' found using 'type' does not match any of the expected tags: 'create', 'continue'`,
    );
  }
  const whole = kind === "create" ? body : goOn(body, { thread, world, account });
  const keep = (id: string, content: readonly JsonRecord[]): void => {
    const { system, tools } = whole;
    const messages = [...recordsOf(whole["messages"]), { role: "assistant", content }];
    world.threads.set(threadKey(id), [{ account, system, tools }, ...messages]);
    if (kind === "continue")
      world.threads.set(threadKey(show(thread["previous_message_id"])), [{ account, isOver: true }]);
    const [oldest] = world.threads.keys();
    if (world.threads.size > mostKept && oldest !== undefined) world.threads.delete(oldest);
  };
  return { body: whole, keep };
}

interface GoingOn {
  readonly thread: JsonRecord;
  readonly world: World;
  readonly account: string;
}

function goOn(body: JsonRecord, { thread, world, account }: GoingOn): JsonRecord {
  const previous = asText(thread["previous_message_id"]);
  if (previous === undefined) throw new Complaint("thread.continue.previous_message_id: Field required");
  const [threadHead, ...messages] = world.threads.get(threadKey(previous)) ?? [];
  if (threadHead === undefined || threadHead["account"] !== account) {
    throw new Complaint("No thread state was found for the requested previous_message_id.", 404, {
      error_code: "thread_not_found",
    });
  }
  if (threadHead["isOver"] === true) {
    throw new Complaint("The response that previous_message_id names has already been continued.", 400, {
      error_code: "thread_already_continued",
    });
  }
  const repeated = createOnly.filter((field) => body[field] !== undefined);
  if (repeated.length > 0) {
    throw new Complaint(`${repeated.join(", ")}: cannot be set when a thread is continued.`, 400, {
      error_code: "thread_fingerprint_mismatch",
    });
  }
  const { system, tools } = threadHead;
  return {
    ...body,
    ...(system === undefined ? {} : { system }),
    ...(tools === undefined ? {} : { tools }),
    messages: [...messages, ...recordsOf(body["messages"])],
  };
}

function threadKey(id: string): string {
  return `thread ${id}`;
}
