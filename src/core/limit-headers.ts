// The headers in which a vendor reports its remaining limits, as data of its row.

/** The headers that report one limit, in lower case. */
export interface LimitHeaders {
  readonly limit: string;
  readonly remaining: string;
  /** When it is full again: seconds, a duration such as `6m0s`, or a date. */
  readonly reset: string;
}
