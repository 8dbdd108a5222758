import type { RequestState } from '../../core/request/request-state.ts'
import type { CompileScope } from '../../core/scope.ts'
import { Hostnames } from '../../core/servers/hostnames.ts'
import { evaluate } from '../../core/variables/evaluate.ts'
import type { Template } from '../../core/variables/template.ts'
import type { Regex } from '../../pattern/regex.ts'
import type { Directive } from '../../syntax/syntax.ts'
import { wireText } from '../../syntax/wire.ts'
import { type MapTable, mapValue } from './run.ts'

/** Compiles a `map` block: its variable gets its value from the source's (ngx_http_map_module). */
export function compileMap(directive: Directive, scope: CompileScope): void {
  const [source, variable] = directive.args
  if (source === undefined || variable === undefined) return
  if (!variable.text.startsWith('$')) {
    scope.error(variable.span, `invalid variable name "${variable.text}"`)
    return
  }
  const name = variable.text.slice(1)
  const table = compileTable(directive.block ?? [], scope)
  const value = scope.template(source)
  const replacesCaptures = table.regexes.some(({ regex }) => regex.captures)
  if (scope.definesOwn(name, variable.span)) {
    const get = (state: RequestState) => mapValue(state, table, evaluate(value, state))
    const cacheable = !(directive.block ?? []).some((line) => line.name.text === 'volatile' && line.args.length === 0)
    scope.variables.define({ name, get, cacheable }, variable.span, replacesCaptures)
  }
}

function compileTable(lines: readonly Directive[], scope: CompileScope): MapTable {
  const keys = new Hostnames<Template>()
  const regexes: { regex: Regex; value: Template }[] = []
  let hostnames = false
  let otherwise: Template | null = null
  for (const { name, args } of lines) {
    const [word] = args
    if (word === undefined) {
      hostnames ||= name.text === 'hostnames'
      continue
    }
    const value = scope.template(word)
    const key = wireText(name.text)
    if (key === 'default') otherwise = value
    else if (key.startsWith('~')) {
      const caseless = key.startsWith('~*')
      const regex = scope.regex(name.text.slice(caseless ? 2 : 1), caseless, name.span)
      if (regex !== null) regexes.push({ regex, value })
    } else {
      // A backslash before it takes a special meaning away.
      const plain = key.startsWith('\\') ? key.slice(1) : key
      if (hostnames) keys.add(plain, value)
      else keys.addText(plain, value)
    }
  }
  return { hostnames, keys, regexes, otherwise }
}
