import type { Rule } from '../../../trace/trace.ts'
import type { Template } from '../variables/template.ts'

/** What `proxy_ssl_*` directives say that a request can notice; each with its line, null for nginx's default. */
export interface UpstreamTlsSettings {
  /** `proxy_ssl_server_name`: whether a name is sent in the handshake. */
  readonly sendsName: boolean
  readonly sendsNameRule: Rule | null
  /** `proxy_ssl_name`; null: the host of `proxy_pass`. */
  readonly name: Template | null
  readonly nameRule: Rule | null
  /** `proxy_ssl_verify` */
  readonly verifies: boolean
  /** The file that `proxy_ssl_trusted_certificate` names. */
  readonly trusted: string | null
  readonly trustedRule: Rule | null
  /** The file of `proxy_ssl_certificate`, and whether a key belongs to it. */
  readonly certificate: string | null
  readonly hasKey: boolean
  /** The `proxy_ssl_protocols` or `proxy_ssl_ciphers` with which it is not known whether a handshake succeeds. */
  readonly unsure: Rule | null
  /** `proxy_ssl_session_reuse` */
  readonly reusesSessions: boolean
}

export const NO_TLS_SETTINGS: UpstreamTlsSettings = {
  sendsName: false,
  sendsNameRule: null,
  name: null,
  nameRule: null,
  verifies: false,
  trusted: null,
  trustedRule: null,
  certificate: null,
  hasKey: false,
  unsure: null,
  reusesSessions: true,
}
