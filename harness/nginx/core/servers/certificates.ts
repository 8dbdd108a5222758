import { Block } from '../../syntax/block.ts'
import type { Directive } from '../../syntax/syntax.ts'
import { type CompileScope, ruleOf } from '../scope.ts'
import type { Server } from '../site-config.ts'

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

/** `ssl_verify_client`: nginx wants to know who may have signed a client's certificate before it asks for one (ngx_http_ssl_merge_srv_conf). */
export function clientCertificate(block: Block, http: Block, scope: CompileScope): Server['clientCertificate'] {
  const line = (name: string) => block.one(name) ?? http.one(name)
  const verify = line('ssl_verify_client')
  const word = verify?.args[0]?.text ?? 'off'
  if (verify === undefined || word === 'off') return null
  const isCertified = block.all('ssl_certificate').length + http.all('ssl_certificate').length > 0
  const { clientTrustedByEither } = scope.rules
  const isTrusting =
    line('ssl_client_certificate') !== undefined ||
    (clientTrustedByEither && line('ssl_trusted_certificate') !== undefined)
  if (isCertified && word !== 'optional_no_ca' && !isTrusting) {
    const lacks = clientTrustedByEither ? 'ssl_client_certificate or ssl_trusted_certificate' : 'ssl_client_certificate'
    scope.error(verify.span, `no ${lacks} for ssl_verify_client`)
  }
  return { wanted: word === 'on' ? 'always' : 'if there is one', rule: ruleOf(verify) }
}

/** The newest protocol of `ssl_protocols`, where it is one that every client speaks. */
export function tlsProtocol(block: Block, http: Block, { rules }: CompileScope): Server['tlsProtocol'] {
  const line = (name: string) => block.one(name) ?? http.one(name)
  if (line('ssl_conf_command') !== undefined) return null
  const spoken = line('ssl_protocols')?.args.map(({ text }) => text) ?? [
    'TLSv1.2',
    ...(rules.tls13ByDefault ? ['TLSv1.3'] : []),
  ]
  if (spoken.includes('TLSv1.3')) return 'TLSv1.3'
  return spoken.includes('TLSv1.2') ? 'TLSv1.2' : null
}
