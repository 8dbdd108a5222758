import type { Chain } from '../chain/chain.ts'
import { edited } from '../chain/edited.ts'
import { isGatewayFile } from '../chain/world-change.ts'
import type { ChangedBefore } from '../diagnose/blame.ts'
import { Source } from '../diagnostics/source.ts'

/**
 * Every text of a chain's files, the newest of a file first: as each `edit` step left it, and as it was at the start. Those of nginx
 * are missing where a step wrote new addresses into them: only the environment has them then.
 */
export function filesOf(
  { site, includes, gatewayConfig, serviceFiles }: Chain,
  changes: readonly ChangedBefore[],
): Source[] {
  const { routes, middleware, auth } = gatewayConfig
  const nginx = new Map([['site', site], ...includes])
  const gateway = new Map([
    ['routes.yaml', routes],
    ['middleware.yaml', middleware],
    ['auth.yaml', auth],
  ])
  const [ofNginx, ofGateway] = [[...nginx.values()], [...gateway.values()].filter((source) => source !== null)]
  for (const { change } of changes) {
    if (change.kind !== 'edit') continue
    const { file, edit } = change
    if (isGatewayFile(file)) note(gateway, file, edited(gateway.get(file) ?? new Source(file, ''), edit), ofGateway)
    else {
      const name = nginx.has(file) ? file : 'site'
      note(nginx, name, edited(nginx.get(name) ?? site, edit), ofNginx)
    }
  }
  const isRepinned = changes.some(({ change }) => change.kind === 'repin')
  return [...(isRepinned ? [] : ofNginx), ...ofGateway, ...serviceFiles]
}

/** An edit that does not find its text has changed nothing: the step itself has failed of it. */
function note<Known>(files: Map<string, Known | Source>, name: string, source: Source | null, all: Source[]): void {
  if (source === null) return
  files.set(name, source)
  all.unshift(source)
}
