import { readFileSync } from 'node:fs'
import { afterAll, expect, test } from 'vitest'
import type { Chain } from '../../chain/chain.ts'
import { Source } from '../../diagnostics/source.ts'
import { exchangeAt } from '../../trace/reading.ts'
import { describeTier } from '../../vitest/describe-tier.ts'
import { InvalidChainError, UnsupportedError } from '../environment.ts'
import { flowmaster, get } from '../fixtures/flowmaster.ts'
import { sandbox } from './sandbox.ts'

afterAll(() => sandbox[Symbol.asyncDispose]())

const MAIN = 'user nobody-has-this;\nworker_processes auto;\nworker_rlimit_nofile 999999999;\npid /nowhere/nginx.pid;\n'
const HTTP =
  'http {\n  include mime.types;\n  error_log /var/log/nginx/error.log warn;\n  include sites-enabled/*;\n}\n'

/** FlowMaster's site below a whole nginx.conf. */
function whole(conf = `${MAIN}events { worker_connections 99; }\n${HTTP}`): Chain {
  const chain = flowmaster((text) => text.replace('location /api/ {', 'location /api/ { include /srv/proxy.conf;'))
  const proxy = new Source('srv/proxy.conf', 'proxy_set_header X-Included yes;\n')
  const includes = new Map([
    ['sites-enabled/flowmaster', chain.site],
    ['srv/proxy.conf', proxy],
  ])
  return { ...chain, site: new Source('nginx.conf', conf), includes }
}

await describeTier('sandbox', 'a whole nginx.conf in the sandbox', () => {
  test('it runs with its includes, and its log tells the location', async () => {
    await using world = await sandbox.start(whole(), { seed: 1 })
    const trace = await world.request(get('/api/v1/processes'))
    expect(trace.response?.status).toBe(200)
    const backend = exchangeAt(trace, 'backend')
    expect(backend?.received.headers).toContainEqual(['x-included', 'yes'])
    expect(exchangeAt(trace, 'nginx')?.passes.map(({ matched }) => matched)).toEqual(['/api/'])
  })

  test('a pin in an included file is repinned there', async () => {
    await using world = await sandbox.start(whole(), { seed: 1 })
    await world.change({ kind: 'recreate', service: 'api-gateway', clusterIP: null })
    await world.change({ kind: 'repin' })
    expect((await world.request(get('/api/v1/processes'))).response?.status).toBe(200)
  })

  test('what nginx refuses in it is told in its own words, at its line', async () => {
    const chain = whole(`${MAIN}events { }\nhttp {\n  server {\n    listen 80;\n    return 600x;\n  }\n}\n`)
    const error: unknown = await sandbox.start(chain, { seed: 1 }).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(InvalidChainError)
    expect(error).toMatchObject({ diagnostics: [{ span: { file: 'nginx.conf', line: 9 } }] })
  })

  test('a module that the host lacks is no fault of the file', async () => {
    const conf = `load_module modules/nobody_has_it.so;\nevents { }\n${HTTP}`
    const error: unknown = await sandbox.start(whole(conf), { seed: 1 }).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(UnsupportedError)
    expect(error).toMatchObject({ span: { file: 'nginx.conf', line: 1 } })
  })

  test("Debian's own nginx.conf runs", async () => {
    await using world = await sandbox.start(whole(readFileSync('/etc/nginx/nginx.conf', 'utf8')), { seed: 1 })
    expect((await world.request(get('/api/v1/processes'))).response?.status).toBe(200)
  })
})
