// The operation of a protocol for a task. The only function that looks operations up by name.
import type { Operation, Task } from "../core/operation.ts";
import type { TargetProtocol } from "../core/protocol.ts";

/** Undefined for a task that is none, and if the protocol does not have it. */
export function operationOf({ operations }: Pick<TargetProtocol, "operations">, task: Task): Operation | undefined {
  return (operations as Readonly<Partial<Record<Task, Operation>>>)[task];
}
