import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeTier } from '../vitest/describe-tier.ts'

const CHAIN = path.join(import.meta.dirname, 'chain.js')
const FLOWMASTER = path.join(import.meta.dirname, '../../scenarios/chains/flowmaster')

/** A node in a container may have no IPv6, so this is no scenario of the suite. */
const SCENARIO = `
scenario: Listeners of IPv6
chain:
  from: chains/flowmaster
  site:
    replace: "listen 80 default_server;"
    with: |
      listen [::1]:8080;
      listen [::]:80 ipv6only=off;
      listen 10.1.2.3:8081;
      allow 10.1.2.3;
      allow 127.0.0.0/8;
      allow ::1;
      deny all;
      add_header X-Addresses "$server_addr $remote_addr" always;
steps:
  - request: GET http://[::1]:8080/
    expect: {status: 200, headers: {x-addresses: "::1 ::1"}}
  - request: GET http://[::1]/
    expect: {status: 200, headers: {x-addresses: "::1 ::1"}}
  - request: GET http://10.1.2.3:8081/
    from: 10.1.2.3
    expect: {status: 200, headers: {x-addresses: 10.1.2.3 10.1.2.3}}
  - request: GET http://[::1]/
    from: "::1"
    expect: {status: 200}
  - request: GET /
    expect: {status: 200, headers: {x-addresses: "::ffff:127.0.0.1 ::ffff:127.0.0.1"}}
`

let dir: string
beforeAll(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'chain-listeners-'))
  cpSync(FLOWMASTER, path.join(dir, 'chains/flowmaster'), { recursive: true })
  writeFileSync(path.join(dir, 'ipv6.yaml'), SCENARIO)
})
afterAll(() => rmSync(dir, { recursive: true, force: true }))

await describeTier('sandbox', 'listeners that a suite cannot rely on', () => {
  test('IPv6, and IPv4 by a socket of IPv6, are the same in simulated and sandbox', () => {
    const args = [CHAIN, 'run', '--env', 'simulated,sandbox', 'ipv6.yaml']
    const { status, stdout } = spawnSync(process.execPath, args, { cwd: dir, encoding: 'utf8' })
    expect(stdout).toContain('1 scenario passed on simulated and on sandbox, 1 agree')
    expect(status).toBe(0)
  })
})
