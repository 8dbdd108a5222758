import { expect, test } from 'vitest'
import type { Header, ResponseMessage } from '../chain/message.ts'
import { Source } from '../diagnostics/source.ts'
import { compileSite } from './compile-site.ts'
import { loadSiteFile } from './load-site-file.ts'
import { afterWaiting, RefusedRequestError } from './site.ts'

const TEN = 'abcdefghij'

/** The slice of thirty bytes that begins at `start`. */
function slice(start: number, headers: readonly Header[] = [], body = TEN): ResponseMessage {
  return { status: 206, headers: [['Content-Range', `bytes ${start}-${start + 9}/30`], ...headers], body }
}

const WHOLE: ResponseMessage = { status: 200, headers: [], body: 'x' }
const BREAKS_OFF = 'an answer that breaks off behind some of its slices is not modelled'

/** What nginx does with slices that the model does not know: the judge sends a part, or what buffers make of it. */
test.each([
  ['nothing is held back', 'postpone_output 0;', {}, [slice(0), WHOLE], BREAKS_OFF],
  ['nothing is buffered', 'proxy_buffering off;', {}, [slice(0), WHOLE], BREAKS_OFF],
  ['the answer is not to be buffered', '', {}, [slice(0, [['X-Accel-Buffering', 'no']]), WHOLE], BREAKS_OFF],
  ['the head is long', '', {}, [slice(0, [['X-Long', 'x'.repeat(1500)]]), WHOLE], BREAKS_OFF],
  ['it is short', '', {}, [slice(0), WHOLE], null],
  [
    'a subrequest goes elsewhere',
    'error_page 404 /sorry; proxy_intercept_errors on;',
    {},
    [slice(0), { status: 404, headers: [], body: '' }],
    'a subrequest for a slice that goes on to another URI is not modelled',
  ],
  [
    'there is a body',
    '',
    { body: 'x' },
    [slice(0)],
    'a request with a body that is sent on for each slice is not modelled',
  ],
  [
    'a slice is short',
    '',
    {},
    [slice(0), slice(10, [], 'abc')],
    'a slice is shorter or longer than its Content-Range says: not modelled',
  ],
  [
    'a filter changes them',
    'sub_filter a b; sub_filter_types *;',
    {},
    [slice(0), slice(10), slice(20)],
    'a filter that changes slices is not modelled',
  ],
  [
    'a filter takes the range away',
    'sub_filter x y; sub_filter_types *;',
    { range: 'bytes=12-13' },
    [slice(10)],
    'a range that a filter takes away, in slices: not modelled',
  ],
  [
    'they are not equally old',
    '',
    { range: 'bytes=5-15', ifRange: 'Mon, 29 Jan 2024 12:00:00 GMT' },
    [slice(0, [['Last-Modified', 'Mon, 29 Jan 2024 12:00:00 GMT']]), slice(10)],
    'slices of different Last-Modified, with If-Range: not modelled',
  ],
] as const)('slices where %s', (_, lines, { body = '', range = '', ifRange = '' }: Asked, answers, because) => {
  expect(whyRefused(lines, { body, range, ifRange }, answers)).toBe(because)
})

interface Asked {
  readonly body?: string
  readonly range?: string
  readonly ifRange?: string
}

function whyRefused(
  lines: string,
  { body, range, ifRange }: Required<Asked>,
  answers: readonly ResponseMessage[],
): string | null {
  const text = `server { listen 80; location = /sorry { return 200 sorry; }
    location / { slice 10; proxy_set_header Range $slice_range; proxy_pass http://10.0.0.1; ${lines} } }`
  const loaded = loadSiteFile(new Source('site', text), new Map())
  const site = loaded.site === null ? null : compileSite(loaded.site, { resolve: () => [] }).site
  if (site === null) throw new Error('the site does not compile')
  const headers: Header[] = [
    ['Host', 'a'],
    ...(body === '' ? [] : [['Content-Length', String(body.length)] as const]),
    ...(range === '' ? [] : [['Range', range] as const]),
    ...(ifRange === '' ? [] : [['If-Range', ifRange] as const]),
  ]
  try {
    let step = afterWaiting(
      site.decide({
        request: { method: 'GET', target: '/film', httpVersion: '1.1', headers, body },
        client: { address: '127.0.0.1', port: 40_000 },
        server: { address: '127.0.0.1', port: 80 },
        requestId: '0'.repeat(32),
      }),
    )
    for (const response of answers) {
      if (step.kind !== 'send') throw new Error('nginx asks for no other slice')
      step = afterWaiting(step.resume({ kind: 'answered', response }))
    }
    return null
  } catch (error) {
    if (error instanceof RefusedRequestError) return error.refused.because
    throw error
  }
}
