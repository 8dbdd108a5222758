import { headerValue, type ResponseMessage } from './message.ts'

/** What parts two ranges of one answer. nginx counts such texts while it runs (ngx_next_temp_number); this stands for any. */
export const BOUNDARY = '00000000000000000001'

/** An answer of several ranges with {@link BOUNDARY} between them, as long as any other. Any other answer stays as it is. */
export function withOneBoundary(response: ResponseMessage): ResponseMessage {
  if (response.status !== 206) return response
  const type = headerValue(response.headers, 'Content-Type') ?? ''
  const [, boundary] = /^multipart\/byteranges; boundary=(\d{20})$/.exec(type) ?? []
  if (boundary === undefined) return response
  const headers = response.headers.map(([name, value]) => [name, value.replace(boundary, BOUNDARY)] as const)
  return { ...response, headers, body: response.body.replaceAll(`\r\n--${boundary}`, `\r\n--${BOUNDARY}`) }
}
