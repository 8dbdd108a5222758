import type { MutatedAnswer } from './mutated-answers.ts'
import type { SeenAnswer } from './read-answer.ts'

/** An answer in parts, as far as it has them. */
interface Parts {
  readonly statusLine: string
  readonly lines: readonly string[]
  readonly body: string
  /** The values of a header, in order. */
  all(name: string): readonly string[]
}

/**
 * What is wrong with an answer, by RFC 9112, that nginx lets pass or makes a guess about: it passes on bytes without a status
 * line as HTTP/0.9, ends lines with a bare LF, leaves out header lines that are none, and takes one of several lengths.
 * Two readers could take such an answer for different ones, so the gateway says 502, or cuts it where its head has left.
 */
const FAULTS: readonly { readonly reason: string; readonly has: (parts: Parts) => boolean }[] = [
  {
    reason: 'the status line is none of HTTP/1.0 or HTTP/1.1 (section 4)',
    has: ({ statusLine }) => !/^HTTP\/1\.[01] [1-9]\d\d(?: |$)/.test(statusLine),
  },
  {
    reason: 'it has an interim status and is no answer yet (RFC 9110 section 15.2)',
    has: ({ statusLine }) => /^HTTP\/1\.[01] 1\d\d/.test(statusLine),
  },
  {
    reason: 'a line ends with a bare CR or LF (section 2.2)',
    has: ({ statusLine, lines }) => [statusLine, ...lines].some((line) => /[\r\n]/.test(line)),
  },
  {
    reason: 'a header line is none, or has a control character (section 5)',
    has: ({ lines }) => lines.some((line) => !/^[!#$%&'*+.^_`|~0-9A-Za-z-]+:[\t\x20-\x7e\x80-\xff]*$/.test(line)),
  },
  {
    reason: 'its length is no number, or there are several (section 6.3)',
    has: ({ all }) =>
      all('content-length').length > 1 || all('content-length').some((text) => !/^\d{1,18}$/.test(text)),
  },
  {
    reason: 'it has a transfer coding and a length, or another coding than chunked (sections 6.1 and 6.3)',
    has: ({ all }) =>
      all('transfer-encoding').length > 0 &&
      (all('content-length').length > 0 || all('transfer-encoding').join().toLowerCase() !== 'chunked'),
  },
  {
    reason: 'its chunks are none (section 7.1)',
    has: ({ all, body }) => all('transfer-encoding').length > 0 && !CHUNKS.test(body),
  },
]

const CHUNKS = /^(?:5(?:;a=b)?\r\nhello\r\n)*0+\r\n(?:[^\r\n]+\r\n)*\r\n$/

/** `same`, the reason why the gateway answers otherwise than nginx 1.22 here, or null where there is none. */
export function differenceOf(answer: MutatedAnswer, nginx: SeenAnswer, ours: SeenAnswer): string | null {
  if (isSame(nginx, ours)) return 'same'
  const parts = partsOf(answer.bytes)
  if (/^[\r\n]/.test(answer.bytes))
    return 'an empty line before it is passed over, as before a request (RFC 9112 section 2.2)'
  const isRefused = ours.status === 502 || ours.isCut
  if (isRefused) return FAULTS.find(({ has }) => has(parts))?.reason ?? null
  const end = parts.all('connection').flatMap((text) => text.toLowerCase().split(/, */))
  const without = nginx.headers.filter((line) => !end.includes(line.slice(0, line.indexOf(':'))))
  return isSame({ ...nginx, headers: without }, ours)
    ? 'headers that Connection names stop at the gateway (RFC 9110 section 7.6.1)'
    : null
}

/** Where both say 502 the rest is their own; where both cut an answer, how much has left is a matter of time. */
function isSame(nginx: SeenAnswer, ours: SeenAnswer): boolean {
  if (nginx.status === 502 && ours.status === 502) return true
  if (nginx.isCut || ours.isCut) return nginx.isCut && ours.isCut
  return JSON.stringify(nginx) === JSON.stringify(ours)
}

function partsOf(bytes: string): Parts {
  const end = bytes.indexOf('\r\n\r\n')
  const [statusLine = '', ...lines] = (end === -1 ? bytes : bytes.slice(0, end)).split('\r\n')
  const all = (name: string) =>
    lines.filter((line) => line.toLowerCase().startsWith(`${name}:`)).map((line) => line.slice(name.length + 1).trim())
  return { statusLine, lines, body: end === -1 ? '' : bytes.slice(end + '\r\n\r\n'.length), all }
}
