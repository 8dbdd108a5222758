import type { ModuleTable, Rows, Takes, Touches } from './core/directives/rule.ts'
import { MODULES } from './modules.ts'

/**
 * The command tables as a page of the guide: what the simulated nginx makes of every directive, module by module.
 * @param tried values that the real nginx was compared with, by directive: how an accepted one is known to be harmless
 * @returns Markdown, the text of docs/guide/nginx-directives.md
 */
export function directiveTable(tried: Readonly<Record<string, readonly string[]>>): string {
  return `${[INTRODUCTION, ...MODULES.filter(({ rows }) => Object.keys(rows).length > 0).map((module) => moduleSection(module, tried))].join('\n\n')}\n`
}

const INTRODUCTION = `# nginx directives

What the simulated nginx makes of every directive of nginx 1.22, as Debian builds it, and of some that
came later ([nginx-versions.md](nginx-versions.md) says when). **modelled**: it does what nginx
does. **accepted**: it is checked as \`nginx -t\` checks it, and then left aside, since it cannot change where a request
goes or what it carries; the row says with which values the real nginx was seen to do the same as without, for files, texts and
proxied requests, with short and long bodies (harness/nginx/conformance/cases/accepted.ts). **refused**: it can, and the model does not know it; a scenario answers \`unsupported\` and names
the directive and its line. Run such a scenario on an environment with a real nginx. Most of them touch certain requests of
their location alone, which the table names; then every other request is answered.

What is modelled may still be refused, by name, for a single request: a \`root\` where nothing is known of files, \`autoindex\`
of a folder, \`limit_req\` where no clock tells whether it strikes, a password that only the C library
can check, a pattern of what the model does not follow ([pcre.md](../discoveries/pcre.md)) or one that takes so many steps that PCRE
might give up.

Some rest on the machine, and the simulated nginx does not look at it: whether files of certificates, logs and passwords
exist, and whether log formats and shared memory zones are defined in nginx.conf.

This page is written by \`directiveTable()\` in harness/nginx/directive-table.ts; a test holds the two equal.`

function moduleSection({ module, rows }: ModuleTable, tried: Readonly<Record<string, readonly string[]>>): string {
  const lines = Object.entries(rows).map(([name, row]) => {
    const values = row[2].support === 'modelled' ? [] : (tried[name] ?? [])
    const proof = values.length === 0 ? '' : `; the real nginx was tried with ${list(values)}`
    return `${tableRow(module, name, row)}${proof} |`
  })
  return [`## ${module}`, '', '| directive | stands in | arguments | |', '|---|---|---|---|', ...lines].join('\n')
}

function tableRow(module: string, name: string, [contexts, takes, support]: NonNullable<Rows[string]>): string {
  const page = `https://nginx.org/en/docs/${module === 'ngx_core_module' ? '' : 'http/'}${module}.html`
  const off = support.support === 'refused' && support.unless !== undefined ? ` unless ${support.unless}` : ''
  const touched = support.support === 'refused' ? TOUCHED[support.touches] : ''
  const why = support.support === 'modelled' ? '' : `${touched}: ${support.why}`
  return `| [${name}](${page}#${name}) | ${contexts.join(', ')} | ${argumentsText(takes)} | **${support.support}**${off}${why}`
}

/** Which requests are refused, as the end of "refused …". */
const TOUCHED: Readonly<Record<Touches, string>> = {
  site: '',
  access: ' where access is checked',
  content: ' where the location answers',
  handler: ' where it answers',
  file: ' where a file answers',
  proxied: ' where the request is sent on',
  fastcgi: ' where it is sent on by FastCGI',
  scgi: ' where it is sent on by SCGI',
  uwsgi: ' where it is sent on by uwsgi',
  grpc: ' where it is sent on by gRPC',
  memcached: ' where memcached is asked',
  tls: ' where it is proxied over TLS',
  answer: ' where the location answers',
}

function argumentsText(takes: Takes): string {
  const { min, max, kind, words, block } = takes
  const count = max === Number.POSITIVE_INFINITY ? `${min} or more` : min === max ? `${min}` : `${min} to ${max}`
  const body = block ? ', block' : ''
  if (kind === 'text') return `${count}${body}`
  if (kind === 'flag') return '`on` or `off`'
  if (kind === 'buffers') return 'number and size'
  if (kind === 'enum') return `one of ${list(words)}`
  if (kind === 'set') return `some of ${list(words)}`
  return kind === 'seconds' ? 'time in seconds' : kind === 'offset' ? 'size' : kind
}

function list(words: readonly string[] = []): string {
  return words.map((word) => `\`${word}\``).join(', ')
}
