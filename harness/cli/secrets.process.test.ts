import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

const CHAIN = path.join(import.meta.dirname, 'chain.js')
const FLOWMASTER = path.join(import.meta.dirname, '../../scenarios/chains/flowmaster')

/** Every secret has this in it, and a number that says which it is. */
const planted = (number: number): string => `pl4nt-${number}-pl4nt`
const COUNT = 26
const s = Array.from({ length: COUNT + 1 }, (_, number) => planted(number))
const JWT = `eyJhbGciOiJIUzI1NiJ9.${s[22]}.c2ln`

const TARGET = `/api/v1/processes?page=7&access_token=${s[1]}&api_key=${s[2]}&acc%65ss_token=${s[3]}&code=${s[4]}`

const SCENARIO = `scenario: Secrets in every place
chain:
  from: chains/flowmaster
  site: {replace: "proxy_set_header X-Real-IP $remote_addr;", with: "proxy_set_header Authorization 'Bearer ${s[5]}'; proxy_set_header X-Real-IP $remote_addr;"}
  services:
    process-design:
      answers:
        - request: POST ${TARGET}
          headers: {set-cookie: "sid=${s[6]}; Path=/radar; HttpOnly", location: "https://u:${s[7]}@there.example/back?token=${s[8]}", x-refresh-token: ${s[9]}}
          json: {access_token: ${s[10]}, user: {client_secret: ${s[11]}}, innocent: plain-to-see, n: 41}
examples: [{password: ${s[12]}, id: row-to-see}]
steps:
  - request: POST ${TARGET}
    headers:
      authorization: Basic ${Buffer.from(`user:${s[13]}`).toString('base64')}
      cookie: "theme=${s[14]}"
      x-auth-token: ${s[15]}
      apikey: ${s[16]}
      x-csrf-token: ${s[17]}
      x-amz-security-token: ${s[18]}
      referer: "https://ref:${s[19]}@ref.example/x?password=${s[20]}"
      x-forwarded-access-token: ${JWT}
      x-request-id: request-to-see
    json: {password: ${s[21]}, again: "\${password}", id: "\${id}", key: member-to-see}
    expect:
      status: 299
      headers: {x-refresh-token: ${s[23]}}
      body: {json: {access_token: ${s[24]}}}
`

/** What the answer's own words call it does not matter: the scenario says what is secret. */
const CAPTURED = `scenario: A captured secret
chain:
  from: chains/flowmaster
  services: {process-design: {answers: [{request: GET /api/v1/processes, json: {ticket: ${s[25]}, open: open-to-see}}]}}
steps:
  - request: GET /api/v1/processes
    expect: {status: 200}
    capture: {ticket: {json: $.ticket, secret: true}, open: {json: $.open}}
  - request: GET /api/v1/unknown/\${ticket}/\${open}
    headers: {x-ticket: "\${ticket}"}
    expect: {status: 299, nginx: {sends: "/\${ticket}"}}
`

/** The line that repeats the request quotes it: byte by byte where it has a NUL in it, with backslashes where it has quotes. */
const QUOTED = `scenario: A secret that a shell line quotes
chain:
  from: chains/flowmaster
  services: {process-design: {answers: [{request: GET /api/v1/processes, json: {ticket: "it's-${s[25]}-\xFC"}}]}}
steps:
  - request: GET /api/v1/processes
    expect: {status: 200}
    capture: {ticket: {json: $.ticket, secret: true}}
  - request: POST /api/v1/unknown
    headers: {x-note: "of \xFC \${ticket}"}
    body: "ticket=\${ticket}&password=${s[26]}&nul=\0&open=open-to-see"
    expect: {status: 299}
`

let dir: string
beforeAll(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'chain-secrets-'))
  cpSync(FLOWMASTER, path.join(dir, 'chains/flowmaster'), { recursive: true })
  writeFileSync(path.join(dir, 'secrets.yaml'), SCENARIO)
  writeFileSync(path.join(dir, 'captured.yaml'), CAPTURED)
  writeFileSync(path.join(dir, 'quoted.yaml'), QUOTED)
})
afterAll(() => rmSync(dir, { recursive: true, force: true }))

function chain(...args: readonly string[]) {
  return spawnSync(process.execPath, [CHAIN, ...args], { cwd: dir, encoding: 'utf8' })
}

/** The numbers of the planted secrets that a text has in it. */
function found(text: string): string[] {
  return [...new Set(text.match(/pl4nt-\d+/g))]
}

test.each([['pretty'], ['json'], ['json', '--traces'], ['junit']])(
  'no secret stands in the report %s, and what is none does',
  (reporter, ...more) => {
    const { status, stdout, stderr } = chain('run', '--reporter', reporter, ...more, 'secrets.yaml')
    expect(stderr).toBe('')
    expect(status).toBe(1)
    expect(found(stdout)).toEqual([])
    const shown = ['page=7', 'request-to-see', 'member-to-see', 'row-to-see', '299']
    expect(shown.filter((text) => !stdout.includes(text))).toEqual([])
  },
)

test.each(['pretty', 'json', 'junit'])(
  'a captured value that the scenario makes secret is not in the report %s',
  (reporter) => {
    const { status, stdout } = chain('run', '--reporter', reporter, 'captured.yaml')
    expect(status).toBe(1)
    expect(found(stdout)).toEqual([])
    expect(stdout).toContain('open-to-see')
  },
)

test.each(['pretty', 'json', 'junit'])('the line of %s that repeats a request does not quote a secret', (reporter) => {
  const { status, stdout, stderr } = chain('run', '--reporter', reporter, 'quoted.yaml')
  expect(stderr).toBe('')
  expect(status).toBe(1)
  const unquoted = stdout.replace(/\\+0(\d{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
  expect(found(unquoted)).toEqual([])
  expect(unquoted).toContain('open=open-to-see')
})

test.each([[], ['--json']])('no secret stands in what chain explain says', (...more) => {
  const headers = ['-H', `x-auth-token: ${s[15]}`, '-H', `referer: https://a:${s[19]}@b/?password=${s[20]}`]
  const { status, stdout } = chain('explain', `GET ${TARGET}`, ...headers, '--chain', 'chains/flowmaster', ...more)
  expect(status).toBe(0)
  expect(found(stdout)).toEqual([])
  expect(stdout).toContain('page=7')
})
