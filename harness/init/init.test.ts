import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { parse } from 'yaml'
import { init } from './init.ts'

let repo = ''
beforeEach(() => {
  repo = mkdtempSync(path.join(tmpdir(), 'chain-init-'))
})
afterEach(() => rmSync(repo, { recursive: true }))

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(repo, name)), { recursive: true })
    writeFileSync(path.join(repo, name), text)
  }
}

const config = () => parse(readFileSync(path.join(repo, 'chain.config.yaml'), 'utf8'))

/** What the scenarios that were written say, in order. */
async function scenarios(): Promise<readonly string[]> {
  const { wrote } = await init(repo)
  return wrote.filter(({ file }) => file.startsWith('scenarios/')).map(({ what }) => what)
}

test('a whole nginx.conf: a program on its host, files, a plain answer', async () => {
  write({
    'nginx.conf': `events {}
http { server { listen 80;
  location / { root /srv/www; try_files $uri /index.html; }
  location /api/ { proxy_pass http://127.0.0.1:3000; }
  location = /health { return 200 "ok"; } } }`,
  })
  expect(await scenarios()).toEqual([
    'GET / is answered with 200',
    'GET /api/example goes to local-3000',
    'GET /health is answered with 200',
  ])
  expect(config().chains.site).toMatchObject({
    services: { 'local-3000': { on: 'host', port: 3000 } },
    files: { '/srv/www/index.html': '<!doctype html>\n' },
  })
})

test('a ConfigMap and Services: names of the cluster, a WebSocket, a Service that is left out', async () => {
  const service = (name: string, spec: object) => ({ apiVersion: 'v1', kind: 'Service', metadata: { name }, spec })
  write({
    'k8s/nginx.yaml': `apiVersion: v1
kind: ConfigMap
metadata: {name: front}
data:
  default.conf: |
    server {
      listen 80;
      location /orders/ { proxy_pass http://orders.shop.svc.cluster.local:8080/; }
      location /ws { proxy_pass http://10.43.8.8; proxy_set_header Upgrade $http_upgrade; }
    }
`,
    'k8s/services.json': JSON.stringify({
      apiVersion: 'v1',
      kind: 'List',
      items: [
        service('orders', { clusterIP: '10.43.7.7', ports: [{ port: 8080 }] }),
        service('chat', { clusterIP: '10.43.8.8', ports: [{ port: 80 }] }),
        service('db', { clusterIP: 'None', ports: [{ port: 5432 }] }),
      ],
    }),
  })
  const { notes } = await init(repo)
  expect(config().chains.site).toMatchObject({
    site: { configMap: 'k8s/nginx.yaml', key: 'default.conf', name: 'front' },
    manifests: ['k8s/services.json'],
    services: { chat: { websocket: true } },
    host: { dns: 'cluster', names: { 'orders.shop.svc.cluster.local': 'orders' } },
  })
  expect(notes).toContainEqual(expect.stringContaining('Service db is left out: it is headless'))
})

test('compose: its names, an upstream of two servers, a variable, a template', async () => {
  write({
    'compose.yaml': 'services: {proxy: {environment: {BACKEND: "my_app:8000"}}, my_app: {}, api-gateway: {}}\n',
    'nginx/conf.d/default.conf': `upstream app { server my_app:8000; server my_app:8001 backup; }
server { listen 80; resolver 127.0.0.11;
  location /api { set $up api-gateway; proxy_pass http://$up:8080; }
  location /env/ { proxy_pass http://\${BACKEND}; }
  location / { proxy_pass http://app; } }`,
  })
  expect(await scenarios()).toEqual([
    'GET /api goes to api-gateway-pods',
    'GET /env/example goes to my-app',
    'GET / goes to my-app',
  ])
  expect(config().chains.site).toMatchObject({
    services: { 'my-app': { port: 8000, morePorts: [{ port: 8001 }] } },
    host: { dns: 'docker', names: { my_app: 'my-app' }, env: { BACKEND: 'my_app:8000' } },
  })
})

test('applications behind other protocols', async () => {
  write({
    'app.conf': `server { listen 80;
  location /php/ { fastcgi_pass unix:/run/php/php-fpm.sock; }
  location /app/ { uwsgi_pass django:3031; }
  location /shop.Orders/ { grpc_pass grpc://orders:50051; } }`,
  })
  await init(repo)
  expect(config().chains.app.services).toEqual({
    'run-php-php-fpm-sock': { on: 'host', socket: '/run/php/php-fpm.sock', speaks: 'fastcgi' },
    django: { port: 3031, speaks: 'uwsgi' },
    orders: { port: 50051, speaks: 'grpc' },
  })
})

test('a site of certbot: a redirect, TLS, and the include that only its host has', async () => {
  write({
    'nginx/site.conf': `server { listen 80; server_name shop.example.com; location / { return 301 https://$host$request_uri; } }
server { listen 443 ssl; server_name shop.example.com;
  ssl_certificate /etc/letsencrypt/live/shop/fullchain.pem; ssl_certificate_key /etc/letsencrypt/live/shop/privkey.pem;
  include /etc/letsencrypt/options-ssl-nginx.conf;
  location / { proxy_pass http://localhost:8080; } }`,
  })
  expect(await scenarios()).toEqual([
    'GET http://shop.example.com/ is redirected to https://shop.example.com/',
    'GET https://shop.example.com/ goes to local-8080',
  ])
})

test('an include elsewhere in the repository is pointed at', async () => {
  write({
    'deploy/site.conf': 'server { listen 80; include snippets/back.conf; }',
    'shared/snippets/back.conf': 'location / { proxy_pass http://web:3000; }',
  })
  expect(await scenarios()).toEqual(['GET / goes to web'])
  expect(config().chains.site.includes).toEqual({ 'snippets/back.conf': { file: 'shared/snippets/back.conf' } })
})

test('the gateway: a scenario for each of its routes', async () => {
  write({
    'site.conf': 'server { listen 80; location /api/ { proxy_pass http://10.43.1.1:9000; } }',
    'k8s/all.yaml': `apiVersion: v1
kind: Service
metadata: {name: api-gateway}
spec: {clusterIP: 10.43.1.1, ports: [{port: 9000}]}
---
apiVersion: v1
kind: Service
metadata: {name: orders}
spec: {ports: [{port: 80}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: gateway-config}
data:
  routes.yaml: |
    - {path: "/v1/orders/*", target: "orders:80", rewrite: /orders/$1}
`,
  })
  expect(await scenarios()).toContain('GET /api/v1/orders/example goes to orders')
})

test('run again, it writes what is missing and leaves the rest as it is', async () => {
  write({ 'shop.conf': 'server { listen 80; location / { proxy_pass http://web; } location /a { return 204; } }' })
  const first = await init(repo)
  write({
    'scenarios/shop/root.yaml': 'hers',
    'chain.config.yaml': readFileSync(path.join(repo, 'chain.config.yaml'), 'utf8'),
  })
  rmSync(path.join(repo, 'scenarios/shop/a.yaml'))
  const again = await init(repo)
  expect(again.wrote.map(({ file }) => file)).toEqual(['scenarios/shop/a.yaml'])
  expect(again.kept).toEqual(first.wrote.map(({ file }) => file).filter((file) => file !== 'scenarios/shop/a.yaml'))
  expect(readFileSync(path.join(repo, 'scenarios/shop/root.yaml'), 'utf8')).toBe('hers')
})

test('nothing outside is read or written, and nothing of dependencies is looked at', async () => {
  const site = 'server { listen 80; location / { return 204; } }'
  const outside = mkdtempSync(path.join(tmpdir(), 'chain-outside-'))
  try {
    writeFileSync(path.join(outside, 'other.conf'), site)
    write({ 'shop.conf': site, 'node_modules/x/nginx.conf': site, '.cache/y.conf': site })
    symlinkSync(outside, path.join(repo, 'linked'))
    symlinkSync(path.join(outside, 'other.conf'), path.join(repo, 'other.conf'))
    symlinkSync(outside, path.join(repo, '.vscode'))
    const { found, notes } = await init(repo)
    expect(found).toEqual(['shop.conf'])
    expect(existsSync(path.join(outside, 'settings.json'))).toBe(false)
    expect(notes).toContainEqual(expect.stringContaining('.vscode/settings.json was not written'))
  } finally {
    rmSync(outside, { recursive: true })
  }
})

test('what cannot be done is said, with its reason', async () => {
  write({
    'bad.conf': 'server { listen 80; proxy_pas http://web; }',
    'tpl.conf': 'server { listen 80; location / { proxy_pass {{ backend }}; } }',
    'chart/templates/svc.yaml': 'apiVersion: v1\nkind: Service\nmetadata: {name: {{ .Release.Name }}}\n',
  })
  const { wrote, notes } = await init(repo)
  expect(wrote).toEqual([])
  expect(notes).toEqual([
    'tpl.conf is a template ({{ }}): render it, and name what comes out.',
    'chart/templates/svc.yaml is a Helm template: run "helm template", save its output, and name that.',
    expect.stringContaining('bad.conf: no chain, since nginx would refuse it.'),
  ])
})

test('GitLab and Jenkins: lines for a file that is there', async () => {
  write({ 'shop.conf': 'server { listen 80; location / { return 204; } }', Jenkinsfile: 'pipeline {}\n' })
  expect(await init(repo)).toMatchObject({ addTo: { file: 'Jenkinsfile', lines: expect.stringContaining('junit') } })
  write({ '.gitlab-ci.yml': 'stages: [test]\n' })
  expect(await init(repo)).toMatchObject({ addTo: { file: '.gitlab-ci.yml' } })
})
