import type { ResponseMessage } from './message.ts'

const PAGE =
  /^Active connections: \d+ \nserver accepts handled requests\n \d+ \d+ \d+ \nReading: \d+ Writing: \d+ Waiting: \d+ \n$/

/**
 * The page of nginx's `stub_status` without its numbers, which depend on who else asked, and without its length, which depends
 * on them. Any other response stays as it is.
 */
export function withoutCounts(response: ResponseMessage): ResponseMessage {
  if (!PAGE.test(response.body)) return response
  const headers = response.headers.filter(([name]) => name.toLowerCase() !== 'content-length')
  return { ...response, headers, body: response.body.replace(/\d+/g, '<number>') }
}
