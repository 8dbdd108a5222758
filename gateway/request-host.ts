import { badRequest } from './errors.ts'

/** A registered name or IPv4 address, or an IPv6 address in brackets, and perhaps a port (RFC 3986 section 3.2). */
const HOST = /^(?:[A-Za-z0-9._~!$&'()*+;=%-]*|\[[0-9A-Fa-f:.]+\])(?::\d*)?$/

/**
 * Refuses a host that two readers could take for different ones: with userinfo, spaces, slashes or a list (RFC 9112 section
 * 3.2). A comma is a list here: where several proxies add to X-Forwarded-Host, it parts their hosts.
 * @throws {GatewayError} 400
 */
export function checkHost(host: string): void {
  if (!HOST.test(host)) throw badRequest(400, 'the host of the request is not a valid one')
}
