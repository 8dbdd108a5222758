import type { Diagnostic } from '../../diagnostics/diagnostic.ts'
import type { Source } from '../../diagnostics/source.ts'
import type { Span } from '../../diagnostics/span.ts'
import { createLexer, MAX_PROBLEMS, type Words } from './lexer.ts'
import type { Directive, Word } from './syntax.ts'

/** Blocks may nest this deep: far beyond any real file, and shallow enough for every recursive reader of the tree. */
export const MAX_DEPTH = 256

/** A block whose `}` has not come yet. */
interface OpenBlock extends Words {
  readonly directives: Directive[]
}

/**
 * Reads a site file into directives, knowing nothing of what they mean. Always ends, whatever the text is.
 * @returns the directives that could be read, and every problem (at most {@link MAX_PROBLEMS}) as `ngx_conf_parse` of nginx 1.22 words it
 */
export function parseSite(source: Source): { directives: Directive[]; diagnostics: Diagnostic[] } {
  const diagnostics: Diagnostic[] = []
  const next = createLexer(source, diagnostics)
  const top: Directive[] = []
  const open: OpenBlock[] = []

  function add(directive: Directive): void {
    const block = open.at(-1)
    if (block === undefined) top.push(directive)
    else block.directives.push(directive)
  }

  function report(code: string, message: string, span: Span, hint: string): void {
    if (diagnostics.length < MAX_PROBLEMS) diagnostics.push({ code, severity: 'error', message, span, hint, source })
  }

  for (;;) {
    const statement = next()
    if (statement.kind === 'end' || diagnostics.length >= MAX_PROBLEMS) break
    if (statement.kind === 'simple') {
      add(directive(statement, null))
    } else if (statement.kind === 'block-start') {
      if (open.length === MAX_DEPTH) {
        report('E_NGINX_DEPTH', `blocks nest deeper than ${MAX_DEPTH}`, statement.name.span, 'Flatten the file.')
        return { directives: top, diagnostics }
      }
      open.push({ name: statement.name, args: statement.args, directives: [] })
    } else {
      const block = open.pop()
      if (block !== undefined) add(directive(block, block.directives))
      else report('E_NGINX_UNEXPECTED', 'unexpected "}"', statement.span, 'Every block is already closed here.')
    }
  }

  const innermost = open.at(-1)?.name
  if (innermost !== undefined && diagnostics.at(-1)?.code !== 'E_NGINX_END_OF_FILE') {
    const hint = `The block of "${innermost.text}" opened on line ${innermost.span.line} is never closed.`
    report('E_NGINX_END_OF_FILE', 'unexpected end of file, expecting "}"', endOf(source), hint)
  }
  for (let block = open.pop(); block !== undefined; block = open.pop()) add(directive(block, block.directives))
  return { directives: top, diagnostics }
}

function directive({ name, args }: Words, block: readonly Directive[] | null): Directive {
  return { name, args, block, span: spanOf(name, args) }
}

/** From the name to the last argument on the name's line. */
function spanOf(name: Word, args: readonly Word[]): Span {
  const { file, line, column } = name.span
  const { span } = args.findLast((word) => word.span.line === line) ?? name
  return { file, line, column, length: span.column + span.length - column }
}

/** The end of the text as people see it: its last character that is not white space. */
function endOf(source: Source): Span {
  return source.contentSpanAt(Math.max(0, source.content.trimEnd().length - 1), 1)
}
