import { type CompileScope, ruleOf } from '../../core/scope.ts'
import type { Directive, Word } from '../../syntax/syntax.ts'
import type { Condition } from './instruction.ts'

/** What `-f`, `-d`, `-e` and `-x` ask for. */
const FILE_TESTS: Readonly<Record<string, Extract<Condition, { kind: 'file' }>['wanted']>> = {
  f: 'file',
  d: 'directory',
  e: 'any',
  x: 'executable',
}

/** The condition of an `if` (ngx_http_rewrite_if_condition); null where it is wrong. */
export function compileCondition(directive: Directive, scope: CompileScope): Condition | null {
  const words = withoutParentheses(directive, scope)
  if (words === null) return null
  const [left, operator, right, ...rest] = words
  if (left === undefined) return invalid(directive, ')', scope)
  if (/^!?-[\s\S]$/.test(left.text)) return fileTest(directive, words, scope)
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

/** `-f PATH` and its kin. */
function fileTest(directive: Directive, [test, path, ...rest]: readonly Word[], scope: CompileScope): Condition | null {
  if (test === undefined || path === undefined || rest.length > 0) return invalid(directive, test?.text ?? '', scope)
  const negated = test.text.startsWith('!')
  const letter = test.text.slice(-1)
  const wanted = FILE_TESTS[letter]
  if (wanted === undefined) return invalid(directive, test.text, scope)
  return { kind: 'file', wanted, path: scope.template(path), negated, rule: ruleOf(directive) }
}

/** The words between the parentheses, which stand alone or at the first and last word. */
function withoutParentheses(directive: Directive, scope: CompileScope): Word[] | null {
  const words = [...directive.args]
  const [first] = words
  if (first === undefined || !first.text.startsWith('(')) return invalid(directive, first?.text ?? '', scope)
  if (first.text === '(') words.shift()
  else words[0] = { ...first, text: first.text.slice(1) }
  const last = words.at(-1) ?? first
  if (!last.text.endsWith(')')) return invalid(directive, last.text, scope)
  if (last.text === ')') words.pop()
  else words[words.length - 1] = { ...last, text: last.text.slice(0, -1) }
  return words
}

function invalid(directive: Directive, text: string, scope: CompileScope): null {
  scope.error(directive.span, `invalid condition "${text}"`)
  return null
}
