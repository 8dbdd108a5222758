import { ModuleSettings } from '../../core/module.ts'
import type { CompileScope } from '../../core/scope.ts'
import { Slot } from '../../core/slot.ts'
import type { Template } from '../../core/variables/template.ts'
import type { Block } from '../../syntax/block.ts'
import type { Directive, Word } from '../../syntax/syntax.ts'

/** A `log_format`. */
export interface LogFormat {
  readonly escaping: 'default' | 'json' | 'none'
  readonly line: Template
}

/** An `access_log`. */
export interface AccessLog {
  readonly path: Template
  readonly format: LogFormat
  /** A request for which this is empty or `0` is not logged; null where every one is. */
  readonly condition: Template | null
  readonly gzip: boolean
}

const COMBINED =
  '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"'

const formatsOf = new Slot<CompileScope, ReadonlyMap<string, LogFormat>>(new Map())

/** The logs that a block writes; what it says replaces what counts around it (ngx_http_log_merge_loc_conf). */
export const accessLogs = new ModuleSettings<readonly AccessLog[]>([], (block, around, scope) => {
  const directives = block.all('access_log')
  return directives.length === 0 ? around : directives.flatMap((directive) => compileLog(directive, scope))
})

/** Every `log_format` of the site, and `combined`, which nginx has by itself. */
export function defineFormats(http: Block, scope: CompileScope): void {
  const directives = http.all('log_format')
  const [first] = [...directives, ...http.directives]
  const formats = new Map<string, LogFormat>()
  if (first !== undefined)
    formats.set('combined', { escaping: 'default', line: scope.templateOf(COMBINED, first.name.span) })
  for (const { args } of directives) {
    const [name, ...words] = args
    if (name !== undefined) formats.set(name.text, formatOf(words, scope))
  }
  formatsOf.keep(scope, formats)
}

function formatOf(words: readonly Word[], scope: CompileScope): LogFormat {
  const escaping = /^escape=(default|json|none)$/.exec(words[0]?.text ?? '')?.[1]
  const pieces = escaping === undefined ? words : words.slice(1)
  const parts = pieces.flatMap((word) => scope.template(word).parts)
  const source = pieces.map(({ text }) => text).join('')
  return {
    escaping: escaping === 'json' || escaping === 'none' ? escaping : 'default',
    line: { source, text: null, parts },
  }
}

function compileLog({ args }: Directive, scope: CompileScope): AccessLog[] {
  const [path, name, ...options] = args
  if (path === undefined || path.text === 'off' || path.text.startsWith('syslog:')) return []
  const format = formatsOf.of(scope).get(name?.text ?? 'combined')
  if (format === undefined) return []
  const condition = options.find(({ text }) => text.startsWith('if='))
  return [
    {
      path: scope.template(path),
      format,
      condition: condition === undefined ? null : scope.templateOf(condition.text.slice('if='.length), condition.span),
      gzip: options.some(({ text }) => /^gzip(?:=|$)/.test(text)),
    },
  ]
}
