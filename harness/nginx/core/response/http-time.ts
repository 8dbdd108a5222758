const DATE =
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d{2}:\d{2}:\d{2} GMT$/

/** Seconds since 1970 of an IMF-fixdate (RFC 9110, 5.6.7); null for what is none. */
export function parseHttpTime(text: string): number | null {
  const ms = DATE.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(ms) ? null : ms / 1000
}

/** Seconds since 1970 as nginx writes them in headers. */
export function httpTime(seconds: number): string {
  return new Date(seconds * 1000).toUTCString()
}
