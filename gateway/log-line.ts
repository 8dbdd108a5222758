import type { AccessEntry } from './access-log.ts'
import { formatPlace } from './place.ts'

/** Query parameters whose values have no place in a log. */
const SECRET_PARAMETER = /([?&][^=&#]*(?:token|key|secret|password|passwd|signature|code)[^=&#]*=)[^&#]*/gi

/** An access entry as the fields of a structured log line; secrets in query strings are masked. */
export function logLine(entry: AccessEntry) {
  const { route, upstream, target, sends, ...rest } = entry
  return {
    ...rest,
    target: masked(target),
    route: route?.path ?? null,
    place: route === null ? null : formatPlace(route.place),
    sends: sends === null ? null : masked(sends),
    upstream: upstream === null ? null : `${upstream.host}:${upstream.port}`,
  }
}

function masked(target: string): string {
  return target.includes('?') ? target.replace(SECRET_PARAMETER, '$1***') : target
}
