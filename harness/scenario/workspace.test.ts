import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { loadScenario } from './load-scenario.ts'
import { findWorkspace, optionsFor } from './workspace.ts'

/** A repository of a user: her files stand where they always did. */
const FILES = {
  '.git/HEAD': 'ref: refs/heads/main\n',
  'deploy/nginx/site.conf': 'server { listen 80; location / { proxy_pass http://10.43.7.7; } }\n',
  'deploy/k8s/web.yaml':
    'apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {clusterIP: 10.43.7.7, ports: [{port: 80}]}\n',
  'chain.config.yaml':
    'scenarios: tests/chain\nchains:\n  shop:\n    site: {file: deploy/nginx/site.conf}\n    manifests: deploy/k8s/web.yaml\n  old: {from: shop-folder}\n',
  'tests/chain/home.yaml': 'scenario: Home\nsteps: [{request: GET /, expect: {status: 200}}]\n',
}

let repo = ''
beforeEach(() => {
  repo = mkdtempSync(path.join(tmpdir(), 'chain-repo-'))
  for (const [name, text] of Object.entries(FILES)) write(name, text)
})
afterEach(() => rmSync(repo, { recursive: true }))

function write(name: string, text: string): void {
  mkdirSync(path.dirname(path.join(repo, name)), { recursive: true })
  writeFileSync(path.join(repo, name), text)
}

function load(name: string) {
  const file = path.join(repo, name)
  return loadScenario(file, optionsFor(file))
}

/** A scenario whose `chain` is this. */
function withChain(chain: string) {
  write('tests/chain/one.yaml', `scenario: s\nchain: ${chain}\nsteps: [{request: GET /, expect: {status: 200}}]\n`)
  return load('tests/chain/one.yaml')
}

test('a scenario that names no chain has the first of chain.config.yaml, from files where they are', () => {
  const { scenario, diagnostics } = load('tests/chain/home.yaml')
  expect(diagnostics).toEqual([])
  const chain = scenario?.variants[0]?.chain
  expect(chain).toMatchObject({ name: 'shop', services: [{ name: 'web', clusterIP: '10.43.7.7' }] })
  expect(chain?.site.file).toBe(path.join(repo, 'deploy/nginx/site.conf'))
})

test('scenarios share a chain of chain.config.yaml by its name, and may change it', () => {
  const shop = withChain('shop').scenario?.variants[0]?.chain
  expect(load('tests/chain/home.yaml').scenario?.variants[0]?.chain).toBe(shop)
  const changed = withChain('{from: shop, services: {web: {replicas: 0}}}').scenario?.variants[0]?.chain
  expect(changed?.services).toMatchObject([{ name: 'web', replicas: 0 }])
})

test('the workspace of a folder below is that of its repository', () => {
  const { root, config } = findWorkspace(path.join(repo, 'deploy/nginx'))
  expect(root).toBe(repo)
  expect(config?.scenarios).toEqual([path.join(repo, 'tests/chain')])
})

test('a chain.config.yaml above the repository is none of its own', () => {
  write('vendor/other/.git/HEAD', '')
  expect(findWorkspace(path.join(repo, 'vendor/other'))).toEqual({
    root: path.join(repo, 'vendor/other'),
    config: null,
  })
})

test('without a repository, the folder of chain.config.yaml is the root', () => {
  rmSync(path.join(repo, '.git'), { recursive: true })
  expect(findWorkspace(path.join(repo, 'tests')).root).toBe(repo)
})

test('paths begin at the file, the scenarios folder or chain.config.yaml, and may go through the repository', () => {
  for (const file of ['../../deploy/nginx/site.conf', 'deploy/nginx/site.conf'])
    expect(withChain(`{from: shop, site: {file: ${file}}}`).diagnostics).toEqual([])
})

test.each([
  ['../../../site.conf', 'it leads out of "'],
  ['/etc/hostname', 'it leads out of "'],
  ['out.conf', 'a symbolic link leads it out of "'],
])('no path leads out of the repository: %s', (file, message) => {
  symlinkSync('/etc/hostname', path.join(repo, 'out.conf'))
  expect(withChain(`{from: shop, site: {file: ${file}}}`).diagnostics).toMatchObject([
    { code: 'E_PATH_OUTSIDE', message: expect.stringContaining(message) },
  ])
})

test('a chain that is not there is told, with those that are', () => {
  expect(withChain('shp').diagnostics).toMatchObject([
    { hint: expect.stringMatching(/Chains with a name: shop, old\.$/) },
  ])
})

test('a problem of a chain stands in chain.config.yaml', () => {
  const { diagnostics } = withChain('old')
  const places = diagnostics.map(({ code, span }) => `${path.basename(span.file)}:${span.line} ${code}`)
  expect(places).toEqual(['one.yaml:2 E_CHAIN_INVALID', 'chain.config.yaml:6 E_CHAIN_MISSING'])
})

test.each([
  ['chains: {}\n', 'this must name a chain'],
  ['scenarios: ../other\nchains: {a: b}\n', 'Failed to find "../other": it leads out of "'],
  ['scenarios: [a, /etc]\nchains: {a: b}\n', 'Failed to find "/etc": it leads out of "'],
  ['chain: x\n', '"chains" is missing'],
  ['chains: {my chain: x}\n', '"my chain" is not allowed here'],
])('what is wrong with chain.config.yaml is told: %j', (text, message) => {
  write('chain.config.yaml', text)
  expect(load('tests/chain/home.yaml').diagnostics[0]).toMatchObject({ message: expect.stringContaining(message) })
})
