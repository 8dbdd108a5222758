import type { Chain, Host } from '../chain/chain.ts'
import { type NginxParts, nginxFiles } from '../chain/nginx-files.ts'
import type { OwnedPin, Pin, ServiceState } from '../chain/service.ts'
import type { Edit } from '../chain/world-change.ts'
import type { Source } from '../diagnostics/source.ts'
import { listenLines } from '../nginx/listens.ts'
import { rewritePins } from '../nginx/pins.ts'
import type { VersionRules } from '../nginx/versions.ts'
import type { Rule } from '../trace/trace.ts'
import { ownFile } from './certificate-faults.ts'
import { editNginxFile } from './edit-chain.ts'
import { readSite, sitePins } from './load-site.ts'
import { rulesOn } from './nginx-version.ts'

/**
 * The nginx site file as it is on disk, which nginx may not have loaded yet, and the Service that each of its pins was written for:
 * the one that had the address then. That is what `drift` compares and what `repin` looks up again.
 */
export class SiteOnDisk {
  /** What holds in the nginx that reads it. */
  readonly rules: VersionRules
  #parts: NginxParts
  readonly #files: Chain['files']
  #owners = new Map<string, string>()

  /**
   * @param services the Services as they are when the file is taken to be right
   * @param rules what holds in the nginx that reads it
   */
  constructor(chain: Chain, services: readonly ServiceState[], rules = rulesOn(chain.host)) {
    this.rules = rules
    this.#parts = chain
    this.#files = chain.files
    this.#learnOwners(services)
  }

  /** The host whose disk it is. */
  get host(): Host {
    return this.#parts.host
  }

  /** What it has for clients; null where nothing is known of it. */
  get files(): Chain['files'] {
    return this.#files
  }

  /** The file that nginx starts with. */
  get source(): Source {
    return nginxFiles(this.#parts).source
  }

  get includes(): Chain['includes'] {
    return nginxFiles(this.#parts).includes
  }

  /** Whether nginx finds no file of the chain where its own files name this one: a stand-in is there then. */
  lacks(file: string): boolean {
    return ownFile({ text: file }, this.includes) === null
  }

  /** Pins in file order, each with the Service it was written for; null where its address never was a Service's. */
  pins(): OwnedPin[] {
    return this.#findPins().map((pin) => ({ ...pin, service: this.ownerOf(pin.address) }))
  }

  /** The lines that say where nginx listens; none where the file cannot be read. */
  listens(): Rule[] {
    const { site } = readSite(this.source, this.includes, this.rules)
    return site === null ? [] : listenLines(site)
  }

  /** The Service that an address in the file was written for. */
  ownerOf(address: string): string | null {
    return this.#owners.get(address) ?? null
  }

  /** @param file `site`, or an included file by its path in the chain's folder @throws {InvalidChainError} the text to replace is not in it */
  edit(file: string, edit: Edit, services: readonly ServiceState[]): void {
    this.#parts = editNginxFile(this.#parts, file, edit)
    this.#learnOwners(services)
  }

  /** What the runbook does by hand: the ClusterIP that each pinned Service has now goes into the file. */
  repin(services: readonly ServiceState[]): void {
    const moved = this.#moved(services)
    const pins = this.#findPins()
    const rewrite = (source: Source): Source => source.withText(rewritePins(source, pins, moved))
    const { site, includes, host } = this.#parts
    const env = new Map([...host.env].map(([name, value]) => [name, repinned(value, moved)]))
    this.#parts = {
      site: rewrite(site),
      includes: new Map([...includes].map(([name, source]) => [name, rewrite(source)])),
      host: { ...host, env },
    }
    this.#owners = new Map([...this.#owners].map(([address, owner]) => [moved.get(address) ?? address, owner]))
  }

  /** Old address → new address of the Services that still are. */
  #moved(services: readonly ServiceState[]): Map<string, string> {
    const now = new Map(services.map(({ name, clusterIP }) => [name, clusterIP]))
    const moved = new Map<string, string>()
    for (const [address, owner] of this.#owners) {
      const current = now.get(owner) ?? null
      if (current !== null) moved.set(address, current)
    }
    return moved
  }

  /** A pin that is new in the file was written with today's ClusterIPs in view; one that stood there keeps its owner. */
  #learnOwners(services: readonly ServiceState[]): void {
    const nameOf = new Map(services.map(({ name, clusterIP }) => [clusterIP, name]))
    for (const { address } of this.#findPins()) {
      const owner = this.#owners.get(address) ?? nameOf.get(address)
      if (owner !== undefined) this.#owners.set(address, owner)
    }
  }

  #findPins(): readonly Pin[] {
    return sitePins(this.source, this.includes, this.rules)
  }
}

/** The value of a variable of a template with the addresses of today. */
function repinned(value: string, moved: ReadonlyMap<string, string>): string {
  return value.replaceAll(/\d+\.\d+\.\d+\.\d+/g, (address) => moved.get(address) ?? address)
}
