import { describe, expect, test } from 'vitest'
import { PORT_80 } from '../chain/client-request.ts'
import type { Environment, EvidenceFiles } from './environment.ts'
import { aboutEvidence } from './evidence-names.ts'
import { flowmaster, get } from './fixtures/flowmaster.ts'

/** What environments of real programs hand up for a person who looks into a failure. */
export function describeEvidence(environment: Environment): void {
  describe('its evidence', () => {
    test('has the last request as nginx, gateway and backend wrote it down, and nothing of others', async () => {
      await using world = await environment.start(flowmaster(), { seed: 1 })
      await world.request(get('/api/v1/processes/before'))
      const { requestId } = await world.request(get('/api/v1/processes/x?a"b'))
      const files = await world.evidence()
      const target = '/api/v1/processes/x?a\\x22b'
      expect(files.get('request/nginx-access.log')).toMatch(
        /^127\.0\.0\.1 - - \[\d\d\/\w{3}\/\d{4}:[\d:]{8} \+0000\] "GET /,
      )
      expect(files.get('request/nginx-access.log')).toContain(`"GET ${target} HTTP/1.1" 200 `)
      expect(files.get('request/nginx-access.log')).toMatch(/ upstream_addr=10\.43\.193\.134:9000 upstream_status=200 /)
      expect(files.get('request/nginx-debug.log')).toContain(`http header: "X-Request-ID: ${requestId}"`)
      expect(files.get('request/nginx-debug.log')).not.toContain('before')
      expect(files.get('request/nginx-error.log')).not.toContain('[debug]')
      expect(linesOf(files, 'request/gateway.log').map((line) => JSON.parse(line))).toMatchObject([{ requestId }])
      expect(files.get('request/backends.txt')).toContain('--- process-design received\nGET /api/v1/processes/')
      expect(linesOf(files, 'services.txt')).toHaveLength(7)
    })

    test('tells the files that run from those that nothing has loaded, and right pins from stale ones', async () => {
      await using world = await environment.start(flowmaster(), { seed: 1 })
      const unread = { kind: 'replace', find: 'location / {', with: 'location /unread {' } as const
      await world.change({ kind: 'edit', file: 'site', edit: unread })
      await world.change({ kind: 'recreate', service: 'api-gateway', clusterIP: null })
      const files = await world.evidence()
      expect(files.get('running/nginx-site.conf')).toContain('location / {')
      expect(files.get('not-loaded/nginx-site.conf')).toContain('location /unread {')
      expect([...files.keys()].filter((name) => name.startsWith('not-loaded/'))).toHaveLength(1)
      expect(files.get('running/routes.yaml')).toContain('path: /v1/scheduling/*')
      expect(linesOf(files, 'pins.txt').filter((line) => line.includes('stale: it has 10.'))).toHaveLength(1)
      expect(files.get('nginx-main.conf')).toContain('http {')
    })

    test('has no file that its page does not know', async () => {
      await using world = await environment.start(flowmaster(), { seed: 1 })
      await world.request({ ...get('/'), listener: PORT_80 })
      const files = await world.evidence()
      expect([...files.keys()].filter((name) => aboutEvidence(name) === '')).toEqual([])
    })
  })
}

function linesOf(files: EvidenceFiles, name: string): string[] {
  return (files.get(name) ?? '').split('\n').filter((line) => line !== '')
}
