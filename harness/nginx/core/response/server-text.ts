import type { RequestState } from '../request/request-state.ts'

/** How nginx calls itself in Server and on its own pages (`server_tokens`). */
export function serverText({ location, site }: RequestState): string {
  return location.settings.serverTokens === 'off' ? 'nginx' : `nginx/${site.rules.version}`
}
