import type { Rule } from '../../../trace/trace.ts'
import { type CompileScope, ruleOf } from '../../core/scope.ts'
import type { UpstreamTlsSettings } from '../../core/upstreams/upstream-tls-settings.ts'
import type { Block } from '../../syntax/block.ts'

/** `proxy_ssl_*` inside a block. Where it proxies over TLS, nginx looks whether its files are all there (ngx_http_proxy_set_ssl). */
export function compileTls(block: Block, around: UpstreamTlsSettings, scope: CompileScope): UpstreamTlsSettings {
  const line = (name: string) => {
    const directive = block.one(name)
    return directive === undefined ? null : ruleOf(directive)
  }
  const name = block.word('proxy_ssl_name')
  const settings = {
    sendsName: block.flag('proxy_ssl_server_name', around.sendsName),
    sendsNameRule: line('proxy_ssl_server_name') ?? around.sendsNameRule,
    name: name === undefined ? around.name : scope.template(name),
    nameRule: line('proxy_ssl_name') ?? around.nameRule,
    verifies: block.flag('proxy_ssl_verify', around.verifies),
    trusted: block.word('proxy_ssl_trusted_certificate')?.text ?? around.trusted,
    trustedRule: line('proxy_ssl_trusted_certificate') ?? around.trustedRule,
    certificate: block.word('proxy_ssl_certificate')?.text ?? around.certificate,
    hasKey: block.one('proxy_ssl_certificate_key') !== undefined || around.hasKey,
    unsure: unsureLine(block, around.unsure),
    reusesSessions: block.flag('proxy_ssl_session_reuse', around.reusesSessions),
  }
  checkFiles(block, settings, scope)
  return settings
}

/** Versions that every upstream of today speaks. */
const SPOKEN = /^TLSv1\.[23]$/

/** Ciphers of every kind, less those that nobody uses. */
const EVERY_CIPHER = /^(?:DEFAULT|HIGH|ALL)(?::!(?:[ae]NULL|MD5|LOW|EXPORT|EXP|RC4|3?DES|PSK|SRP|CAMELLIA|SSLv2))*$/

/** A line that may leave nginx and an upstream nothing to speak. */
function unsureLine(block: Block, around: Rule | null): Rule | null {
  const protocols = block.one('proxy_ssl_protocols')
  const ciphers = block.one('proxy_ssl_ciphers')
  if (protocols !== undefined && !protocols.args.some(({ text }) => SPOKEN.test(text))) return ruleOf(protocols)
  if (ciphers !== undefined && !EVERY_CIPHER.test(ciphers.args[0]?.text ?? '')) return ruleOf(ciphers)
  return around
}

/** Variables may come out as `https://`: nginx prepares for TLS then too. */
function checkFiles(block: Block, settings: UpstreamTlsSettings, scope: CompileScope): void {
  const pass = block.one('proxy_pass')
  const url = pass?.args[0]?.text ?? ''
  if (pass === undefined || !/^https:\/\/|\$/i.test(url)) return
  const { certificate, hasKey, verifies, trusted } = settings
  if (certificate !== null && certificate !== '' && !hasKey) {
    scope.error(pass.span, `no "proxy_ssl_certificate_key" is defined for certificate "${certificate}"`)
  }
  if (verifies && (trusted ?? '') === '') {
    scope.error(pass.span, 'no proxy_ssl_trusted_certificate for proxy_ssl_verify')
  }
}
