import { DIRECTIVES } from '../modules.ts'
import { DEFAULT_VERSION, hasDirective } from '../versions.ts'
import type { Line } from './generate-site.ts'
import type { Random } from './random.ts'

/** Words that arguments are replaced by: right in one place and wrong in another. */
const WORDS = [
  'on',
  'off',
  'On',
  '0',
  '1',
  '-1',
  '10',
  '99999999999999999999',
  '1k',
  '8k',
  '1.5m',
  '1g',
  '10s',
  '1h30m',
  '5ms',
  '1y',
  '30',
  '400',
  '404',
  '599',
  '600',
  '=404',
  '=',
  '/',
  '/a',
  'a',
  '*.a',
  'a.*',
  '*',
  '"',
  '""',
  "'x y'",
  '$',
  '$uri',
  '$nope',
  '$uri{',
  '${uri',
  '$1',
  '~',
  '~^/a',
  '~*(',
  '(a|b)*',
  '@a',
  '@named',
  'http://127.0.0.1',
  'http://127.0.0.1/x',
  'http://127.0.0.1:0',
  'http://127.0.0.1:70000',
  'http://nohost.invalid',
  'http://group',
  'http://group:80',
  'https://127.0.0.1',
  'unix:/tmp/x',
  '127.0.0.1',
  '127.0.0.1:80',
  '10.0.0.0/8',
  '10.0.0.0/33',
  '::1',
  '[::1]:80',
  'all',
  'any',
  'none',
  'default',
  'error',
  'timeout',
  'GET',
  'get',
  'backup',
  'weight=0',
  'weight=2',
  'max_fails=x',
  'fail_timeout=1m',
  'X-A',
  'Host',
  'always',
  'last',
  'break',
  'permanent',
  'zone=z:10m',
  'zone=z:1k',
  'rate=1r/s',
  'burst=5',
  'nodelay',
  'text/html',
  'max',
  'epoch',
  '@1h',
  '-1h',
  'modified',
  '(',
  '(-f',
  '=)',
  '($uri)',
  '50%',
  '#',
  'max=10',
  'inactive=1m',
  'valid=30s',
  '80',
  '8080',
  '0',
  '65536',
  'ssl',
  'http2',
  'default_server',
  'backlog=1',
  'bind',
]

/** Directives that look at the machine, or that change what the judge itself writes. */
const UNJUDGED =
  /^(?:ssl_.*|proxy_ssl_.*|grpc_ssl_.*|uwsgi_ssl_.*|.*_temp_path|.*_cache_path|access_log|error_log|include|pid|lock_file|load_module|perl.*|geoip_.*|image_filter.*|xslt_.*|xml_.*|resolver|auth_basic_user_file|.*_bind|set_real_ip_from|.*_(?:hash_bucket_size|hash_max_size)|http2_.*|variables_.*)$/

const NAMES = DIRECTIVES.names.filter((name) => !UNJUDGED.test(name) && hasDirective(DEFAULT_VERSION, name))

/** A site with `count` mistakes, or what may be mistakes, in it. */
export function mutateSite(random: Random, site: readonly Line[], count: number): readonly Line[] {
  let mutated = site
  for (let n = 0; n < count; n++) mutated = mutate(random, mutated)
  return mutated
}

/** Changes one line, somewhere: deep as often as shallow. */
function mutate(random: Random, lines: readonly Line[]): readonly Line[] {
  const at = random.below(lines.length + 1)
  const line = lines[at]
  if (line?.lines != null && !random.once(4)) {
    return lines.with(at, { ...line, lines: mutate(random, line.lines) })
  }
  if (line === undefined || random.once(3)) return lines.toSpliced(at, 0, invented(random))
  return mutateAt(random, lines, at, line)
}

function mutateAt(random: Random, lines: readonly Line[], at: number, line: Line): readonly Line[] {
  const other = random.below(lines.length)
  switch (random.below(7)) {
    case 0:
      return lines.toSpliced(at, 1)
    case 1:
      return lines.toSpliced(other, 0, line)
    case 2:
      return lines.with(at, lines[other] ?? line).with(other, line)
    case 3:
      return lines.with(at, { ...line, lines: line.lines === null ? [] : null })
    case 4:
      return lines.with(at, { head: line.head, lines: [line] })
    default:
      return lines.with(at, { ...line, head: changedHead(random, line.head) })
  }
}

function changedHead(random: Random, head: string): string {
  const words = head.split(' ')
  const at = random.below(words.length)
  switch (random.below(4)) {
    case 0:
      return words.toSpliced(at, 1).join(' ') || 'x'
    case 1:
      return words.toSpliced(at + 1, 0, random.of(WORDS)).join(' ')
    case 2:
      return [random.of(NAMES), ...words.slice(1)].join(' ')
    default:
      return words.with(at, random.of(WORDS)).join(' ')
  }
}

/** Any directive with about as many words as it takes. */
function invented(random: Random): Line {
  const name = random.of(NAMES)
  const [rule] = DIRECTIVES.rulesOf(name) ?? []
  const most = Math.min(rule?.args.max ?? 1, 3)
  const count = random.once(6)
    ? random.below(4)
    : (rule?.args.min ?? 1) + random.below(most - (rule?.args.min ?? 1) + 1 || 1)
  const known = rule?.args.words ?? []
  const words = random.list(count, () => (known.length > 0 && !random.once(4) ? random.of(known) : random.of(WORDS)))
  return { head: [name, ...words].join(' '), lines: rule?.args.block === true && !random.once(6) ? [] : null }
}
