import type { Place } from '../../gateway/place.ts'
import type { GatewayConfigFiles } from '../chain/chain.ts'
import type { Rule } from '../trace/trace.ts'
import { sourceAt } from './load-gateway-config.ts'

/** The line of the gateway's config at a place. */
export type GatewayLines = (place: Place) => Rule

/** Reads lines of the files that a gateway runs with. Of auth.yaml only the key is told: what follows it may be a secret. */
export function gatewayLines({ routes, middleware, auth }: GatewayConfigFiles): GatewayLines {
  return (place) => {
    const source = sourceAt([routes, middleware, auth], place)
    const line =
      source
        ?.lineText(place.line)
        .replace(/^[\s-]+/, '')
        .trimEnd() ?? ''
    return { text: source === auth ? (line.split(':', 1)[0] ?? '') : line, span: place }
  }
}

/** What the files of a gateway's config are called. */
export type ConfigNames = Readonly<Record<keyof GatewayConfigFiles, { readonly file: string } | null>>

/**
 * A place as a log line has it, `/etc/gateway/routes.yaml:3:5`, in the chain's own files: those in a pod lie elsewhere. Null for
 * a file that the chain does not have.
 */
export function placeInChain(text: string, { routes, middleware, auth }: ConfigNames): Place | null {
  const [, name = '', line = '1', column = '1'] = /^(?:.*\/)?([^/]+):(\d+):(\d+)$/.exec(text) ?? []
  const files = new Map([
    ['routes.yaml', routes],
    ['middleware.yaml', middleware],
    ['auth.yaml', auth],
  ])
  const file = files.get(name)?.file
  return file === undefined ? null : { file, line: Number(line), column: Number(column), length: 1 }
}
