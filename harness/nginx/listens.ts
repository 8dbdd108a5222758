import type { Rule } from '../trace/trace.ts'
import { ruleOf } from './core/scope.ts'
import type { SiteFile } from './syntax/syntax.ts'

/** The `listen` lines of a site file, in file order; for a server that has none, the server itself. */
export function listenLines({ directives }: SiteFile): Rule[] {
  return directives
    .filter(({ name }) => name.text === 'server')
    .flatMap((server) => {
      const listens = (server.block ?? []).filter(({ name }) => name.text === 'listen')
      return (listens.length === 0 ? [server] : listens).map(ruleOf)
    })
}
