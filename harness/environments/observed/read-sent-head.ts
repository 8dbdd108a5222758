import type { Header } from '../../chain/message.ts'
import type { SentHead } from './observation.ts'

/**
 * Reads the head of a request as `http proxy header:` shows it (ngx_http_proxy_create_request): CRLF line ends, an empty
 * line, a closing quote. Null where not even the request line is all there.
 */
export function readSentHead(text: string): SentHead | null {
  const end = text.indexOf('\r\n\r\n')
  const lines = (end === -1 ? text : text.slice(0, end)).split('\r\n')
  // Without its end, the last line may be cut anywhere.
  if (end === -1) lines.pop()
  const [, method, target, version] = /^(\S+) (.*) HTTP\/1\.([01])$/s.exec(lines.shift() ?? '') ?? []
  if (method === undefined || target === undefined) return null
  const headers = lines.map((line): Header => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon), line.slice(colon + 1).trim()]
  })
  return { method, target, httpVersion: version === '0' ? '1.0' : '1.1', headers, isWhole: end !== -1 }
}
