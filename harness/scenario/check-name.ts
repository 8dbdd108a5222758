import type { HopName } from '../trace/trace.ts'

/**
 * What a check is called: the path of its expectation in the scenario file (`nginx.sends`, `headers.content-type`), the hop
 * alone (`gateway`) for whether it was reached, or the step's own word for what is no expectation (`capture.id`).
 */
export type CheckName = ClientCheckName | HopCheckName | StepCheckName

/** Of the answer that the client got, and how many subrequests nginx made for it. */
type ClientCheckName =
  | 'status'
  | `headers.${string}`
  | `trailers.${string}`
  | 'body'
  | 'within'
  | 'blame'
  | 'messages'
  | 'subrequests'

/** Of one hop: whether it was reached, what it received, what it did, what it answered. */
type HopCheckName = HopName | { [Hop in HopName]: `${Hop}.${HopField | HopFields[Hop]}` }[HopName]

type HopField =
  | 'receives'
  | 'httpVersion'
  | `headers.${string}`
  | 'status'
  | `answers.headers.${string}`
  | 'answers.body'

interface HopFields {
  readonly nginx: 'pass' | 'location' | 'sends' | 'to' | 'tries'
  readonly gateway: 'route' | 'sends' | 'to'
  readonly backend: 'service' | 'method' | `params.${string}` | 'body'
}

/** Of the step itself: what `drift` found, whether a reload was refused, what a `capture` took, a request that could not be sent. */
type StepCheckName = 'drift.stale' | 'refused' | `capture.${string}` | 'request' | 'websocket' | 'health'

/** The header that a check is about, in lower case; null where it is about something else. */
export function headerOf(name: CheckName): string | null {
  const [, header = null] = /(?:^|\.)headers\.(.+)$/.exec(name) ?? []
  return header === null ? null : header.toLowerCase()
}
