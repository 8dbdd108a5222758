import { MAX_DURATION_MS } from './limits.ts'

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 }

/** `500ms`, `5s`, `1m` in milliseconds; null for anything else and for more than a day. */
export function parseDuration(text: string): number | null {
  const [, amount = '', unit = ''] = /^(\d{1,12}(?:\.\d{1,6})?)(ms|s|m)$/.exec(text) ?? []
  const durationMs = Number(amount) * (UNIT_MS[unit] ?? Number.NaN)
  return durationMs <= MAX_DURATION_MS ? durationMs : null
}
