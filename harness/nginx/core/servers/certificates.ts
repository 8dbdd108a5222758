import { Block } from '../../syntax/block.ts'
import type { Directive } from '../../syntax/syntax.ts'
import type { CompileScope } from '../scope.ts'

/** Whether a server has a certificate to answer TLS with, or refuses every handshake; a certificate without a key is an error (ngx_http_ssl_merge_srv_conf). */
export function hasCertificate(server: Directive, http: Block, scope: CompileScope): boolean {
  const block = new Block(server.block ?? [])
  const inherited = (name: string) => (block.all(name).length > 0 ? block.all(name) : http.all(name))
  const certificates = inherited('ssl_certificate')
  const unkeyed = certificates[certificates.length - 1]
  if (unkeyed !== undefined && inherited('ssl_certificate_key').length < certificates.length) {
    const [file] = unkeyed.args
    scope.error(unkeyed.span, `no "ssl_certificate_key" is defined for certificate "${file?.text ?? ''}"`)
  }
  return certificates.length > 0 || rejectsHandshake(server, http)
}

/** `ssl_reject_handshake on`: a client that names the server in its TLS handshake is turned away. */
export function rejectsHandshake(server: Directive, http: Block): boolean {
  return new Block(server.block ?? []).flag('ssl_reject_handshake', http.flag('ssl_reject_handshake', false))
}
