import type { Rule } from '../../../trace/trace.ts'
import { type CompileScope, ruleOf } from '../scope.ts'
import type { UpstreamLines } from './upstream-lines.ts'
import type { UpstreamTlsSettings } from './upstream-tls-settings.ts'

/** `proxy_ssl_*` inside a block. Where it proxies over TLS, nginx looks whether its files are all there (ngx_http_proxy_set_ssl). */
export function compileUpstreamTls(
  lines: UpstreamLines,
  around: UpstreamTlsSettings,
  scope: CompileScope,
): UpstreamTlsSettings {
  const name = lines.word('ssl_name')
  const settings = {
    sendsName: lines.flag('ssl_server_name', around.sendsName),
    sendsNameRule: lines.rule('ssl_server_name') ?? around.sendsNameRule,
    name: name === undefined ? around.name : scope.template(name),
    nameRule: lines.rule('ssl_name') ?? around.nameRule,
    verifies: lines.flag('ssl_verify', around.verifies),
    trusted: lines.word('ssl_trusted_certificate')?.text ?? around.trusted,
    trustedRule: lines.rule('ssl_trusted_certificate') ?? around.trustedRule,
    certificate: lines.word('ssl_certificate')?.text ?? around.certificate,
    hasKey: lines.one('ssl_certificate_key') !== undefined || around.hasKey,
    unsure: unsureLine(lines, around.unsure),
    reusesSessions: lines.flag('ssl_session_reuse', around.reusesSessions),
  }
  checkFiles(lines, settings, scope)
  return settings
}

/** Versions that every upstream of today speaks. */
const SPOKEN = /^TLSv1\.[23]$/

/** Ciphers of every kind, less those that nobody uses. */
const EVERY_CIPHER = /^(?:DEFAULT|HIGH|ALL)(?::!(?:[ae]NULL|MD5|LOW|EXPORT|EXP|RC4|3?DES|PSK|SRP|CAMELLIA|SSLv2))*$/

/** A line that may leave nginx and an upstream nothing to speak. */
function unsureLine(lines: UpstreamLines, around: Rule | null): Rule | null {
  const protocols = lines.one('ssl_protocols')
  const ciphers = lines.one('ssl_ciphers')
  if (protocols !== undefined && !protocols.args.some(({ text }) => SPOKEN.test(text))) return ruleOf(protocols)
  if (ciphers !== undefined && !EVERY_CIPHER.test(ciphers.args[0]?.text ?? '')) return ruleOf(ciphers)
  return around
}

/** Variables may come out as `https://`: nginx prepares for TLS then too. */
function checkFiles(lines: UpstreamLines, settings: UpstreamTlsSettings, scope: CompileScope): void {
  const pass = lines.one('pass')
  const url = pass?.args[0]?.text ?? ''
  if (pass === undefined || !/^(?:http|grpc)s:\/\/|\$/i.test(url)) return
  const { certificate, hasKey, verifies, trusted } = settings
  if (certificate !== null && certificate !== '' && !hasKey) {
    scope.error(pass.span, `no "${lines.prefix}_ssl_certificate_key" is defined for certificate "${certificate}"`)
  }
  if (verifies && (trusted ?? '') === '') {
    scope.error(pass.span, `no ${lines.prefix}_ssl_trusted_certificate for ${lines.prefix}_ssl_verify`)
  }
}
