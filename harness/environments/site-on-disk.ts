import type { Chain } from '../chain/chain.ts'
import type { OwnedPin, ServiceState } from '../chain/service.ts'
import type { Edit } from '../chain/world-change.ts'
import type { Source } from '../diagnostics/source.ts'
import { loadSiteFile } from '../nginx/load-site-file.ts'
import { findPins, rewritePins } from '../nginx/pins.ts'
import { applyEdit } from './apply-edit.ts'

/**
 * The nginx site file as it is on disk, which nginx may not have loaded yet, and for whom each of its pins was written:
 * the Service that had the address then. That is what `drift` compares and what `repin` looks up again.
 */
export class SiteOnDisk {
  readonly includes: Chain['includes']
  #source: Source
  #owners = new Map<string, string>()

  /** @param services the Services as they are when the file is taken to be right */
  constructor(chain: Chain, services: readonly ServiceState[]) {
    this.includes = chain.includes
    this.#source = chain.site
    this.#learnOwners(services)
  }

  get source(): Source {
    return this.#source
  }

  /** Pins in file order, each with the Service it was written for; null where its address never was a Service's. */
  pins(): OwnedPin[] {
    return this.#findPins().map((pin) => ({ ...pin, service: this.ownerOf(pin.address) }))
  }

  /** The Service that an address in the file was written for. */
  ownerOf(address: string): string | null {
    return this.#owners.get(address) ?? null
  }

  edit(edit: Edit, services: readonly ServiceState[]): void {
    this.#source = applyEdit(this.#source, edit)
    this.#learnOwners(services)
  }

  /** What the runbook does by hand: the ClusterIP that each pinned Service has now goes into the file. */
  repin(services: readonly ServiceState[]): void {
    const now = new Map(services.map(({ name, clusterIP }) => [name, clusterIP]))
    const moved = new Map<string, string>()
    for (const [address, owner] of this.#owners) {
      const current = now.get(owner)
      if (current !== undefined && current !== null) moved.set(address, current)
    }
    this.#source = rewritePins(this.#source, this.#findPins(), moved)
    this.#owners = new Map(
      [...this.#owners].map(([address, owner]): [string, string] => [moved.get(address) ?? address, owner]),
    )
  }

  /** A pin that is new in the file was written with today's ClusterIPs in view; one that stood there keeps its owner. */
  #learnOwners(services: readonly ServiceState[]): void {
    const nameOf = new Map(services.map(({ name, clusterIP }) => [clusterIP, name]))
    for (const { address } of this.#findPins()) {
      const owner = this.#owners.get(address) ?? nameOf.get(address)
      if (owner !== undefined) this.#owners.set(address, owner)
    }
  }

  #findPins() {
    const { site } = loadSiteFile(this.#source, this.includes)
    return site === null ? [] : findPins(site)
  }
}
