import type { Pin } from '../chain/service.ts'
import type { Reason, Try } from '../trace/trace.ts'

/**
 * An address that has changed hands since the file was written is the first thing an operator has to know.
 * @param ownerOf the Service that an address in the file was written for; null where it was none's
 * @param pins the addresses in the file that nginx runs with
 */
export function pinReasons(
  tries: readonly Pick<Try, 'to'>[],
  ownerOf: (address: string) => string | null,
  pins: readonly Pin[],
): Reason[] {
  return tries.flatMap(({ to: { address, service } }): Reason[] => {
    const owner = address === null ? null : ownerOf(address)
    if (address === null || owner === null || owner === service) return []
    const pin = pins.find((one) => one.address === address)
    return [{ kind: 'address-changed-hands', address, owner, now: service, span: pin?.span ?? null }]
  })
}
