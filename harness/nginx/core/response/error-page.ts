import type { Directive } from '../../syntax/syntax.ts'
import { parseNumber } from '../../syntax/values.ts'
import { type CompileScope, ruleOf } from '../scope.ts'
import type { ErrorPage } from '../settings.ts'
import { constantTemplate } from '../variables/template.ts'

/** Codes of nginx's own that a client sees as 400 where `error_page` says nothing else. */
const SHOWN_AS_400: ReadonlySet<number> = new Set([494, 495, 496, 497])

/** `error_page CODE… [=[CODE]] URI` (ngx_http_core_error_page); null where a block has none. */
export function compileErrorPages(directives: readonly Directive[], scope: CompileScope): readonly ErrorPage[] | null {
  if (directives.length === 0) return null
  return directives.flatMap((directive) => compileOne(directive, scope))
}

function compileOne(directive: Directive, scope: CompileScope): ErrorPage[] {
  const target = directive.args.at(-1)
  const before = directive.args.at(-2)
  if (target === undefined || before === undefined) return []
  const hasOverwrite = before.text.startsWith('=')
  if (hasOverwrite && directive.args.length === 2) {
    scope.error(before.span, `invalid value "${before.text}"`)
    return []
  }
  const overwrite = hasOverwrite ? overwriteOf(before.text) : null
  if (overwrite === undefined) {
    scope.error(before.span, `invalid value "${before.text}"`)
    return []
  }
  const template = scope.template(target)
  const mark = template.text?.startsWith('/') === true ? template.text.indexOf('?') : -1
  const uri = mark === -1 ? template : constantTemplate((template.text ?? '').slice(0, mark))
  const args = mark === -1 ? '' : (template.text ?? '').slice(mark + 1)
  const pages: ErrorPage[] = []
  for (const code of directive.args.slice(0, hasOverwrite ? -2 : -1)) {
    const status = parseNumber(code.text)
    if (status === null || status === 499) scope.error(code.span, `invalid value "${code.text}"`)
    else if (status < 300 || status > 599) scope.error(code.span, `value "${code.text}" must be between 300 and 599`)
    else
      pages.push({
        rule: ruleOf(directive),
        status,
        overwrite: overwrite ?? (SHOWN_AS_400.has(status) ? 400 : null),
        uri,
        args,
      })
  }
  return pages
}

/** 0 for `=`, the code for `=200`; undefined where it is no number. */
function overwriteOf(text: string): number | undefined {
  return text === '=' ? 0 : (parseNumber(text.slice(1)) ?? undefined)
}
