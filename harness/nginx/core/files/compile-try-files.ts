import type { Directive } from '../../syntax/syntax.ts'
import { parseNumber } from '../../syntax/values.ts'
import { wireText } from '../../syntax/wire.ts'
import { type CompileScope, ruleOf } from '../scope.ts'
import type { TryFiles } from '../site-config.ts'

/** Compiles `try_files FILE… URI` or `try_files FILE… =CODE` (ngx_http_try_files). */
export function compileTryFiles(directive: Directive, scope: CompileScope): TryFiles | null {
  const last = directive.args.at(-1)
  if (last === undefined) return null
  const tried = directive.args.slice(0, -1).map(({ text, span }) => {
    const isFolder = text.endsWith('/')
    return { template: scope.templateOf(wireText(isFolder ? text.slice(0, -1) : text), span), isFolder }
  })
  const rule = ruleOf(directive)
  if (!last.text.startsWith('=')) return { rule, tried, fallback: { kind: 'uri', uri: scope.template(last) } }
  const code = parseNumber(last.text.slice(1))
  if (code === null || code > 999) {
    scope.error(last.span, `invalid code "${last.text}"`)
    return null
  }
  return { rule, tried, fallback: { kind: 'code', code } }
}
