import { lowerCase } from '../../syntax/wire.ts'
import type { VersionRules } from '../../versions.ts'

/**
 * The host that servers are chosen by, from a Host header or an absolute target: small letters, no port, no dot at the end.
 * Null where nginx answers 400 (ngx_http_validate_host). Takes and gives bytes as Latin-1.
 */
export function validateHost(host: string, rules: VersionRules): string | null {
  if (rules.hostValidated && !isAllowed(host)) return null
  if (/\.\.|[\0- \x7f/]/.test(host)) return null
  const end = host.startsWith('[') ? host.indexOf(']') + 1 : host.indexOf(':')
  const withoutPort = end <= 0 && !host.startsWith(':') ? host : host.slice(0, end)
  const name = withoutPort.endsWith('.') ? withoutPort.slice(0, -1) : withoutPort
  return name === '' ? null : lowerCase(name)
}

/** A name or an IP literal, and a port of up to 65535 behind a colon (RFC 3986 section 3.2); nginx lets the port be empty. */
function isAllowed(host: string): boolean {
  const [, port] = /^(?:\[[\w~!$&'()*+,;=:.-]*\]|[\w~!$&'()*+,;=%.-]*)(?::(\d*))?$/.exec(host) ?? [null, null]
  return port !== null && Number(port ?? 0) <= 65_535
}
