import { describe, expect, test } from 'vitest'
import { Source } from '../diagnostics/source.ts'
import { formatSpan } from '../diagnostics/span.ts'
import { loadSiteFile } from './load-site-file.ts'
import { rulesOf } from './versions.ts'

function load(text: string, files: Readonly<Record<string, string>> = {}) {
  const includes = Object.entries(files).map(([path, content]) => [path, new Source(path, content)] as const)
  return loadSiteFile(new Source('site', text), new Map(includes))
}

function problems(text: string, files: Readonly<Record<string, string>> = {}): string[] {
  return load(text, files).diagnostics.map(({ severity, span, message, hint }) =>
    `${severity} ${formatSpan(span)} ${message} ${hint ?? ''}`.trim(),
  )
}

describe('what stands in a site file', () => {
  test('all problems are told at once, in the order of the file, each with its line and what to do', () => {
    expect(
      problems('server {\n  listn 80;\n  proxy_pass http://a;\n  location / {\n    gzip yes;\n  }\n}\nserver { }}'),
    ).toEqual([
      'error site:2:3 unknown directive "listn" Did you mean "listen"?',
      'error site:3:3 "proxy_pass" directive is not allowed here It belongs in: location, if in location, limit_except.',
      'error site:5:10 invalid value "yes" in "gzip" directive, it must be "on" or "off"',
      'error site:8:11 unexpected "}" Every block is already closed here.',
    ])
  })

  test('a missing semicolon is named where it is missing', () => {
    expect(problems('server {\n  client_max_body_size 10m\n  listen 80;\n}')).toEqual([
      'error site:2:3 invalid number of arguments in "client_max_body_size" directive Is a ";" missing behind "10m" on line 2?',
    ])
  })

  test('a byte order mark is explained', () => {
    expect(problems('\uFEFFserver { }')).toEqual([
      'error site:1:1 unknown directive "\uFEFFserver" The file starts with a byte order mark, which nginx takes for a part of the name. Save it without.',
    ])
  })

  test('an empty file is a site without servers', () => {
    expect(load('').site?.directives).toEqual([])
  })
})

describe('what the model makes of a directive', () => {
  const refusedIn = (text: string) =>
    load(text).refused.map(({ span, name, because }) => `${formatSpan(span)} ${name}: ${because}`)
  const acceptedIn = (text: string) => load(text).accepted.map(({ span, name }) => `${formatSpan(span)} ${name}`)

  test('what could change every request is refused by name, with its line', () => {
    expect(refusedIn('server {\n  listen 80;\n  ssl on;\n}')).toEqual([
      'site:3:3 ssl: ssl turns TLS on for every listen: not modelled',
    ])
  })

  test('what touches some requests alone is refused when one of them comes', () => {
    expect(refusedIn('server { location / { mirror /copy; proxy_pass http://127.0.0.1; } }')).toEqual([])
  })

  test('what is refused is accepted where it is switched off', () => {
    expect(refusedIn('ssl off;\n')).toEqual([])
    expect(refusedIn('ssl on;\n')).toEqual(['site:1:1 ssl: ssl turns TLS on for every listen: not modelled'])
  })

  test('what cannot change a request is accepted and listed', () => {
    expect(
      acceptedIn('gzip_comp_level 5;\nserver {\n  access_log off;\n  listen 80;\n  proxy_max_temp_file_size 0;\n}'),
    ).toEqual(['site:1:1 gzip_comp_level', 'site:3:3 access_log', 'site:5:3 proxy_max_temp_file_size'])
  })
})

describe('a whole nginx.conf', () => {
  const WHOLE = 'user www-data;\nworker_processes auto;\nevents { worker_connections 768; }\n'

  test('what stands in http counts, and what stands outside is set aside', () => {
    const { site, diagnostics, refused } = load(
      `${WHOLE}http {\n  gzip on;\n  server { listen 80; }\n}\nstream { server { listen 5; } }`,
    )
    expect(diagnostics).toEqual([])
    expect(refused).toEqual([])
    expect(site?.directives.map(({ name }) => name.text)).toEqual(['gzip', 'server'])
    expect(site?.main?.map(({ name }) => name.text)).toEqual(['user', 'worker_processes', 'events', 'http', 'stream'])
  })

  test('a site file has no main', () => {
    expect(load('server { }').site?.main).toBeNull()
  })

  test('one that a site file includes is out of place, and the hint says what to do', () => {
    const [first] = problems('include whole.conf;', { 'whole.conf': 'events { }' })
    expect(first).toBe(
      'error whole.conf:1:1 "events" directive is not allowed here It belongs in: main. A whole nginx.conf may be given as it is: with its http { } and events { }. A site file is read inside of http { }.',
    )
  })

  test('files of any folder are included by their absolute path', () => {
    const files = {
      'config/nginx/proxy.conf': 'gzip on;',
      'etc/letsencrypt/options.conf': 'gzip_vary on;',
      'etc/nginx/conf.d/a.conf': 'server { }',
    }
    const text = `${WHOLE}http { include /config/nginx/*.conf; include /etc/letsencrypt/options.conf; include conf.d/*; }`
    expect(load(text, files).site?.directives.map(({ name }) => name.text)).toEqual(['gzip', 'gzip_vary', 'server'])
  })
})

describe('include', () => {
  const names = (text: string, files: Readonly<Record<string, string>>) =>
    load(text, files).site?.directives.map(
      ({ name, args, span }) => `${span.file}: ${[name, ...args].map((word) => word.text).join(' ')}`,
    )

  test('files stand in their places, a glob in the order of their names', () => {
    const files = {
      'a/2.conf': 'gzip_min_length 2;',
      'a/10.conf': 'gzip_vary on;',
      'a/x.txt': 'bad',
      'b/1.conf': 'bad',
    }
    expect(names('gzip on;\ninclude a/*.conf;\nserver { }', files)).toEqual([
      'site: gzip on',
      'a/10.conf: gzip_vary on',
      'a/2.conf: gzip_min_length 2',
      'site: server',
    ])
  })

  test('a path under /etc/nginx is the same as the path relative to it', () => {
    const files = { 'snippets/a.conf': 'gzip on;' }
    expect(names('include /etc/nginx/snippets/a.conf;', files)).toEqual(['snippets/a.conf: gzip on'])
    expect(names('include ./snippets/../snippets/a.conf;', files)).toEqual(['snippets/a.conf: gzip on'])
  })

  test('a file that is missing is told as nginx tells it, with the way out', () => {
    expect(problems('server {\n  include snippets/a.conf;\n}')).toEqual([
      `error site:2:11 open() "/etc/nginx/snippets/a.conf" failed (2: No such file or directory) Put the file into the chain's folder, under the path that include names.`,
    ])
  })

  test('a geo block takes patterns of files since 1.29.8', () => {
    const includes = new Map(['geo/a.conf', 'geo/b.conf'].map((name) => [name, new Source(name, '10.0.0.0/8 a;')]))
    const source = new Source('site', 'geo $a { include geo/a.conf; } geo $b { include geo/*.conf; }')
    const messages = (version: string) =>
      loadSiteFile(source, includes, rulesOf(version)).diagnostics.map(({ message }) => message)
    expect(messages('1.29.7')).toEqual(['open() "/etc/nginx/geo/*.conf" failed (2: No such file or directory)'])
    expect(messages('1.29.8')).toEqual([])
  })

  test('a problem in an included file has its place there, after those of the site file', () => {
    expect(problems('include a.conf;\nbad;', { 'a.conf': '\nworse;' })).toEqual([
      'error site:2:1 unknown directive "bad"',
      'error a.conf:2:1 unknown directive "worse"',
    ])
  })

  test('a circle is told, not followed', () => {
    expect(problems('include a.conf;', { 'a.conf': 'include b.conf;', 'b.conf': 'include a.conf;' })).toEqual([
      'error b.conf:1:9 include "a.conf" leads back to itself It is read by: a.conf → b.conf → a.conf.',
    ])
  })

  test('a few files cannot grow into endless many', () => {
    const doubling = Object.fromEntries(
      Array.from({ length: 30 }, (_, at) => [`${at}.conf`, `include ${at + 1}.conf;\n`.repeat(2)]),
    )
    const messages = problems('include 0.conf;', { ...doubling, '30.conf': '' })
    expect(messages[0]).toContain('is one too many At most 1000 files of 32 MiB together may be included, 32 deep.')
    expect(messages.length).toBeLessThan(2000)
  })

  test('one large file read again and again is stopped too', () => {
    const messages = problems('include a.conf;\n'.repeat(40), { 'a.conf': `# ${'x'.repeat(100)}\n`.repeat(10_000) })
    expect(messages[0]).toContain('is one too many')
    expect(messages.length).toBeLessThan(40)
  })

  test("Debian's own files are known; one that differs between releases is warned of", () => {
    const { site, diagnostics } = load(
      'server { location / { include /etc/nginx/proxy_params; } }\ninclude mime.types;',
    )
    expect(site).not.toBeNull()
    expect(diagnostics.map(({ severity, code }) => `${severity} ${code}`)).toEqual(['warning W_NGINX_INCLUDE_ASSUMED'])
    const headers = site?.directives[0]?.block?.[0]?.block?.map(({ args }) => args[0]?.text)
    expect(headers).toEqual(['Host', 'X-Real-IP', 'X-Forwarded-For', 'X-Forwarded-Proto'])
  })

  test("the chain's own file comes before Debian's", () => {
    expect(
      problems('server { location / { include proxy_params; } }', { proxy_params: 'proxy_set_header A b;' }),
    ).toEqual([])
  })
})
