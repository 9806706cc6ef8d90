// A cloud's guardrail, as an operator sets it for a provider. Types only.

/** A guardrail of the cloud that checks each request and its answer. */
export interface Guardrail {
  /** Its id or ARN. */
  readonly id: string;
  /** A number, or `DRAFT`. */
  readonly version: string;
  /** Whether answers say what it found. Absent: the cloud decides. */
  readonly trace?: "enabled" | "enabled_full" | "disabled" | undefined;
  /** `async`: text of a stream is sent before it is checked. Absent: the cloud decides. */
  readonly stream?: "sync" | "async" | undefined;
}
