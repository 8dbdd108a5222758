import type { BackendRecord } from '../../backends/stub-server.ts'

/** A try at an upstream, as far as it tells which stub's record is of it. */
export interface RecordedTry {
  /** Whether it came so far that something could be recorded. */
  readonly arrived: boolean
  /** The Service that it went to; null where none had the address. */
  readonly service: string | null
  /** What was sent; null where the log does not show it. */
  readonly sent: { readonly method: string; readonly target: string } | null
}

/** Which record is of which try, in the order of the tries; `others` are of requests that nginx did not send itself. */
export function pairRecords(
  tries: readonly RecordedTry[],
  records: readonly BackendRecord[],
): { readonly ofTries: readonly (BackendRecord | null)[]; readonly others: readonly BackendRecord[] } {
  const others = [...records]
  const ofTries = tries.map((one) => {
    const at = one.arrived ? others.findIndex((record) => isOf(record, one)) : -1
    return at === -1 ? null : (others.splice(at, 1)[0] ?? null)
  })
  return { ofTries, others }
}

function isOf({ service, received }: BackendRecord, one: RecordedTry): boolean {
  if (service !== one.service) return false
  return one.sent === null || (received.method === one.sent.method && received.target === one.sent.target)
}
