import type { Source } from '../diagnostics/source.ts'
import type { Directive, Word } from '../nginx/syntax/syntax.ts'

/**
 * Directives of nginx's own processes. An environment says them itself, on nginx's command line, and nginx takes none of them
 * twice; a user may be missing, a limit not allowed.
 */
const OF_PROCESSES: ReadonlySet<string> = new Set([
  'daemon',
  'error_log',
  'lock_file',
  'master_process',
  'pid',
  'user',
  'worker_cpu_affinity',
  'worker_priority',
  'worker_processes',
  'worker_rlimit_core',
  'worker_rlimit_nofile',
  'working_directory',
])

/** Every connection is logged at level `debug`, whatever level the site asks for (ngx_core_module, debug_connection). */
const OBSERVE = 'debug_connection 0.0.0.0/0; debug_connection ::/0;'

/** What an environment says of nginx's processes, as the argument of `-g`. @param more directives of the main context */
export function processDirectives(errorLog: string, pid: string, more: readonly string[] = []): string {
  return ['daemon off', 'worker_processes 1', `error_log ${errorLog} debug`, `pid ${pid}`, ...more, '']
    .join('; ')
    .trim()
}

/**
 * The nginx.conf around a site file that stands alone. Its `http { }` says as little as the model assumes.
 * @param site the path of the site file @param ofHttp further directives
 */
export function confAround(site: string, ofHttp: readonly string[] = []): string {
  return [`events { ${OBSERVE} }`, 'http {', ...ofHttp, 'access_log off;', `include ${site};`, '}'].join('\n')
}

/**
 * What an environment changes in the files of a whole nginx.conf: blanks in the place of what is about nginx's processes, and
 * behind the brace of `events` what makes it tell of its connections. Every line stays where it is, and all of `http { }` as it is.
 * @param main what stands outside of blocks, of this and other files
 */
export function observing(source: Source, main: readonly Directive[]): Change[] {
  return main
    .filter(({ span }) => span.file === source.file)
    .flatMap((directive) => {
      const [start, end] = placeOf(directive, source)
      const rest = source.text.slice(end)
      const [semicolon] = /^\s*;/.exec(rest) ?? []
      const inside = directive.name.text === 'events' ? insideOf(directive, source, OBSERVE) : null
      if (inside !== null) return [inside]
      if (semicolon === undefined || !OF_PROCESSES.has(directive.name.text)) return []
      const removed = end + semicolon.length - start
      return [{ at: start, removed, inserted: source.text.slice(start, start + removed).replaceAll(/\S/g, ' ') }]
    })
}

/** What puts a line at the beginning of a block; null for a directive that has none there. */
export function insideOf(directive: Directive, source: Source, line: string): Change | null {
  const [, end] = placeOf(directive, source)
  const [brace] = /^\s*\{/.exec(source.text.slice(end)) ?? []
  return brace === undefined ? null : { at: end + brace.length, removed: 0, inserted: ` ${line}` }
}

/** One place of a text that becomes another. */
export interface Change {
  readonly at: number
  readonly removed: number
  readonly inserted: string
}

/** @param changes in any order; none overlaps another */
export function changed(text: string, changes: readonly Change[]): string {
  let done = 0
  let result = ''
  for (const { at, removed, inserted } of changes.toSorted((a, b) => a.at - b.at)) {
    result += text.slice(done, at) + inserted
    done = at + removed
  }
  return result + text.slice(done)
}

/** From the first character of the name to behind the last word. */
function placeOf({ name, args }: Directive, source: Source): [start: number, end: number] {
  const last: Word = args.at(-1) ?? name
  return [source.offsetOf(name.span), source.offsetOf(last.span) + last.span.length]
}
