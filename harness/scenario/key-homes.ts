import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { CODES } from './codes.ts'

/** Where a key belongs, and a key of the mappings above that: only there the indentation may be meant. */
interface Home {
  readonly hint: string
  readonly above: readonly string[]
}

const IN_STEP: Home = { hint: 'It is a key of a step: indent it like "request".', above: ['steps'] }
const IN_EXPECT: Home = {
  hint: 'It is a key of "expect": indent it further than "expect".',
  above: ['steps', 'expect'],
}
const IN_HOP: Home = {
  hint: 'It is a key of nginx, gateway or backend, under "expect": indent it further than that.',
  above: ['steps', 'expect', 'nginx'],
}

/** Keys that are mostly unknown for standing on too high a level. */
const HOMES: Readonly<Record<string, Home>> = {
  expect: IN_STEP,
  capture: IN_STEP,
  request: IN_STEP,
  status: IN_EXPECT,
  nginx: IN_EXPECT,
  gateway: IN_EXPECT,
  backend: IN_EXPECT,
  blame: IN_EXPECT,
  within: IN_EXPECT,
  subrequests: IN_EXPECT,
  location: IN_HOP,
  route: IN_HOP,
  sends: IN_HOP,
  receives: IN_HOP,
  to: IN_HOP,
  service: IN_HOP,
  answers: IN_HOP,
  tries: IN_HOP,
}

/** A problem with an unknown key, with a hint where that key is known elsewhere: it is often the indentation that is wrong. */
export function withHome(diagnostic: Diagnostic): Diagnostic {
  const { code, source, span, hint, message } = diagnostic
  if (code !== CODES.unknownKey || source === undefined || hint !== undefined || message.includes('did you mean')) {
    return diagnostic
  }
  const key = source.lineText(span.line).slice(span.column - 1, span.column - 1 + span.length)
  const home = Object.hasOwn(HOMES, key) ? HOMES[key] : undefined
  const known = (message.split('known here: ', 2)[1] ?? '').split(', ')
  return home?.above.some((name) => known.includes(name)) === true ? { ...diagnostic, hint: home.hint } : diagnostic
}
