// The operation of a protocol for a task. The only function that looks operations up by name.
import type { Operation, Task } from "../core/operation.ts";
import type { Protocol } from "../core/protocol.ts";

/** Undefined for a chat, and if the protocol does not have the task. */
export function operationOf({ operations }: Pick<Protocol, "operations">, task: Task): Operation | undefined {
  return task === "chat" ? undefined : operations[task];
}
