const UNITS: Readonly<Record<string, number>> = { k: 1024, m: 1024 ** 2, g: 1024 ** 3 }

/**
 * A size in bytes, `8k` or `10m`; `1g` too where `gigabytes` says so (ngx_parse_size, ngx_parse_offset).
 * @returns null where nginx would not take it
 */
export function parseSizeBytes(text: string, gigabytes: boolean): number | null {
  const match = /^(\d+)([kmg]?)$/i.exec(text)
  const unit = match?.[2]?.toLowerCase() ?? ''
  if (match === null || (unit === 'g' && !gigabytes)) return null
  return withinRange(Number(match[1]) * (UNITS[unit] ?? 1))
}

const TIME_UNITS = [
  ['y', 365 * 86_400_000],
  ['M', 30 * 86_400_000],
  ['w', 7 * 86_400_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
] as const

/**
 * A time in milliseconds: `90`, `1m30s`, `500ms`; units in falling order, seconds where none is named. Years and months
 * are for directives that count in seconds, which in turn know no milliseconds (ngx_parse_time).
 * @returns null where nginx would not take it
 */
export function parseTimeMs(text: string, inSeconds: boolean): number | null {
  const units = inSeconds ? TIME_UNITS.slice(0, -1) : TIME_UNITS.slice(2)
  const pattern = units.map(([unit]) => `(?:(\\d+)${unit}(?!s) *)?`).join('')
  const match = new RegExp(`^${pattern}(?:(\\d+) *)?$`).exec(text)
  if (match === null || !/\d/.test(text)) return null
  const amounts = match.slice(1).map((digits) => Number(digits ?? 0))
  const bare = (amounts.pop() ?? 0) * 1000
  return withinRange(units.reduce((total, [, scale], index) => total + (amounts[index] ?? 0) * scale, bare))
}

/** A number in decimal digits (ngx_atoi), or null. */
export function parseNumber(text: string): number | null {
  return /^\d+$/.test(text) ? withinRange(Number(text)) : null
}

/** nginx counts in 64 bits with a sign. */
function withinRange(value: number): number | null {
  return value <= 2 ** 63 - 1 ? value : null
}
