import type { RequestState } from '../../core/request/request-state.ts'
import { longestLeading, longestTrailing } from '../../core/servers/wildcards.ts'
import { evaluate } from '../../core/variables/evaluate.ts'
import type { Template } from '../../core/variables/template.ts'
import type { Regex } from '../../pattern/regex.ts'
import { lowerCase } from '../../syntax/wire.ts'

/** A compiled `map` block. Keys are in lower case. */
export interface MapTable {
  readonly hostnames: boolean
  readonly exact: ReadonlyMap<string, Template>
  /** By what follows the `*`. */
  readonly leading: ReadonlyMap<string, Template>
  /** By what stands before the `*`. */
  readonly trailing: ReadonlyMap<string, Template>
  readonly regexes: readonly { readonly regex: Regex; readonly value: Template }[]
  readonly otherwise: Template | null
}

/** What a map gives for a source value (ngx_http_map_find): exact, then wildcards, then regular expressions in order, then the default. */
export function mapValue(state: RequestState, table: MapTable, source: string): string {
  const dotless = table.hostnames && source.endsWith('.') ? source.slice(0, -1) : source
  const key = lowerCase(dotless)
  const plain =
    table.exact.get(key) ?? longestLeading(table.leading, key)?.value ?? longestTrailing(table.trailing, key)?.value
  if (plain !== undefined) return evaluate(plain, state)
  const byRegex = source === '' ? undefined : table.regexes.find(({ regex }) => state.matches(regex, dotless))
  const value = byRegex?.value ?? table.otherwise
  return value === null ? '' : evaluate(value, state)
}
