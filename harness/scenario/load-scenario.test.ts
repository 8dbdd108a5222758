import { readdirSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { renderDiagnostics } from '../diagnostics/render.ts'
import { Source } from '../diagnostics/source.ts'
import { loadScenario, parseScenario } from './load-scenario.ts'
import type { Scenario, Step } from './scenario.ts'

const root = path.join(import.meta.dirname, 'fixtures')

const filesIn = (fate: string) => readdirSync(path.join(root, fate)).filter((name) => name.endsWith('.yaml'))

function load(file: string): Scenario {
  const { scenario, diagnostics } = loadScenario(path.join(root, 'valid', file), { root })
  if (scenario === null) throw new Error(renderDiagnostics(diagnostics, { color: false }))
  return scenario
}

function stepsOf(scenario: Scenario, row = 0): readonly Step[] {
  return scenario.stepsFor(scenario.examples[row] ?? {})
}

test.each(filesIn('valid'))('valid/%s loads', (file) => {
  expect(load(file).name).not.toBe('')
})

test.each(filesIn('invalid'))('invalid/%s is told with every problem at its place', async (file) => {
  const { scenario, diagnostics } = loadScenario(path.join(root, 'invalid', file), { root })
  expect(scenario).toBeNull()
  const rendered = `${renderDiagnostics(diagnostics, { color: false })}\n`
  await expect(rendered).toMatchFileSnapshot(path.join(root, 'invalid', `${file.replace('.yaml', '')}.txt`))
})

test('a request says where it enters and what it carries', () => {
  const [step] = stepsOf(load('everything.yaml'))
  expect(step).toMatchObject({
    kind: 'request',
    title: 'request: GET /api/v1/processes/42?page=2',
    span: { line: 7, column: 5, length: 'request'.length },
    request: {
      via: 'nginx',
      method: 'GET',
      url: '/api/v1/processes/42?page=2',
      headers: [
        ['Host', 'flowmaster.example'],
        ['accept', 'application/json'],
        ['x-twice', 'a'],
        ['x-twice', 'b'],
      ],
      body: 'text',
    },
    capture: [
      { name: 'first', from: { kind: 'json', path: ['items', 0, 'id'] } },
      { name: 'next', from: { kind: 'header', header: 'location' } },
      { name: 'token', from: { kind: 'body', pattern: /token=(\w+)/ } },
    ],
  })
})

test('expectations keep their values and places', () => {
  const [step] = stepsOf(load('everything.yaml'))
  expect(step).toMatchObject({
    expect: {
      status: { value: 200, span: { line: 13, column: 15, length: 3 } },
      headers: [
        { name: 'content-type', matcher: { value: { kind: 'contains', text: 'json' } } },
        { name: 'x-powered-by', matcher: { value: { kind: 'absent' } } },
      ],
      body: { value: { kind: 'json', value: { ok: true } } },
      nginx: { reached: true, location: { value: '/api/' }, to: { value: 'api-gateway' } },
      gateway: { route: { value: '/v1/process-design/*' } },
      backend: {
        service: { value: 'process-design' },
        method: { value: 'GET' },
        body: { value: { kind: 'equals', text: 'x' } },
      },
      blame: { value: 'nginx' },
      withinMs: { value: 5000 },
    },
  })
})

test('every change of the world is read', () => {
  const changes = stepsOf(load('everything.yaml')).flatMap((step) => (step.kind === 'change' ? [step.change] : []))
  expect(changes).toMatchObject([
    { kind: 'recreate', service: 'api-gateway', clusterIP: null },
    { kind: 'delete', service: 'scheduling' },
    { kind: 'stop', service: 'process-design' },
    { kind: 'start', service: 'process-design' },
    { kind: 'scale', service: 'scheduling', replicas: 2 },
    { kind: 'fault', fault: { service: 'scheduling', fault: { kind: 'status', status: 503 }, nth: 2 } },
    {
      kind: 'edit',
      file: 'routes.yaml',
      edit: { kind: 'replace', find: 'process-design:9003', with: 'process-design:9103' },
    },
    { kind: 'restart' },
    { kind: 'reload' },
    { kind: 'repin' },
  ])
})

test('health asks the gateway directly, and through nginx with the prefix that nginx keeps', () => {
  const text = (via: string) =>
    `scenario: s\nchain: chains/flowmaster\nsteps: [{health: ${via}, expect: {status: 200}}]`
  const targetVia = (via: string) => {
    const { scenario } = parseScenario(new Source(path.join(root, 'valid/x.yaml'), text(via)), { root })
    const [step] = scenario?.stepsFor({}) ?? []
    return step?.kind === 'health' ? `${step.request.via} ${step.request.url}` : null
  }
  expect(targetVia('nginx')).toBe('nginx /api/health')
  expect(targetVia('gateway')).toBe('gateway /health')
  expect(targetVia('scheduling')).toBe('scheduling /health')
})

test('unreached and none', () => {
  const [step] = stepsOf(load('inline-chain.yaml'))
  expect(step).toMatchObject({
    expect: { gateway: { reached: true, route: { value: null } }, backend: { reached: false } },
  })
})

test('a row fills its values in, keeping their types where they stand alone', () => {
  const scenario = load('examples.yaml')
  expect(scenario.examples).toEqual([
    { id: '007', code: '200', word: 'true' },
    { id: '8', code: '4xx', word: 'no' },
  ])
  expect(stepsOf(scenario)).toMatchObject([
    {
      title: 'request: GET /api/v1/processes/007',
      request: { headers: [['x-word', 'true']] },
      expect: { status: { value: 200 }, body: { value: { value: { id: '007', code: 200 } } } },
      capture: [{ from: { path: ['items', 0, 'odd name'] } }],
    },
    { request: { url: `\${next}?after=007` } },
    { change: { edit: { with: `listen 80; set $x 007\${uri};` } } },
  ])
  expect(stepsOf(scenario, 1)).toMatchObject([{ expect: { status: { value: '4xx' } } }, {}, {}])
  expect(() => scenario.stepsFor({ id: 'unknown' })).toThrow('no such row')
})

test('variants take the top chain and change parts of it; files that are not changed line by line keep their name', () => {
  const { variants } = load('variants.yaml')
  const [buggy, fixed] = variants
  expect(variants).toMatchObject([
    { name: 'buggy', must: 'fail', blame: 'nginx', rule: 'proxy_pass http://10.43.193.134:9000/' },
    { name: 'fixed', must: 'pass', blame: null, rule: null },
  ])
  expect(buggy?.chain.site.file).toBe(fixed?.chain.site.file)
  expect(buggy?.chain.site.lineText(4)).toContain(':9000/;')
  expect(fixed?.chain.site.lineText(4)).toContain(':9000;')
})

test('an inline chain has the services it names, and files beside the scenario', () => {
  const [variant] = load('inline-chain.yaml').variants
  expect(variant?.chain).toMatchObject({
    name: 'A chain without a folder',
    gatewayConfig: { auth: { text: 'public: [/health]\n' }, middleware: null },
    services: [
      { name: 'api-gateway', clusterIP: '10.43.1.1', replicas: 1 },
      {
        name: 'scheduling',
        clusterIP: null,
        stub: { answers: [{ method: null, target: '/x', status: 200, body: 'text' }] },
      },
    ],
  })
})

test('an alias has the place of what it stands for', () => {
  const [, second] = stepsOf(load('aliases.yaml'))
  expect(second).toMatchObject({
    request: { method: 'OPTIONS', url: '*' },
    expect: { status: { span: { line: 5 } } },
  })
})
