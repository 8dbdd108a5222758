import type { Condition } from '../config/rewrite-instruction.ts'
import type { Directive, Word } from '../syntax.ts'
import type { CompileScope } from './scope.ts'

/** The condition of an `if` (ngx_http_rewrite_if_condition); null where it is wrong or refused. */
export function compileCondition(directive: Directive, scope: CompileScope): Condition | null {
  const words = withoutParentheses(directive, scope)
  if (words === null) return null
  const [left, operator, right, ...rest] = words
  if (left === undefined) return invalid(directive, '(', scope)
  if (/^!?-[fdex]$/.test(left.text)) {
    scope.refuse('if', directive.span, `if with ${left.text} asks for a file, and the model knows none`)
    return null
  }
  if (left.text.length < 2 || !left.text.startsWith('$')) return invalid(directive, left.text, scope)
  if (rest.length > 0 || (operator !== undefined && right === undefined)) return invalid(directive, left.text, scope)

  const slot = scope.variable(left.text.slice(1), left.span)
  if (operator === undefined || right === undefined) return { kind: 'truthy', slot }
  const [, bang = '', sign = ''] = /^(!?)(=|~\*?)$/.exec(operator.text) ?? []
  const negated = bang === '!'
  if (sign === '=') return { kind: 'equal', slot, value: scope.template(right), negated }
  if (sign === '') {
    scope.error(directive.span, `unexpected "${operator.text}" in condition`)
    return null
  }
  const regex = scope.regex(right.text, sign === '~*', right.span)
  return regex === null ? null : { kind: 'matches', slot, regex, negated }
}

/** The words between the parentheses, which stand alone or at the first and last word. */
function withoutParentheses(directive: Directive, scope: CompileScope): Word[] | null {
  const words = [...directive.args]
  const [first] = words
  if (first === undefined || !first.text.startsWith('(')) return invalid(directive, first?.text ?? '', scope)
  words[0] = { ...first, text: first.text.slice(1) }
  const last = words.at(-1)
  if (last === undefined || !last.text.endsWith(')')) return invalid(directive, last?.text ?? '', scope)
  words[words.length - 1] = { ...last, text: last.text.slice(0, -1) }
  if (first.text === '(') words.shift()
  if (words.at(-1)?.text === '' && last.text === ')') words.pop()
  return words
}

function invalid(directive: Directive, text: string, scope: CompileScope): null {
  scope.error(directive.span, `invalid condition "${text}"`)
  return null
}
