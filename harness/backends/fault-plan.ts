import type { Fault, FaultKind } from '../chain/world-change.ts'

/** The faults of one Service: which request meets which. Requests are counted from the moment a fault is set. */
export class FaultPlan {
  #active: { readonly fault: Fault; count: number } | null = null

  /** A new fault takes the place of the one before. */
  set(fault: Fault): void {
    this.#active = { fault, count: 0 }
  }

  /** The fault that strikes the request that is there now; null where none does. */
  next(): FaultKind | null {
    if (this.#active === null) return null
    this.#active.count++
    const { nth, fault } = this.#active.fault
    return nth === null || nth === this.#active.count ? fault : null
  }
}
