import type { Bytes, CgiRequest, Header, HttpVersion, RequestMessage } from '../message.ts'

/** Two headers that CGI names without `HTTP_` (RFC 3875 section 4.1). */
const OF_BODY: Readonly<Record<string, string>> = { CONTENT_TYPE: 'content-type', CONTENT_LENGTH: 'content-length' }

/** What an application reads a request from: the last parameter of that name; undefined where there is none. */
export function paramValue({ params }: CgiRequest, name: string): string | undefined {
  return params.findLast(([key]) => key === name)?.[1]
}

/** A request as an application sees it that gets its parameters: REQUEST_METHOD, REQUEST_URI, SERVER_PROTOCOL, `HTTP_*`. */
export function cgiMessage(cgi: CgiRequest, body: Bytes): RequestMessage {
  return {
    method: paramValue(cgi, 'REQUEST_METHOD') ?? '',
    target: paramValue(cgi, 'REQUEST_URI') ?? '',
    httpVersion: versionOf(paramValue(cgi, 'SERVER_PROTOCOL')),
    headers: headersOf(cgi),
    body,
    cgi,
  }
}

function versionOf(protocol: string | undefined): HttpVersion {
  return protocol === 'HTTP/1.0' ? '1.0' : protocol === 'HTTP/2.0' ? '2.0' : '1.1'
}

/** The header that a parameter stands for, `x-request-id` for `HTTP_X_REQUEST_ID`; its own name where it stands for none. */
export function headerOfParam(name: string): string {
  return name.startsWith('HTTP_') ? name.slice('HTTP_'.length).toLowerCase().replaceAll('_', '-') : name
}

function headersOf({ params }: CgiRequest): Header[] {
  const names = new Set(params.map(([name]) => name))
  return params.flatMap(([name, value]): Header[] => {
    if (name.startsWith('HTTP_')) return [[headerOfParam(name), value]]
    const header = OF_BODY[name]
    return header === undefined || value === '' || names.has(`HTTP_${name}`) ? [] : [[header, value]]
  })
}
