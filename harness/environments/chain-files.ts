import type { GatewayConfigFiles } from '../chain/chain.ts'
import type { OwnedPin, ServiceState } from '../chain/service.ts'
import type { Source } from '../diagnostics/source.ts'
import { formatSpan } from '../diagnostics/span.ts'
import type { EvidenceFiles } from './environment.ts'

/** A site file and what it includes. */
export interface SiteSources {
  readonly source: Source
  readonly includes: ReadonlyMap<string, Source>
}

/** The files of a chain at one moment. */
export interface ChainSources {
  readonly site: SiteSources
  readonly gatewayConfig: GatewayConfigFiles
}

/**
 * The chain's files as evidence: those that nginx and the gateway run with, and beside them those that lie on the disk and in
 * the ConfigMap, where they are others by now.
 * @param rewritten what a program got to read of a text, where that is another
 */
export function chainFiles(
  running: ChainSources,
  lying: ChainSources,
  rewritten: (text: string) => string = (text) => text,
): EvidenceFiles {
  const files = new Map(filesOf('running', running).map(([name, text]) => [name, rewritten(text)]))
  for (const [name, text] of filesOf('not-loaded', lying)) {
    if (files.get(name.replace('not-loaded', 'running')) !== rewritten(text)) files.set(name, rewritten(text))
  }
  return files
}

/** The Services as they are, and what the site file's pins are worth: `services.txt` and `pins.txt`. */
export function serviceFiles(states: readonly ServiceState[], pins: readonly OwnedPin[]): EvidenceFiles {
  const services = states.map(({ name, clusterIP, port, readyEndpoints }) => {
    return [name, clusterIP ?? 'no such Service', String(port), String(readyEndpoints)]
  })
  const written = pins.map(({ address, port, service, span }) => {
    const now = states.find(({ name }) => name === service)?.clusterIP ?? 'none'
    const worth = service === null ? 'written for no Service' : now === address ? 'right' : `stale: it has ${now}`
    return [formatSpan(span), `${address}:${port}`, service ?? '-', worth]
  })
  return new Map([
    ['services.txt', table([['NAME', 'CLUSTER-IP', 'PORT', 'READY ENDPOINTS'], ...services])],
    ['pins.txt', table([['PLACE', 'PIN', 'WRITTEN FOR', 'NOW'], ...written])],
  ])
}

/** Rows in columns, as kubectl prints them. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('   ')
      .trimEnd()
  return rows.map((row) => `${line(row)}\n`).join('')
}

function filesOf(folder: string, { site, gatewayConfig }: ChainSources): (readonly [name: string, text: string])[] {
  const { routes, middleware, auth } = gatewayConfig
  return [
    [`${folder}/nginx-site.conf`, site.source.content],
    ...[...site.includes].flatMap(([name, { content }]) =>
      isKeyOrPassword(content) ? [] : [[`${folder}/included/${name}`, content] as const],
    ),
    [`${folder}/routes.yaml`, routes.text],
    ...(middleware === null ? [] : [[`${folder}/middleware.yaml`, middleware.text] as const]),
    ...(auth === null ? [] : [[`${folder}/auth.yaml`, auth.text] as const]),
  ]
}

/** PEM, which may be a private key, or lines of `user:hash` as for `auth_basic_user_file`: nobody debugs by those. */
function isKeyOrPassword(text: string): boolean {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  return text.includes('-----BEGIN ') || (lines.length > 0 && lines.every((line) => /^[^\s:;{}]+:\S+$/.test(line)))
}
