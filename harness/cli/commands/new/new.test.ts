import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { command } from '../../fixtures/command.ts'

const CHAINS = path.join(import.meta.dirname, '../../../../scenarios/chains')

let dir = ''
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'chain-new-'))
  for (const name of ['flowmaster', 'flowmaster-secured'])
    cpSync(path.join(CHAINS, name), path.join(dir, 'chains', name), { recursive: true })
})
afterEach(() => rmSync(dir, { recursive: true }))

/** The file that is written for a request to a chain. */
async function written(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await command(
    'new',
    '--chain',
    path.join(dir, 'chains/flowmaster'),
    '--out',
    '-',
    ...args,
  )
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return stdout
}

test('the status, what every hop did, and the rewritten path', async () => {
  const line =
    "curl 'http://flowmaster.example/api/v1/process-design/42?page=2' -H 'X-Tenant: acme' --json '{\"name\":\"é\"}'"
  expect(await written(line)).toBe(`scenario: POST /api/v1/process-design/42 gets 200 from process-design
chain: chains/flowmaster
steps:
  - request: POST http://flowmaster.example/api/v1/process-design/42?page=2
    headers: {accept: application/json, x-tenant: acme}
    json: {name: é}
    expect:
      status: 200
      nginx: {location: /api/, sends: /api/v1/process-design/42?page=2, to: api-gateway}
      gateway: {route: /v1/process-design/*, sends: /api/v1/processes/42?page=2}
      backend: {service: process-design, receives: /api/v1/processes/42?page=2}
`)
})

test('an answer of a hop of its own, and who is to blame for an error', async () => {
  expect(await written('/api')).toContain(`      status: 301
      headers: {location: http://localhost/api/}
      nginx: {location: /api/}
      gateway: unreached
      backend: unreached
`)
  expect(await written('GET', '/api/v1/nothing/7')).toContain(`      gateway: {route: none}
      backend: unreached
      blame: gateway
`)
})

test('where it enters, when that is not nginx', async () => {
  expect(await written('curl http://api-gateway:9000/v1/execution/7')).toContain(`  - request: GET /v1/execution/7
    via: gateway
    host: api-gateway:9000
    expect:
      status: 200
      gateway: {`)
})

test('no secret is in the file; the environment has it', async () => {
  const key = 'the-key-of-a-user'
  const args = [
    '--chain',
    path.join(dir, 'chains/flowmaster'),
    'curl',
    '-H',
    `X-Api-Key: ${key}`,
    `http://h/api/v1/process-design?token=${key}`,
  ]
  const { code, stdout } = await command('new', '--out', path.join(dir, 'a.yaml'), ...args)
  expect(code).toBe(0)
  expect(stdout).toContain('export SECRET=…')
  const text = readFileSync(path.join(dir, 'a.yaml'), 'utf8')
  expect(text).not.toContain(key)
  expect(text).toContain(`?token=\${env:SECRET}`)
  expect(text).toContain(`x-api-key: "\${env:`)
})

test('the file is named after the request, stands beside the chains, and passes', async () => {
  const made = path.join(dir, 'get-api-v1-execution.yaml')
  const { stdout } = await command('new', '/api/v1/execution', '--chain', path.join(dir, 'chains/flowmaster'))
  expect(stdout).toBe(`wrote ${made}; it passes on simulated\n`)
  expect((await command('run', made)).code).toBe(0)
  expect((await command('fmt', '--check', made)).code).toBe(0)
})

test('nothing is overwritten, and no chain is named that the file may not have', async () => {
  const there = path.join(dir, 'there.yaml')
  writeFileSync(there, 'mine')
  const args = ['/api', '--chain', path.join(dir, 'chains/flowmaster')]
  const refused = await command('new', ...args, '--out', there)
  expect(refused).toMatchObject({
    code: 2,
    stderr: `chain: Failed to write "${there}": it is there. Name another file by --out FILE.\n`,
  })
  expect(readFileSync(there, 'utf8')).toBe('mine')
  const outside = path.join(dir, 'chains/elsewhere.yaml')
  expect((await command('new', ...args, '--out', path.join(tmpdir(), 'x/y.yaml'))).stderr).toContain(
    'Name a file beside its chain by --out FILE.',
  )
  expect(existsSync(outside)).toBe(false)
})
