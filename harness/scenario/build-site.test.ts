import path from 'node:path'
import { expect, test } from 'vitest'
import type { Chain } from '../chain/chain.ts'
import { Source } from '../diagnostics/source.ts'
import { parseScenario } from './load-scenario.ts'

const ROOT = path.join(import.meta.dirname, '../../scenarios')

/** The chain of a scenario whose `chain` is FlowMaster's with this in it. */
function chainWith(parts: string): Chain {
  const text = `scenario: s\nchain: {from: chains/flowmaster, ${parts}}\nsteps: [{request: GET /, expect: {status: 200}}]\n`
  const { scenario, diagnostics } = parseScenario(new Source(path.join(ROOT, 's.yaml'), text), { root: ROOT })
  expect(diagnostics).toEqual([])
  const chain = scenario?.variants[0]?.chain
  if (chain === undefined) throw new Error('the scenario has no chain')
  return chain
}

const FORMS = 'chains/nginx-forms'
const names = ({ includes }: Chain) => [...includes.keys()].filter((name) => !/^proxy_params$/.test(name))

test('a folder of sites stands below an nginx.conf of Debian', () => {
  const chain = chainWith(`site: {file: ${FORMS}/sites-enabled}`)
  expect(chain.site.text).toContain('include /etc/nginx/sites-enabled/*;')
  expect(names(chain)).toEqual(['sites-enabled/10-shared', 'sites-enabled/20-flowmaster'])
})

test('so does a list of files, and the host says which nginx.conf it is', () => {
  const files = `[${FORMS}/sites-enabled/10-shared, chains/flowmaster/nginx.conf]`
  expect(names(chainWith(`site: {file: ${files}}`))).toEqual(['sites-enabled/10-shared', 'sites-enabled/nginx.conf'])
  const chain = chainWith(`site: {file: ${files}}, host: {conf: image}`)
  expect(chain.site.text).toContain('include /etc/nginx/conf.d/*.conf;')
  expect(names(chain)).toEqual(['conf.d/10-shared', 'conf.d/nginx.conf'])
})

test('a whole nginx.conf in a list stands above the others, wherever it is in the list', () => {
  const chain = chainWith(`site: {file: [${FORMS}/sites-enabled, ${FORMS}/whole.conf]}`)
  expect(chain.site.file).toContain('whole.conf')
  expect(names(chain)).toEqual(['conf.d/10-shared', 'conf.d/20-flowmaster'])
})

test('a key of a ConfigMap is a file whose lines are those of the manifest, and its other keys are beside it', () => {
  const chain = chainWith(`site: {configMap: ${FORMS}/manifest.yaml, key: default.conf}`)
  expect(chain.site.content).toMatch(/^server \{\n {4}listen 80;\n/)
  expect(chain.site.contentSpanAt(chain.site.content.indexOf('listen'), 6)).toMatchObject({
    line: 10,
    column: 9,
    length: 6,
  })
  expect(names(chain)).toEqual(['proxy.inc', 'conf.d/proxy.inc'])
  expect(chain.includes.get('proxy.inc')?.content).toBe('proxy_set_header X-From config-map;\n')
})

test('a text is replaced in the included file that is named', () => {
  const chain = chainWith(`site: {file: ${FORMS}/sites-enabled}`)
  expect(chain.includes.get('sites-enabled/10-shared')?.text).toContain('default sites-enabled;')
  const text = [
    'scenario: s',
    `chain: {from: chains/flowmaster, site: {file: ${FORMS}/sites-enabled}}`,
    'variants:',
    '  a: {chain: {site: {in: sites-enabled/10-shared, replace: "default sites-enabled;", with: "default changed;"}}}',
    'steps: [{request: GET /, expect: {status: 200}}]',
  ]
  const source = new Source(path.join(ROOT, 's.yaml'), text.join('\n'))
  const changed = parseScenario(source, { root: ROOT }).scenario?.variants[0]?.chain
  expect(changed?.includes.get('sites-enabled/10-shared')?.text).toContain('default changed;')
})

test('Services of manifests, and what the chain itself says of them', () => {
  const text = [
    'scenario: s',
    'chain:',
    `  site: {file: ${FORMS}/manifest.yaml}`,
    `  manifests: ${FORMS}/manifest.yaml`,
    '  services: {flowmaster-nginx: {replicas: 2}, other: {port: 1}}',
    'steps: [{request: GET /, expect: {status: 200}}]',
  ]
  const { scenario, diagnostics } = parseScenario(new Source(path.join(ROOT, 's.yaml'), text.join('\n')), {
    root: ROOT,
  })
  expect(diagnostics).toEqual([])
  const chain = scenario?.variants[0]?.chain
  expect(chain?.site.content).toMatch(/^server \{/)
  expect(chain?.services).toMatchObject([{ name: 'flowmaster-nginx', port: 80, replicas: 2 }, { name: 'other' }])
})

test.each([
  [
    'routes: {text: "- {path: /a, target: b:1, rewrite: /a}"}, services: {b: {port: 1}}',
    'no Service is called "api-gateway"',
  ],
  ['services: {api-gateway: {port: 1}}', 'Service "api-gateway" is the gateway, and this chain has no routes'],
  ['services: {b: {port: 1}}, gateway: {command: [x]}', 'this chain has no gateway'],
])('half a gateway is told: %s', (parts, message) => {
  const text = `scenario: s\nchain: {site: {text: "server {}"}, ${parts}}\nsteps: [{request: GET /, expect: {status: 200}}]\n`
  const { diagnostics } = parseScenario(new Source(path.join(ROOT, 's.yaml'), text), { root: ROOT })
  expect(diagnostics).toMatchObject([{ message: expect.stringContaining(message) }])
})

test.each(['request: GET /, via: gateway', 'health: gateway'])(
  'a chain without a gateway has no way in there: %s',
  (step) => {
    const text = `scenario: s\nchain: {site: {text: "server {}"}, services: {b: {port: 1}}}\nsteps: [{${step}, expect: {status: 200}}]\n`
    const { diagnostics } = parseScenario(new Source(path.join(ROOT, 's.yaml'), text), { root: ROOT })
    expect(diagnostics).toMatchObject([{ message: 'the chain has no gateway' }])
  },
)
