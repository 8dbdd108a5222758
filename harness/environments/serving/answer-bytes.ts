import { type Bytes, type Headers, headerValue, type ResponseMessage } from '../../chain/message.ts'

/** The words behind a status, as nginx writes them (ngx_http_status_lines). */
const REASONS: Readonly<Record<number, string>> = {
  101: 'Switching Protocols',
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  204: 'No Content',
  206: 'Partial Content',
  301: 'Moved Permanently',
  302: 'Moved Temporarily',
  303: 'See Other',
  304: 'Not Modified',
  307: 'Temporary Redirect',
  308: 'Permanent Redirect',
  400: 'Bad Request',
  401: 'Unauthorized',
  402: 'Payment Required',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Not Allowed',
  406: 'Not Acceptable',
  408: 'Request Time-out',
  409: 'Conflict',
  410: 'Gone',
  411: 'Length Required',
  412: 'Precondition Failed',
  413: 'Request Entity Too Large',
  414: 'Request-URI Too Large',
  415: 'Unsupported Media Type',
  416: 'Requested Range Not Satisfiable',
  421: 'Misdirected Request',
  425: 'Too Early',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Temporarily Unavailable',
  504: 'Gateway Time-out',
  505: 'HTTP Version Not Supported',
  507: 'Insufficient Storage',
}

/**
 * An answer of nginx as bytes: its body chunked where its head says so.
 * @param isCut the upstream's answer broke off, and the last chunk does not come
 */
export function answerBytes(
  { status, headers, body, trailers = [] }: ResponseMessage,
  isCut: boolean,
): { head: Bytes; body: Bytes } {
  const written = (all: Headers): Bytes => all.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  const isChunked = headerValue(headers, 'Transfer-Encoding') === 'chunked'
  const sent = isChunked ? chunked(body) + (isCut ? '' : `0\r\n${written(trailers)}\r\n`) : body
  return { head: `HTTP/1.1 ${status} ${REASONS[status] ?? ''}\r\n${written(headers)}\r\n`, body: sent }
}

function chunked(body: Bytes): Bytes {
  return body === '' ? '' : `${body.length.toString(16)}\r\n${body}\r\n`
}
