import { cpSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { NO_GATEWAY_CONFIG } from './chain.ts'
import { loadChain } from './load-chain.ts'

const fixtures = path.join(import.meta.dirname, '../scenario/fixtures')
const flowmaster = path.join(fixtures, 'chains/flowmaster')

let root = ''
let dir = ''
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'chain-'))
  dir = path.join(root, 'copy')
  cpSync(flowmaster, dir, { recursive: true })
})
afterEach(() => rmSync(root, { recursive: true }))

const codes = () => loadChain(dir, root).diagnostics.map(({ code }) => code)

test('a folder becomes a chain, with what services.yaml leaves out filled in', () => {
  const { chain, diagnostics } = loadChain(flowmaster, fixtures)
  expect(diagnostics).toEqual([])
  expect(chain).toMatchObject({ name: 'flowmaster', dir: flowmaster, gatewayConfig: { middleware: null, auth: null } })
  expect(chain?.site.file).toBe('harness/scenario/fixtures/chains/flowmaster/nginx.conf')
  expect([...(chain?.includes.keys() ?? [])]).toEqual(['ssl.conf'])
  expect(chain?.services.find(({ name }) => name === 'process-design')).toMatchObject({
    clusterIP: null,
    port: 9003,
    targetPort: 9003,
    listens: 9003,
    replicas: 1,
    stub: {
      serves: ['/api/v1/processes'],
      answers: [
        {
          method: 'GET',
          target: '/api/v1/processes/7',
          status: 404,
          when: { httpVersion: null, headers: [] },
          headers: [
            ['x-a', 'b'],
            ['content-type', 'application/json'],
          ],
          body: '{"detail":"gone"}',
        },
      ],
      websocket: false,
    },
    span: { line: 5, column: 11 },
  })
})

test("a folder's host is that of a k3s server, unless host.yaml says something else", () => {
  expect(loadChain(flowmaster, fixtures).chain?.host).toEqual({
    dns: 'own',
    names: new Map(),
    conf: 'none',
    env: new Map(),
    nginx: null,
  })
  writeFileSync(path.join(dir, 'host.yaml'), 'dns: cluster\nenv: {PORT: 9000}\nnginx: "1.24"\n')
  const { chain } = loadChain(dir, root)
  expect(chain?.host).toMatchObject({ dns: 'cluster', conf: 'none', env: new Map([['PORT', '9000']]) })
  expect(chain?.host.nginx).toMatchObject({ version: '1.24', span: { line: 3, column: 8 } })
  expect([...(chain?.includes.keys() ?? [])]).toEqual(['ssl.conf'])
})

test.each([
  ['resolver: cluster', ['E_HOST_UNKNOWN_KEY']],
  ['dns: kube-dns', ['E_HOST_TYPE']],
  ['conf: alpine', ['E_HOST_TYPE']],
  ['nginx: 1.30', ['E_HOST_TYPE']],
  ['nginx: "stable"', ['E_HOST_TYPE']],
  ['env: {"A B": c}', ['E_HOST_TYPE']],
])('a host.yaml with %s', (text, expected) => {
  writeFileSync(path.join(dir, 'host.yaml'), text)
  expect(codes().sort()).toEqual(expected.sort())
})

test.each([
  ['sites-enabled', '/etc/nginx/sites-enabled/*'],
  ['conf.d', '/etc/nginx/conf.d/*.conf'],
])('a folder without an nginx.conf has that of a host with %s around its sites', (folder, included) => {
  mkdirSync(path.join(dir, folder))
  renameSync(path.join(dir, 'nginx.conf'), path.join(dir, folder, 'a.conf'))
  const { chain } = loadChain(dir, root)
  expect(chain?.site.text).toContain(`include ${included};`)
  expect([...(chain?.includes.keys() ?? [])]).toContain(`${folder}/a.conf`)
})

test('the files of a host may stand as on its disk', () => {
  mkdirSync(path.join(dir, 'etc/nginx'), { recursive: true })
  renameSync(path.join(dir, 'nginx.conf'), path.join(dir, 'etc/nginx/nginx.conf'))
  expect(loadChain(dir, root).chain?.site.text).toContain('server')
})

test('the folder files is the disk of the host of nginx, and nothing that nginx includes', () => {
  expect(loadChain(flowmaster, fixtures).chain?.files).toBeNull()
  mkdirSync(path.join(dir, 'files/var/www/img'), { recursive: true })
  writeFileSync(path.join(dir, 'files/var/www/img/a.png'), Buffer.from([0x89, 0x50, 0xff]))
  symlinkSync('/etc/hostname', path.join(dir, 'files/var/www/hostname'))
  const { chain } = loadChain(dir, root)
  expect(chain?.files).toEqual(new Map([['/var/www/img/a.png', '\x89P\xff']]))
  expect([...(chain?.includes.keys() ?? [])].filter((name) => name.startsWith('files'))).toEqual([])
})

test.each([
  [
    '{name: reports, on: host, port: 3001, clusterIP: 10.43.9.9}',
    '"reports" on the host has no clusterIP and no targetPort',
  ],
  [
    '{name: reports, on: host, port: 3001, targetPort: 3002}',
    '"reports" on the host has no clusterIP and no targetPort',
  ],
  ['{name: reports, on: host, socket: /run/a, port: 1}', '"reports" has a socket, and no port'],
  ['{name: reports, on: host, port: 80, morePorts: [{port: 443}, {port: 80}]}', '"reports" has port 80 twice'],
  ['{name: reports, socket: /run/a}', '"reports" is no program on the host, and has no socket'],
  ['{name: api-gateway, on: host, port: 9000}', '"api-gateway" on the host is the gateway, which runs in the cluster'],
])('a program on the host is no Service: %s', (written, message) => {
  const gateway = written.includes('api-gateway') ? '' : '- {name: api-gateway, port: 9000}'
  writeFileSync(path.join(dir, 'services.yaml'), `services:\n- ${written}\n${gateway}\n`)
  expect(loadChain(dir, root).diagnostics).toMatchObject([{ code: 'E_SERVICES_TYPE', message }])
})

test.each([
  [
    'tls: true',
    {
      names: ['billing', 'billing.flowmaster', 'billing.flowmaster.svc', 'billing.flowmaster.svc.cluster.local'],
      certificate: 'trusted',
      needsServerName: false,
    },
  ],
  ['tls: false', null],
  [
    'tls: {names: ["*.a.example"], certificate: expired, needsServerName: true}',
    { names: ['*.a.example'], certificate: 'expired', needsServerName: true },
  ],
])('a Service that speaks TLS: %s', (written, tls) => {
  const services = `services:\n- {name: billing, port: 443, ${written}}\n- {name: api-gateway, port: 9000}\n`
  writeFileSync(path.join(dir, 'services.yaml'), services)
  expect(loadChain(dir, root).chain?.services[0]?.tls).toEqual(tls)
})

test.each([
  ['{name: billing, port: 443, tls: yes please}', 'tls is true, or what its certificate is'],
  ['{name: billing, port: 443, tls: {names: []}}', '"names" must not be empty'],
  ['{name: billing, port: 443, tls: {names: ["a b"]}}', 'this must be a DNS name'],
  ['{name: api-gateway, port: 9000, tls: true}', '"api-gateway" is the gateway, which speaks no TLS'],
])('TLS that a Service cannot speak: %s', (written, message) => {
  const gateway = written.includes('api-gateway') ? '' : '- {name: api-gateway, port: 9000}'
  writeFileSync(path.join(dir, 'services.yaml'), `services:\n- ${written}\n${gateway}\n`)
  expect(loadChain(dir, root).diagnostics).toMatchObject([{ message: expect.stringContaining(message) }])
})

test('a folder is read once', () => {
  expect(loadChain(flowmaster, fixtures)).toBe(loadChain(flowmaster, fixtures))
})

test('a folder that is not there', () => {
  expect(loadChain(path.join(root, 'nowhere'), root).diagnostics).toMatchObject([{ code: 'E_CHAIN_MISSING' }])
})

test('every file that is missing is told', () => {
  rmSync(path.join(dir, 'nginx.conf'))
  rmSync(path.join(dir, 'services.yaml'))
  rmSync(path.join(dir, 'gateway-config'), { recursive: true })
  expect(codes()).toEqual(['E_FILE_MISSING', 'E_FILE_MISSING', 'E_FILE_MISSING'])
})

test('a folder or a file that is a link out of the root', () => {
  rmSync(path.join(dir, 'ssl.conf'))
  symlinkSync('/etc/hostname', path.join(dir, 'ssl.conf'))
  expect(codes()).toEqual(['E_PATH_OUTSIDE'])
  symlinkSync(flowmaster, path.join(root, 'linked'))
  expect(loadChain(path.join(root, 'linked'), root).diagnostics).toMatchObject([{ code: 'E_PATH_OUTSIDE' }])
})

test('includes are bounded in number and size', () => {
  for (let at = 0; at < 11; at++) writeFileSync(path.join(dir, `${at}.conf`), '#'.repeat(1024 * 1024))
  expect(codes()).toEqual(['E_CHAIN_SIZE'])
})

test('too many includes', () => {
  for (let at = 0; at < 200; at++) writeFileSync(path.join(dir, `${at}.conf`), '')
  expect(codes()).toEqual(['E_CHAIN_SIZE'])
})

test('notes and hidden files are no includes', () => {
  writeFileSync(path.join(dir, 'README.md'), Buffer.from([0xff]))
  writeFileSync(path.join(dir, '.hidden'), Buffer.from([0xff]))
  expect(codes()).toEqual([])
})

test.each([
  ['names: {api.example: nobody}', 'the chain has no Service "nobody"'],
  ['names: {api.example: reports}', '"reports" is no Service of the cluster'],
  ['names: {reports: api-gateway}', '"reports" is a Service'],
  ['names: {a b: api-gateway}', '"a b" is not allowed here'],
])('names that lead nowhere: %s', (written, message) => {
  writeFileSync(
    path.join(dir, 'services.yaml'),
    'services:\n- {name: api-gateway, port: 9000}\n- {name: reports, on: host, port: 1}\n',
  )
  writeFileSync(path.join(dir, 'host.yaml'), written)
  expect(loadChain(dir, root).diagnostics).toMatchObject([{ message: expect.stringContaining(message) }])
})

const CONFIG_MAP = `apiVersion: v1
kind: ConfigMap
metadata:
  name: gateway-config
data:
  auth.yaml: |
    apiKeys: [{key: k, user: ada}]
  routes.yaml: |
    routes:
      - path: /v1/orders/*
        target: orders:80
        rewrite: /orders/$1
`

test('a ConfigMap in place of routes.yaml: lines are those of the manifest, its other texts count too', () => {
  writeFileSync(path.join(dir, 'gateway-config/routes.yaml'), CONFIG_MAP)
  const { routes, auth } = loadChain(dir, root).chain?.gatewayConfig ?? {}
  expect(routes?.lineText(10)).toBe('      - path: /v1/orders/*')
  expect(routes?.text.trimStart()).toMatch(/^routes:\n/)
  expect(auth?.text.trim()).toBe('apiKeys: [{key: k, user: ada}]')
})

test('a ConfigMap in place of nginx.conf', () => {
  rmSync(path.join(dir, 'nginx.conf'))
  const site =
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: nginx}\ndata:\n  site.conf: |\n    server { listen 80; }\n'
  writeFileSync(path.join(dir, 'nginx.yaml'), site)
  expect(loadChain(dir, root).chain?.site.content).toBe('server { listen 80; }\n')
})

test.each([
  ['nginx.conf', 'a ConfigMap with a file of nginx was expected, and the manifest has Service'],
  ['gateway-config/routes.yaml', 'a ConfigMap with routes.yaml was expected, and the manifest has Service'],
])('another manifest in place of %s is told by its kind', (name, message) => {
  writeFileSync(
    path.join(dir, name),
    'apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {ports: [{port: 1}]}\n',
  )
  expect(loadChain(dir, root).diagnostics).toMatchObject([{ message, span: { line: 2, column: 7 } }])
})

test('a chain without gateway-config and without Service api-gateway has no gateway', () => {
  rmSync(path.join(dir, 'gateway-config'), { recursive: true })
  writeFileSync(path.join(dir, 'services.yaml'), 'services:\n- {name: orders, port: 80}\n')
  expect(loadChain(dir, root).chain?.gatewayConfig).toBe(NO_GATEWAY_CONFIG)
})
