import type { RequestState } from '../../core/request/request-state.ts'
import { evaluate } from '../../core/variables/evaluate.ts'
import type { LogLine } from '../../site.ts'
import { accessLogs, type LogFormat } from './compile.ts'

/** What a request leaves in the logs of its location (ngx_http_log_handler). */
export function logRequest(state: RequestState): readonly LogLine[] {
  return accessLogs.of(state.location.settings).flatMap(({ path, format, condition, gzip }) => {
    const shown = condition === null ? '1' : evaluate(condition, state)
    if (shown === '' || shown === '0') return []
    return [{ path: evaluate(path, state), text: lineOf(format, state), gzip }]
  })
}

function lineOf({ escaping, line: { parts } }: LogFormat, state: RequestState): string {
  const value = VALUES[escaping]
  const texts = parts.map((part) => {
    if (part.kind === 'text') return part.text
    return value(part.kind === 'variable' ? state.variable(part.slot) : state.capture(part.group))
  })
  return texts.join('')
}

/** How a value is written, by its format; null where a variable has none. */
const VALUES: Readonly<Record<LogFormat['escaping'], (value: string | null) => string>> = {
  // ngx_http_log_escape
  default: (value) => value?.replaceAll(/["\\]|[^ -~]/g, (char) => `\\x${hex(char, 2).toUpperCase()}`) ?? '-',
  // ngx_escape_json
  json: (value) =>
    value?.replaceAll(/["\\]|[^ -\xff]/g, (char) => SHORT[char] ?? `\\u${hex(char, 4).toUpperCase()}`) ?? '',
  none: (value) => value ?? '',
}

const SHORT: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\b': '\\b',
  '\f': '\\f',
}

function hex(char: string, length: number): string {
  return char.charCodeAt(0).toString(16).padStart(length, '0')
}
