import type { Pin } from '../chain/service.ts'
import type { Forward, Reason } from '../chain/trace.ts'

/**
 * An address that has changed hands since the file was written is the first thing an operator has to know.
 * @param ownerOf the Service that an address in the file was written for; null where it was none's
 * @param pins the addresses in the file that nginx runs with
 */
export function pinReasons(
  forwards: readonly Forward[],
  ownerOf: (address: string) => string | null,
  pins: readonly Pin[],
): Reason[] {
  const reasons: Reason[] = []
  for (const { to } of forwards) {
    const owner = to.address === null ? null : ownerOf(to.address)
    if (owner === null || owner === to.service) continue
    const now = to.service === null ? 'no Service has it now' : `Service ${to.service} has it now`
    const pin = pins.find(({ address }) => address === to.address)
    reasons.push({ text: `${to.address} was ${owner}'s when the file was written; ${now}`, span: pin?.span ?? null })
  }
  return reasons
}
