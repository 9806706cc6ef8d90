// Dates as vendors write them in headers: HTTP dates and RFC 3339. Pure. It takes nothing else: the platform's own reader
// takes almost anything, e.g. "-43" for the year 2043.

/** The three forms of an HTTP date. Source: RFC 9110, section 5.6.7. */
const httpDate =
  /^(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d:\d\d GMT|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, \d\d-[A-Z][a-z]{2}-\d\d \d\d:\d\d:\d\d GMT|(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4})$/;
/** With its time and offset. Source: RFC 3339, section 5.6. */
const timestamp = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/i;

/** Whether it is a date as RFC 9110 has it in `Retry-After`. */
export function isHttpDate(text: string): boolean {
  return httpDate.test(text);
}

/** Milliseconds since the epoch of an HTTP date or an RFC 3339 date; null for anything else. */
export function dateMs(text: string | undefined): number | null {
  if (text === undefined || !(httpDate.test(text) || timestamp.test(text))) return null;
  // The third form has no zone, and is in UTC as the others.
  const milliseconds = Date.parse(/\d{4}$/.test(text) ? `${text} GMT` : text);
  return Number.isNaN(milliseconds) ? null : milliseconds;
}
