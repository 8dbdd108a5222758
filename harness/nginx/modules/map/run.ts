import type { RequestState } from '../../core/request/request-state.ts'
import type { Hostnames } from '../../core/servers/hostnames.ts'
import { evaluate } from '../../core/variables/evaluate.ts'
import type { Template } from '../../core/variables/template.ts'
import type { Regex } from '../../pattern/regex.ts'
import { lowerCase } from '../../syntax/wire.ts'

/** A compiled `map` block. */
export interface MapTable {
  /** Whether a dot at the end of the source does not count. */
  readonly hostnames: boolean
  readonly keys: Hostnames<Template>
  readonly regexes: readonly { readonly regex: Regex; readonly value: Template }[]
  readonly otherwise: Template | null
}

/** What a map gives for a source value (ngx_http_map_find): exact, then wildcards, then regular expressions in order, then the default. */
export function mapValue(state: RequestState, table: MapTable, source: string): string {
  const dotless = table.hostnames && source.endsWith('.') ? source.slice(0, -1) : source
  const plain = table.keys.find(lowerCase(dotless))
  if (plain !== undefined) return evaluate(plain, state)
  const byRegex = source === '' ? undefined : table.regexes.find(({ regex }) => state.matches(regex, dotless))
  const value = byRegex?.value ?? table.otherwise
  return value === null ? '' : evaluate(value, state)
}
