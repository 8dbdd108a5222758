import type { Source } from '../../diagnostics/source.ts'
import { parseSite } from '../../nginx/syntax/parser.ts'
import type { Directive } from '../../nginx/syntax/syntax.ts'

/** A directive that the model takes, and that asks something of the stand-in which it does not do. */
interface NotServed {
  readonly what: string
  readonly line: number
  readonly because: string
}

/** What the model takes, since for it requests come one by one. */
const AT_THE_SAME_TIME: ReadonlySet<string> = new Set(['least_conn', 'limit_conn'])

/** What a configuration asks of an nginx that the stand-in does not do. */
export function notServed(source: Source): NotServed[] {
  return parseSite(source).directives.flatMap((directive) => notServedBy(directive, true))
}

function notServedBy({ name, args, block, span }: Directive, isMain: boolean): NotServed[] {
  const inside = (block ?? []).flatMap((directive) => notServedBy(directive, false))
  const told = (because: string): NotServed[] => [{ what: name.text, line: span.line, because }, ...inside]
  const target = args[0]?.text ?? ''
  if (name.text === 'error_log' && (!isMain || !target.startsWith('/'))) return told('one file gets every problem')
  if (name.text === 'access_log' && target.startsWith('syslog:')) return told('no syslog is written')
  if (AT_THE_SAME_TIME.has(name.text)) return told('requests at the same time are not counted')
  return inside
}
