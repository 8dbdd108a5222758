import { RefusedRequestError } from '../../site.ts'
import type { Directive, SiteFile } from '../../syntax/syntax.ts'

/** Blocks of a whole nginx.conf whose servers listen, too, and speak another protocol than HTTP. */
const OTHER_PROTOCOLS: readonly string[] = ['stream', 'mail']

/** The `listen` lines of `stream { }` and `mail { }`, by their port. */
export function otherListeners({ main }: SiteFile): ReadonlyMap<number, Directive> {
  const blocks = (main ?? []).filter(({ name }) => OTHER_PROTOCOLS.includes(name.text))
  const servers = blocks.flatMap(({ block }) => (block ?? []).filter(({ name }) => name.text === 'server'))
  const listens = servers.flatMap(({ block }) => (block ?? []).filter(({ name }) => name.text === 'listen'))
  const ports = listens.flatMap((listen) => {
    const [, port] = /^(?:.*:)?(\d+)$/.exec(listen.args[0]?.text ?? '') ?? []
    return port === undefined ? [] : [[Number(port), listen] as const]
  })
  return new Map(ports)
}

/** Gives a request up that comes to such a listener. @throws {RefusedRequestError} always */
export function refuseOtherListener({ span }: Directive, port: number): never {
  throw new RefusedRequestError({
    name: 'stream',
    span,
    because: `port ${port} belongs to stream or mail, of which nothing is known`,
  })
}
