import type { Random } from './random.ts'

/** A block of a generated site: its head line, and what stands in it. A directive has no lines. */
export interface Line {
  readonly head: string
  readonly lines: readonly Line[] | null
}

const PATHS = [
  '/',
  '/a',
  '/a/',
  '/api',
  '/api/',
  '/api/v1/',
  '/a/b',
  '/a/b/',
  '/x.html',
  '/a b/',
  '/\u00e4/',
  '/static/',
]
const PATTERNS = [
  '^/a',
  '\\.html$',
  '^/api/(.*)$',
  '/(\\w+)/(\\w+)',
  '^/(?<first>[^/]*)/?',
  'b/?$',
  '^/A',
  '[^a-z]',
  '^/a%',
  ' ',
  '\\+',
  '^(.*)$',
  '^/(a|b|c)(/.*)?$',
]
const VALUES = [
  '$uri',
  '$args',
  '$request_uri',
  '$host',
  '$http_host',
  '$1',
  '$2',
  '$first',
  '$arg_q',
  '$is_args$args',
  '$mapped',
  '$set',
  '$request_method',
  '$cookie_c',
  '$proxy_host',
  '$server_name',
  '$http_x_a',
  '$status',
  'plain',
  'sp ace',
  '$document_uri',
  '$proxy_add_x_forwarded_for',
  '$scheme://$host',
  '$content_length',
  '$upstream_status',
  '$remote_addr',
]
const UPSTREAMS = ['$A', '$B', 'group', '$DEAD', 'pair']
const URIS = ['', '', '', '/', '/base', '/base/', '/b%20c/', '/q?x=1']

/** Files that generated sites serve, under `$FILES`. */
export const GENERATED_FILES: Readonly<Record<string, string>> = {
  'index.html': '<p>index',
  'x.html': '0123456789',
  'a/index.html': 'a',
  'a/b': 'file b',
  'a/404': 'not here',
  'api/v1/': '',
  'static/x.html': 'static, and long enough to be compressed',
  users: 'u:{PLAIN}p\nv:{SHA}fEqNCco3Yq9h5ZUglD3CZJT4lBs=\n',
}

/** Generates a site file as an operator might write it on a bad day. */
export function generateSite(random: Random): Line[] {
  return [
    block('upstream group', [
      directive('server $A'),
      directive(`server $B weight=${1 + random.below(3)}`),
      ...(random.once(3) ? [directive('server $C backup')] : []),
    ]),
    block('upstream pair', [directive('server $DEAD max_fails=0'), directive('server $C max_fails=0')]),
    block(`map ${random.of(['$uri', '$arg_q', '$http_x_a', '$host'])} $mapped`, [
      directive('default "def"'),
      directive('"" "empty"'),
      directive('a "A-$uri"'),
      directive('~^/a "starts"'),
    ]),
    ...random.list(1 + random.below(3), () => server(random)),
    block('server', [directive('listen $LISTEN'), directive('server_name ~^always(?<first>.)$')]),
  ]
}

/** The text of generated lines. */
export function siteText(lines: readonly Line[], indent = ''): string {
  return lines
    .map(({ head, lines: inner }) =>
      inner === null ? `${indent}${head};\n` : `${indent}${head} {\n${siteText(inner, `${indent}  `)}${indent}}\n`,
    )
    .join('')
}

function server(random: Random): Line {
  const names = random.of([
    'first.example',
    'second.example',
    '*.wild.example',
    '.dot.example',
    'mail.*',
    '~^re(?<first>\\d*)\\.example$',
    '""',
  ])
  return block('server', [
    directive('listen $LISTEN'),
    directive(`server_name ${names}`),
    directive('set $set ""'),
    ...some(random, 3, SERVER_SETTINGS),
    ...random.list(random.below(3), () => rewriting(random, 'server')),
    ...locations(random),
    block('location @named', [
      ...some(random, 1, LOCATION_SETTINGS),
      directive(`proxy_pass http://${random.of(UPSTREAMS)}`),
    ]),
  ])
}

function locations(random: Random): Line[] {
  const seen = new Set<string>()
  return random.list(2 + random.below(6), () => location(random, seen, '/')).filter((line) => line !== null)
}

function location(random: Random, seen: Set<string>, under: string): Line | null {
  const isRegex = random.once(3)
  const modifier = isRegex ? random.of(['~ ', '~* ']) : random.of(['', '', '', '= ', '^~ '])
  const name = isRegex ? random.of(PATTERNS) : random.of(PATHS)
  const key = `${modifier === '= ' ? '=' : modifier.startsWith('~') ? modifier : ''}${name}`
  if (seen.has(key) || (!isRegex && !name.startsWith(under))) return null
  seen.add(key)
  const nested = !isRegex && modifier === '' && random.once(5) ? location(random, new Set(), name) : null
  return block(`location ${modifier}"${name}"`, [
    ...some(random, 2, LOCATION_SETTINGS),
    ...random.list(random.below(3), () => rewriting(random, 'location')),
    ...(random.once(8)
      ? [
          block(`limit_except ${random.of(['GET', 'POST', 'HEAD PUT'])}`, [
            directive(random.of(['deny all', 'allow all', 'proxy_pass http://$B'])),
          ]),
        ]
      : []),
    ...content(random, isRegex, name),
    ...(nested === null ? [] : [nested]),
  ])
}

function content(random: Random, isRegex: boolean, name: string): Line[] {
  const upstream = random.of(UPSTREAMS)
  switch (random.below(11)) {
    case 0:
      return [
        directive(
          `return ${random.of([200, 204, 301, 302, 404, 418, 500, 503])} "${random.of(VALUES)}|${random.of(VALUES)}"`,
        ),
      ]
    case 1:
      return [
        directive(
          `return ${random.of([301, 403, 404, 444, 502])}${random.once(2) ? ` /r${random.of(['', '$uri', '?$args'])}` : ''}`,
        ),
      ]
    case 2:
      return [
        directive(
          `try_files ${random.of(['$uri', '/none'])} ${random.of(['@named', '=404', '/api/tried', '/a/$uri', '=503'])}`,
        ),
      ]
    case 3:
      return [
        directive(
          `proxy_pass http://${upstream}${random.of(['$uri', '$request_uri', '/v$is_args$args', '/$1', '$set'])}`,
        ),
      ]
    case 4:
      return random.once(3) ? [] : [directive('internal'), directive(`proxy_pass http://${upstream}`)]
    case 5:
      return random.once(3)
        ? [
            directive(
              `try_files ${random.of(['$uri $uri/', '/x.html', '$uri'])} ${random.of(['@named', '=404', '/index.html', '/a/$uri'])}`,
            ),
          ]
        : []
    case 6:
      return isRegex
        ? [directive(`alias $FILES/${random.of(['$1', 'x.html', 'a/$1'])}`)]
        : [directive(`${random.of(['alias', 'alias', 'root'])} $FILES${random.of(['/', '', '/a/', '/a', '/static/'])}`)]
    default:
      return [
        directive(`proxy_pass http://${upstream}${isRegex ? '' : random.of(URIS)}`),
        ...(name === '' ? [] : some(random, 1, PROXY_SETTINGS)),
      ]
  }
}

function rewriting(random: Random, where: 'server' | 'location', depth = 0): Line {
  const choice = random.below(depth === 0 ? 6 : 4)
  if (depth > 0 && where === 'location' && random.once(3)) return directive(random.of(IN_IF))
  if (choice === 0) return directive(`set $set "${random.of(VALUES)}"`)
  if (choice === 1 && random.once(3)) return directive('break')
  if (choice === 2 && depth > 0) return directive(`return ${random.of(['403', '200 "if $uri $1"', '302 /x', '418'])}`)
  if (choice > 3) {
    const variable = random.of(['$arg_q', '$uri', '$http_x_a', '$set', '$request_method', '$mapped'])
    const test = random.of(['', ' = a', ' != a', ' ~ ^/a', ' ~* (.)(A)', ' !~ b', ' = GET', ' ~ (.*)'])
    return block(
      `if (${variable}${test})`,
      random.list(1 + random.below(2), () => rewriting(random, where, depth + 1)),
    )
  }
  const to = random.of([
    '/a/$1',
    '/api/$1',
    '/x.html',
    '/a?z=$1',
    '/b/$1?',
    '/c%20d/$1',
    '/a/$1?$args',
    '$uri/',
    'http://other.example/$1',
    '/api/v1/$2$1',
  ])
  return directive(
    `rewrite "${random.of(PATTERNS)}" ${to}${random.of(['', ' last', ' break', ' break', ' redirect', ' permanent'])}`,
  )
}

const SERVER_SETTINGS = [
  'merge_slashes off',
  'underscores_in_headers on',
  'ignore_invalid_headers off',
  'client_max_body_size 20',
  'error_page 404 /a/404',
  'error_page 502 504 =200 @named',
  'error_page 403 = /x.html',
  'error_page 418 =503 http://sorry.example/',
  'recursive_error_pages on',
  'server_tokens off',
  'absolute_redirect off',
  'port_in_redirect off',
  'server_name_in_redirect on',
  'proxy_set_header X-Server s',
  'add_header X-S s',
  'proxy_intercept_errors on',
  'default_type text/x',
  'root $FILES',
  'root $FILES/a/',
  'index x.html index.html',
  'gzip on',
  'gzip_vary on',
  'gzip_types text/x text/plain',
  'gzip_min_length 5',
  'charset utf-8',
  'expires epoch',
  'etag off',
  'satisfy any',
  'auth_basic "realm"',
  'auth_basic_user_file $FILES/users',
  'if_modified_since before',
]
const LOCATION_SETTINGS = [
  'proxy_set_header Host $host',
  'proxy_set_header X-Value "$uri|$1"',
  'proxy_set_header X-Mapped $mapped',
  'proxy_http_version 1.1',
  'proxy_set_header Connection ""',
  'error_page 404 @named',
  'error_page 500 502 /api/',
  'proxy_intercept_errors on',
  'client_max_body_size 5',
  'add_header X-L "$uri" always',
  'proxy_method PUT',
  'proxy_pass_request_headers off',
  'deny 10.0.0.1',
  'deny all',
  'proxy_hide_header X-Up',
  'recursive_error_pages on',
  'proxy_next_upstream http_503 error non_idempotent',
  'proxy_next_upstream off',
  'satisfy any',
  'allow 127.0.0.1',
  'auth_basic "$arg_q"',
  'auth_basic_user_file $FILES/users',
  'auth_basic off',
  'expires max',
  'expires -1',
  'expires $arg_q',
  'charset latin1',
  'gzip on',
  'gzip off',
  'index x.html',
  'add_header X-L2 "$upstream_status"',
  'add_header Cache-Control private',
  'proxy_next_upstream http_404 http_500 non_idempotent',
  'proxy_next_upstream_tries 1',
  'types { text/x html; }',
  'max_ranges 0',
  'root $FILES',
]
/** What an `if` in a location holds beside rewriting. */
const IN_IF = [
  'add_header X-If "$uri"',
  'add_header X-If always always',
  'proxy_pass http://$B',
  'proxy_pass http://group',
  'proxy_pass http://$C$uri',
  'expires max',
  'error_page 404 /x.html',
  'root $FILES/a',
  'charset koi8-r',
  'gzip on',
]
const PROXY_SETTINGS = [
  'proxy_redirect off',
  'proxy_redirect http://group/ /g/',
  'proxy_redirect ~^http://[^/]+/(.*)$ /re/$1',
  'proxy_pass_header Server',
]

function some(random: Random, most: number, from: readonly string[]): Line[] {
  const chosen = new Map(
    random.list(random.below(most + 1), () => random.of(from)).map((text) => [text.split(' ')[0], text]),
  )
  return [...chosen.values()].map(directive)
}

function directive(head: string): Line {
  return { head, lines: null }
}

function block(head: string, lines: readonly Line[]): Line {
  return { head, lines }
}
