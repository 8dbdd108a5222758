import path from 'node:path'
import { expect, test } from 'vitest'
import type { Chain } from '../chain/chain.ts'
import { loadChain } from '../chain/load-chain.ts'
import type { ServiceState } from '../chain/service.ts'
import { Source } from '../diagnostics/source.ts'
import { SiteOnDisk } from './site-on-disk.ts'

const cluster = (addresses: Record<string, string | null>): ServiceState[] =>
  Object.entries(addresses).map(([name, clusterIP]) => ({ name, clusterIP, port: 80, readyEndpoints: 1 }))

const ownersOf = (disk: SiteOnDisk) => disk.pins().map(({ address, service }) => [address, service])

test('a pin belongs to the Service that had its address when it was written, no matter which has it now', () => {
  const disk = new SiteOnDisk(siteOf('10.43.0.1', '10.43.0.2'), cluster({ one: '10.43.0.1', two: '10.43.0.3' }))
  expect(ownersOf(disk)).toEqual([
    ['10.43.0.1', 'one'],
    ['10.43.0.2', null],
  ])
  disk.edit(
    'site',
    { kind: 'replace', find: '10.43.0.2', with: '10.43.0.3' },
    cluster({ one: '10.43.0.9', two: '10.43.0.3' }),
  )
  disk.edit(
    'site',
    { kind: 'replace', find: 'server {', with: 'server { #' },
    cluster({ one: '10.43.0.3', two: '10.43.0.1' }),
  )
  expect(ownersOf(disk)).toEqual([
    ['10.43.0.1', 'one'],
    ['10.43.0.3', 'two'],
  ])
})

test('repin writes the address of today, also into included files; what is gone stays as it stands', () => {
  const chain = siteOf('10.43.0.1', '10.43.0.2')
  const include = new Source('more.conf', 'location /more/ { proxy_pass http://10.43.0.1:80; }')
  const site = new Source(chain.site.file, chain.site.text.replace('server {', 'server {\ninclude more.conf;'))
  const disk = new SiteOnDisk(
    { ...chain, site, includes: new Map([['more.conf', include]]) },
    cluster({ one: '10.43.0.1', two: '10.43.0.2' }),
  )
  disk.repin(cluster({ one: '10.43.0.7', two: null }))
  expect(disk.includes.get('more.conf')?.text).toBe('location /more/ { proxy_pass http://10.43.0.7:80; }')
  expect(ownersOf(disk)).toEqual([
    ['10.43.0.7', 'one'],
    ['10.43.0.7', 'one'],
    ['10.43.0.2', 'two'],
  ])
})

/** FlowMaster's chain with a site of two locations, each pinned. */
function siteOf(one: string, two: string): Chain {
  const dir = path.join(import.meta.dirname, '../../scenarios/chains/flowmaster')
  const { chain } = loadChain(dir, dir)
  if (chain === null) throw new Error(`Failed to load the chain in "${dir}".`)
  const locations = `location / { proxy_pass http://${one}:80; }\nlocation /b/ { proxy_pass http://${two}:80; }`
  return { ...chain, site: new Source('site.conf', `server {\nlisten 80;\n${locations}\n}\n`) }
}
