import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { describeTier } from '../vitest/describe-tier.ts'

const CHAIN = path.join(import.meta.dirname, 'chain.js')
const FLOWMASTER = path.join(import.meta.dirname, '../../scenarios/chains/flowmaster')

const SCENARIO = `scenario: Secrets in evidence
chain:
  from: chains/flowmaster
  site: {replace: "proxy_set_header X-Real-IP $remote_addr;", with: "proxy_set_header Authorization 'Bearer pl4nt-1'; proxy_set_header X-Real-IP $remote_addr;"}
  middleware: {text: "requestHeaders: {set: {x-upstream-token: pl4nt-7}}"}
  services:
    process-design:
      answers:
        - request: POST /api/v1/processes?page=7
          headers: {set-cookie: "sid=pl4nt-2; Path=/radar"}
          json: {access_token: pl4nt-3}
steps:
  - request: POST /api/v1/processes?page=7
    headers: {x-odd: "\${env:TICKET}", x-my-key: pl4nt-4, content-type: application/x-www-form-urlencoded}
    body: "a=\${env:TICKET}&password=pl4nt-5"
    expect: {status: 299}
`

const CONVERSATION = `scenario: Secrets in messages
chain: chains/flowmaster
steps:
  - websocket: /ws/x?token=pl4nt-9
    send: ["\${env:TICKET}", '{"password": "pl4nt-10"}']
    expect: {status: 101, messages: [none, none]}
`

/** An nginx that reads another credential than the model does: the environments disagree about a secret. */
const OTHER_NGINX = `#!/bin/sh
sed -i 's/pl4nt-1/pl4nt-8/' /etc/nginx/sites-enabled/site 2>/dev/null
PATH="$(echo "$PATH" | cut -d : -f 2-):/usr/sbin" exec nginx "$@"
`

const REPORTERS = ['pretty', 'json=report.json', 'junit=report.xml'].flatMap((one) => ['--reporter', one])

await describeTier('sandbox', 'the evidence of a failure', () => {
  test('has no secret in any file, nor have the reports of a run that fails and disagrees; what is none is there', () => {
    const dir = mkdtempSync(path.join(tmpdir(), 'chain-secrets-'))
    try {
      cpSync(FLOWMASTER, path.join(dir, 'chains/flowmaster'), { recursive: true })
      writeFileSync(path.join(dir, 'secrets.yaml'), SCENARIO)
      writeFileSync(path.join(dir, 'messages.yaml'), CONVERSATION)
      mkdirSync(path.join(dir, 'bin'))
      writeFileSync(path.join(dir, 'bin/nginx'), OTHER_NGINX, { mode: 0o755 })
      const args = [
        'run',
        'secrets.yaml',
        'messages.yaml',
        '--env',
        'simulated,sandbox',
        '--evidence',
        'evidence',
        ...REPORTERS,
      ]
      const env = { ...process.env, TICKET: 'pl4nt-6+x/y', PATH: `${path.join(dir, 'bin')}:${process.env.PATH}` }
      const { status, stdout, stderr } = spawnSync(process.execPath, [CHAIN, ...args], {
        cwd: dir,
        encoding: 'utf8',
        env,
      })
      expect(stdout).toContain('DISAGREE secrets.yaml')
      expect(status).toBe(1)
      const files = readdirSync(path.join(dir, 'evidence'), { recursive: true, encoding: 'utf8' })
        .map((name) => path.join(dir, 'evidence', name))
        .filter((file) => statSync(file).isFile())
      const reports = ['report.json', 'report.xml'].map((name) => path.join(dir, name))
      const texts = [stdout, stderr, ...[...files, ...reports].map((file) => readFileSync(file, 'utf8'))]
      expect(files.some((file) => file.endsWith('gateway.log'))).toBe(true)
      expect(texts.flatMap((text) => text.match(/.{0,40}pl4nt-\d/g) ?? [])).toEqual([])
      expect(texts.join('')).toContain('sid=***; Path=/radar')
      expect(texts.filter((text) => text.includes('page=7')).length).toBeGreaterThan(3)
    } finally {
      rmSync(dir, { recursive: true, force: true })
    }
  })
})
