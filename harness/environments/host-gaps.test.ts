import { expect, test } from 'vitest'
import { flowmaster } from './fixtures/flowmaster.ts'
import { hostGaps } from './host-gaps.ts'

test('a cache is a gap of clusters, which keep their nginx', () => {
  expect(hostGaps(flowmaster())).toEqual([])
  const cached = flowmaster((site) => `proxy_cache_path /var/cache/nginx/c keys_zone=c:1m;\n${site}`)
  expect(hostGaps(cached).map(({ what, span }) => [what, span?.line])).toEqual([['proxy_cache_path', 1]])
})
