import { lowerCase } from '../config/wire.ts'
/**
 * The host that servers are chosen by, from a Host header or an absolute target: small letters, no port, no dot at the end.
 * Null where nginx answers 400 (ngx_http_validate_host). Takes and gives bytes as Latin-1.
 */
export function validateHost(host: string): string | null {
  if (/\.\.|[\0- \x7f/]/.test(host)) return null
  const end = host.startsWith('[') ? host.indexOf(']') + 1 : host.indexOf(':')
  const withoutPort = end <= 0 && !host.startsWith(':') ? host : host.slice(0, end)
  const name = withoutPort.endsWith('.') ? withoutPort.slice(0, -1) : withoutPort
  return name === '' ? null : lowerCase(name)
}
