/**
 * The host that servers are chosen by, from a Host header or an absolute target: small letters, no port, no dot at the end.
 * Null where nginx answers 400 (ngx_http_validate_host). Takes and gives bytes as Latin-1.
 */
export function validateHost(host: string): string | null {
  if (/\.\.|[\0- \x7f/]/.test(host)) return null
  const literal = /^\[[^\]]*\]/.exec(host)
  const colon = literal === null ? host.indexOf(':') : -1
  const withoutPort = literal?.[0] ?? (colon === -1 ? host : host.slice(0, colon))
  const name = withoutPort.endsWith('.') ? withoutPort.slice(0, -1) : withoutPort
  return name === '' ? null : name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
}
