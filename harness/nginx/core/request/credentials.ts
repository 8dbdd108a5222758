import type { RequestState } from './request-state.ts'

/** A user and the password that came with him. */
interface Credentials {
  readonly user: string
  readonly password: string
}

/** The user of an `Authorization: Basic` (ngx_http_auth_basic_user); null where there is none. */
export function credentialsOf(state: RequestState): Credentials | null {
  const [, coded = ''] = /^basic +(.*)$/i.exec(state.header('authorization') ?? '') ?? []
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(coded) || coded.replace(/=+$/, '').length % 4 === 1) return null
  const decoded = Buffer.from(coded, 'base64').toString('latin1')
  const colon = decoded.indexOf(':')
  return colon === -1 ? null : { user: decoded.slice(0, colon), password: decoded.slice(colon + 1) }
}
