import { createPrivateKey, X509Certificate } from 'node:crypto'
import { expect, test } from 'vitest'
import type { HostFiles } from '../chain/chain.ts'
import { Source } from '../diagnostics/source.ts'
import { flowmaster } from './fixtures/flowmaster.ts'
import { SiteOnDisk } from './site-on-disk.ts'
import { siteOnHost } from './site-on-host.ts'

function onHost(
  text: string,
  files: Readonly<Record<string, string>> = {},
  served: HostFiles | null = null,
): ReadonlyMap<string, string> {
  const includes = new Map(Object.entries(files).map(([name, content]) => [name, new Source(name, content)]))
  const chain = { ...flowmaster(), site: new Source('nginx.conf', text), includes, files: served }
  return siteOnHost(new SiteOnDisk(chain, []), { proxy_temp_path: '/run/p' }).files
}

const blank = (text: string) => text.replaceAll(/\S/g, ' ')

test('a site file stands byte for byte inside of an http that says as little as the model assumes', () => {
  const site = 'server { listen 80; }\r\n'
  const files = onHost(site)
  expect(files.get('/etc/nginx/sites-enabled/site')).toBe(site)
  expect(files.get('/etc/nginx/nginx.conf')?.split('\n')).toEqual([
    'events { debug_connection 0.0.0.0/0; debug_connection ::/0; }',
    'http {',
    'proxy_temp_path /run/p;',
    'access_log off;',
    'include /etc/nginx/sites-enabled/site;',
    '}',
  ])
  expect(onHost('proxy_temp_path /mine;').get('/etc/nginx/nginx.conf')).not.toContain('proxy_temp_path')
})

test('of a whole nginx.conf what is about processes is blank, events observe, and http is as it is, line by line', () => {
  const http = 'http {\n  include mime.types; # user a;\n  server { listen 80; }\n}\n'
  const start = 'user\n  www-data;\nworker_processes auto; pid /run/nginx.pid;\nerror_log /var/log/a;\n'
  const conf = `${start}events\n{\n}\n${http}`
  const files = onHost(conf)
  expect(files.get('/etc/nginx/nginx.conf')).toBe(
    `${blank(start)}events\n{ debug_connection 0.0.0.0/0; debug_connection ::/0;\n}\n${http}`,
  )
  expect(files.has('/etc/nginx/sites-enabled/site')).toBe(false)
})

test('where the chain says its files, an http without a root gets one, and no other does', () => {
  const files = (http: string) => onHost(`events { }\nhttp {${http}}`, {}, new Map()).get('/etc/nginx/nginx.conf')
  expect(files(' server { } ')).toMatch(/^http \{ root \/etc\/nginx\/\.outside\/usr\/share\/nginx\/html; server/m)
  expect(files(' root /srv; ')).toMatch(/^http \{ root \/etc\/nginx\/\.outside\/srv; \}$/m)
})

test('what is about processes is left out of an included file too', () => {
  const files = onHost('include main.conf;\nhttp { }', { 'main.conf': 'events { }\nuser nobody;' })
  expect(files.get('/etc/nginx/main.conf')).toBe(
    'events { debug_connection 0.0.0.0/0; debug_connection ::/0; }\n            ',
  )
})

test('a file of another folder stands where nginx may find it, and what names it says so', () => {
  const site = 'server { include "/config/*.conf"; location /config/a.conf { root /config; } }'
  const files = onHost(site, { 'config/a.conf': 'listen 80;', 'etc/nginx/b.conf': '' })
  expect(files.get('/etc/nginx/.outside/config/a.conf')).toBe('listen 80;')
  expect(files.get('/etc/nginx/config/a.conf')).toBe('listen 80;')
  expect(files.get('/etc/nginx/b.conf')).toBe('')
  expect(files.get('/etc/nginx/sites-enabled/site')).toBe(site.replace('"/config', '"/etc/nginx/.outside/config'))
})

test('a certificate that the chain has not is made, and one that it has is left', () => {
  const site = [
    'ssl_certificate /etc/ssl/a.pem; ssl_certificate_key ssl/a.key; ssl_dhparam /etc/ssl/dh.pem;',
    'server { ssl_certificate /etc/nginx/ssl/own.pem; ssl_certificate_key data:x; }',
    'server { ssl_certificate /etc/ssl/$ssl_server_name.pem; ssl_certificate_key own.key; }',
    'server { ssl_certificate ssl/half.pem; ssl_certificate_key ssl/half.key; }',
  ].join('\n')
  const files = onHost(site, { 'ssl/own.pem': 'mine', 'etc/nginx/own.key': 'mine too', 'ssl/half.pem': 'no key' })
  const certificate = new X509Certificate(files.get('/etc/nginx/.outside/etc/ssl/a.pem') ?? '')
  expect(certificate.checkPrivateKey(createPrivateKey(files.get('/etc/nginx/ssl/a.key') ?? ''))).toBe(true)
  const half = new X509Certificate(files.get('/etc/nginx/ssl/half.pem') ?? '')
  expect(half.checkPrivateKey(createPrivateKey(files.get('/etc/nginx/ssl/half.key') ?? ''))).toBe(true)
  expect(files.get('/etc/nginx/.outside/etc/ssl/dh.pem')).toContain('DH PARAMETERS')
  expect([files.get('/etc/nginx/ssl/own.pem'), files.get('/etc/nginx/own.key')]).toEqual(['mine', 'mine too'])
  expect([...files.keys()].filter((name) => /\$|data/.test(name))).toEqual([])
  expect(files.get('/etc/nginx/sites-enabled/site')).toContain('ssl_certificate /etc/nginx/.outside/etc/ssl/a.pem;')
})

test('where the chain says which files there are, root and alias lead to them', () => {
  const site = 'root /var/www; server { location /a { alias "/srv/$host/"; } location /b { root html; } }'
  expect(onHost(site).get('/etc/nginx/sites-enabled/site')).toBe(site)
  const files = onHost(site, {}, new Map())
  expect(files.get('/etc/nginx/sites-enabled/site')).toBe(
    site
      .replace('/var/www', '/etc/nginx/.outside/var/www')
      .replace('/srv', '/etc/nginx/.outside/srv')
      .replace('root html', 'root /etc/nginx/.outside/usr/share/nginx/html'),
  )
  expect(files.get('/etc/nginx/nginx.conf')).not.toContain('root ')
  expect(onHost('server { }', {}, new Map()).get('/etc/nginx/nginx.conf')).toContain(
    'root /etc/nginx/.outside/usr/share/nginx/html;',
  )
})
