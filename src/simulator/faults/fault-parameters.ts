// The parameters of faults.

/** All parameters of faults; the catalogue says which fault takes which, with its default. */
export interface FaultParameters {
  readonly afterTokens?: number;
  readonly bytes?: number;
  readonly code?: string;
  readonly contentType?: string;
  readonly contextLength?: boolean;
  readonly delayMs?: number;
  readonly downMs?: number;
  readonly every?: number;
  readonly everyMs?: number;
  readonly events?: number;
  readonly fromMs?: number;
  readonly how?: string;
  readonly location?: string;
  readonly message?: string;
  readonly overMs?: number;
  readonly p?: number;
  readonly perDay?: boolean;
  readonly policy?: boolean;
  readonly quota?: boolean;
  readonly reason?: string;
  readonly retryAfter?: number;
  readonly retryAfterMs?: number;
  readonly retryInfo?: number;
  readonly shape?: string;
  readonly shouldRetry?: boolean;
  readonly stallMs?: number;
  readonly status?: number;
  readonly times?: number;
  readonly toMs?: number;
  readonly unsupportedParameter?: string;
  readonly upMs?: number;
}
