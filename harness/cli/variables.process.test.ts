import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

const CHAIN = path.join(import.meta.dirname, 'chain.js')
const FLOWMASTER = path.join(import.meta.dirname, '../../scenarios/chains/flowmaster')

const ECHO = `/api/v1/processes?ticket=\${env:TICKET}&pin=\${env:PIN}&page=7`

const SCENARIO = `scenario: Variables of the environment
chain: chains/flowmaster
examples: [{ticket: "\${env:TICKET}", mark: {value: marked-value, secret: true}}]
steps:
  - request: POST ${ECHO}
    headers: {authorization: "Bearer \${ticket}", x-odd: "a!\${env:TICKET}b", x-pin: "\${env:PIN}", cookie: "sid=\${env:TICKET}; a=other-cookie"}
    body: 'say "\${env:TICKET}" \${mark}'
    expect: {status: 299, backend: {receives: "/x/\${env:TICKET}"}, body: {contains: "\${env:TICKET}"}}
`
const SENDABLE = 'va/lue+of$it'
const VARIABLES = { TICKET: SENDABLE, PIN: '7~' }

let dir: string
beforeAll(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'chain-variables-'))
  cpSync(FLOWMASTER, path.join(dir, 'chains/flowmaster'), { recursive: true })
  writeFileSync(path.join(dir, 'env.yaml'), SCENARIO)
  writeFileSync(
    path.join(dir, 'ws.yaml'),
    `scenario: s\nchain: chains/flowmaster\nsteps:\n  - websocket: /ws/?a=\${env:TICKET}\n    send: ["say \${env:TICKET}"]\n    expect: {status: 101, messages: ["say \${env:TICKET}!"]}\n`,
  )
  writeFileSync(
    path.join(dir, 'odd.yaml'),
    `scenario: s\nchain: chains/flowmaster\nsteps:\n  - request: GET /\${env:1X}\n    expect: {body: {matches: "a\${env:X}"}}\n`,
  )
  writeFileSync(
    path.join(dir, 'in-chain.yaml'),
    `scenario: s\nchain:\n  from: chains/flowmaster\n  env: {TICKET: "\${env:TICKET}"}\nsteps:\n  - request: GET /\n    expect: {status: 200}\n`,
  )
})
afterAll(() => rmSync(dir, { recursive: true, force: true }))

function chain(variables: Readonly<Record<string, string>>, ...args: readonly string[]) {
  const env = { PATH: process.env.PATH, ...variables }
  return spawnSync(process.execPath, [CHAIN, ...args], { cwd: dir, encoding: 'utf8', env })
}

test('a variable that is not set, or empty, is told at each of its places; a check does not need it', () => {
  const { status, stderr } = chain({ PIN: '' }, 'run', 'env.yaml')
  expect(status).toBe(2)
  expect(stderr).toContain('env.yaml:5:44: error[E_VARIABLE_UNSET]: the environment variable TICKET is not set')
  expect(stderr).toContain('env.yaml:5:62: error[E_VARIABLE_UNSET]: the environment variable PIN is empty')
  expect(chain({}, 'check', 'env.yaml')).toMatchObject({ status: 0, stderr: '' })
})

test('a form that is none is told at its place, and so is a variable in a pattern', () => {
  const { status, stderr } = chain({}, 'check', 'odd.yaml')
  expect(status).toBe(2)
  expect(stderr).toContain('odd.yaml:4:19: error[E_PLACEHOLDER_UNKNOWN]: this names no variable of the environment')
  expect(stderr).toContain('odd.yaml:5:32: error[E_PLACEHOLDER_UNKNOWN]')
})

test('a variable in a chain is told at its place: nobody would fill it in', () => {
  const { status, stderr } = chain(VARIABLES, 'check', 'in-chain.yaml')
  expect(status).toBe(2)
  expect(stderr).toContain(`in-chain.yaml:4:18: error[E_PLACEHOLDER_UNKNOWN]: \${env:TICKET} is not filled in here`)
  expect(stderr).toContain('Use it in steps or examples.')
})

test.each([['pretty'], ['json'], ['json', '--traces'], ['junit']])(
  'the value is in no report %s, and its variable in the line that repeats the request',
  (reporter, ...more) => {
    const { status, stdout, stderr } = chain(VARIABLES, 'run', 'env.yaml', 'ws.yaml', '--reporter', reporter, ...more)
    expect(stderr).toBe('')
    expect(status).toBe(1)
    const forms = [SENDABLE, encodeURIComponent(SENDABLE), Buffer.from(SENDABLE).toString('base64')]
    const hidden = [...forms, '7~', 'marked-value', 'other-cookie']
    expect(hidden.filter((form) => stdout.includes(form))).toEqual([])
    expect(stdout).toContain('page=7')
    expect(stdout).toContain(`\${env:TICKET}`)
  },
)

test.each([['pretty'], ['junit'], ['json']])('a file that is not valid is quoted without secrets by %s', (reporter) => {
  writeFileSync(
    path.join(dir, 'invalid.yaml'),
    'scenario: s\nchain: chains/flowmaster\nsteps:\n  - {request: "GET /x", headers: {authorization: Bearer pl4nt-1, x-my-key: pl4nt-2}, expekt: {}}\n  - request: "GET x?token=pl4nt-3"\n    expect: {status: 200}\n',
  )
  const { status, stdout, stderr } = chain({}, 'run', 'invalid.yaml', '--reporter', reporter)
  expect(status).toBe(2)
  expect(`${stdout}${stderr}`).not.toMatch(/pl4nt/)
  expect(stderr).toContain('expekt')
  expect(stderr).toContain('the request target "x?token=***"')
})

test('the line that repeats the request is one that a shell can run', () => {
  const { stdout } = chain(VARIABLES, 'run', 'env.yaml')
  const line = /repeat it: (curl .*)/.exec(stdout)?.[1] ?? ''
  expect(line).toContain('"authorization: Bearer $TICKET"')
  const words = spawnSync('bash', ['--norc', '-c', `curl() { printf '%s\\n' "$@"; }; ${line}`], {
    env: VARIABLES,
    encoding: 'utf8',
  })
  const lines = words.stdout.split('\n')
  expect(lines).toContain(`authorization: Bearer ${SENDABLE}`)
  expect(lines).toContain(`x-odd: a!${SENDABLE}b`)
  expect(lines).toContain('x-pin: 7~')
  expect(lines).toContain(`/api/v1/processes?ticket=${SENDABLE}&pin=7~&page=7`)
})
