import type { Header, ResponseMessage } from '../../chain/message.ts'

/** Whether its end can be told without the end of the connection. */
export function isFramed({ status, headers }: ResponseMessage): boolean {
  const framing = /^(?:content-length|transfer-encoding)$/i
  return status === 204 || status === 304 || headers.some(([name]) => framing.test(name))
}

/** As a client reads it: a line break that went into a header's value begins another header, and white space around a value is no part of it. */
export function asRead(response: ResponseMessage | null): ResponseMessage | null {
  if (response === null || !response.headers.some(([, value]) => /\n|^[ \t]|[ \t]$/.test(value))) return response
  const headers = response.headers.flatMap(([name, value]) => {
    const [first = '', ...injected] = value.split(/\r?\n/)
    return [[name, first.replace(/^[ \t]+/, '').trimEnd()] as const, ...injected.map(headerOf)]
  })
  return { ...response, headers }
}

function headerOf(line: string): Header {
  const colon = line.indexOf(':')
  return [line.slice(0, colon), line.slice(colon + 1).trim()]
}
