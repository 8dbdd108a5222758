import type { PlainValue } from '../diagnostics/yaml-to-plain.ts'

/** `${name}`, or `${env:NAME}` for a variable of the environment. */
const PLACEHOLDER = /\$\{((?:env:)?[A-Za-z_][\w-]*)\}/g
const ALONE = /^\$\{([A-Za-z_][\w-]*)\}$/

/** What may stand between `${` and `}`. */
export const PLACEHOLDER_NAME = /^[A-Za-z_][\w-]*$/

/** The values of one row of examples: as text, and as what YAML makes of the text (a number, true, false). */
export type Row = ReadonlyMap<string, { readonly text: string; readonly value: PlainValue; readonly isSecret: boolean }>

/** The names used as `${name}` in a text. */
export function placeholdersIn(text: string): string[] {
  return text.includes('${') ? Array.from(text.matchAll(PLACEHOLDER), ([, name = '']) => name) : []
}

/** Whether any text in a value uses a placeholder. */
export function hasPlaceholder(value: PlainValue): boolean {
  if (typeof value === 'string') return value.includes('${')
  if (typeof value !== 'object' || value === null) return false
  return Object.values(value).some(hasPlaceholder)
}

/**
 * A text with each known `${name}` replaced by its value; unknown ones stay as they are. The runner fills captured
 * values in with this, too.
 */
export function fillText(text: string, values: ReadonlyMap<string, string>): string {
  return text.replace(PLACEHOLDER, (whole, name: string) => values.get(name) ?? whole)
}

/** A value with the row's values in its texts. A text that is one placeholder alone takes the value's type: `status: ${code}`. */
export function fill(value: PlainValue, row: Row): PlainValue {
  if (typeof value === 'string') return fillScalar(value, row)
  if (Array.isArray(value)) return value.map((item) => fill(item, row))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, fill(member, row)]))
}

/** How many characters the texts of a value have once they are filled in. */
export function filledLength(value: PlainValue, row: Row): number {
  if (typeof value === 'string') {
    return placeholdersIn(value).reduce((length, name) => length + (row.get(name)?.text.length ?? 0), value.length)
  }
  if (typeof value !== 'object' || value === null) return 0
  return Object.values(value).reduce((length: number, member) => length + filledLength(member, row), 0)
}

function fillScalar(text: string, row: Row): PlainValue {
  if (!text.includes('${')) return text
  const alone = row.get(ALONE.exec(text)?.[1] ?? '')
  if (alone !== undefined) return alone.value
  return text.replace(PLACEHOLDER, (whole, name: string) => row.get(name)?.text ?? whole)
}
