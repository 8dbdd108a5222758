import type { Chain } from '../chain/chain.ts'
import { changeService, checkService, keysAt, readServices, toService } from '../chain/load-chain-services.ts'
import { servicesOfManifests } from '../chain/manifest-services.ts'
import { isManifest } from '../chain/manifests.ts'
import type { Service } from '../chain/service.ts'
import { serviceName } from '../chain/services-schema.ts'
import type { Place } from '../diagnostics/place.ts'
import type { Problems } from '../diagnostics/problems.ts'
import type { Source } from '../diagnostics/source.ts'
import { suggest } from '../diagnostics/suggest.ts'
import { type BuildContext, readNamed } from './build-context.ts'
import type { WrittenChain } from './schema.ts'

type WrittenMapping = Exclude<WrittenChain, string>
type ServiceParts = Pick<Chain, 'services' | 'leftOut' | 'serviceFiles'>

const NONE: ServiceParts = { services: [], leftOut: [], serviceFiles: [] }

/** The Services of a chain: those of `base`, then those of its manifests, then what the chain itself says of them by name. */
export function buildServices(
  { manifests, services: changes = {} }: WrittenMapping,
  place: Place,
  base: Chain | null,
  context: BuildContext,
): ServiceParts {
  const { problems } = context
  const read = manifests === undefined ? NONE : fromManifests([manifests].flat(), place.at('manifests'), context)
  const before = [...(base?.services ?? []), ...read.services]
  const services = new Map(before.map((service) => [service.name, service]))
  for (const [name, change] of Object.entries(changes)) {
    const at = place.at('services', name)
    const current = services.get(name)
    if (current !== undefined) services.set(name, changeService(current, change, at.keySpan, keysAt(at)))
    else if (change.port !== undefined || change.socket !== undefined)
      services.set(name, toService({ ...change, name }, at.keySpan, keysAt(at)))
    else unknownService(name, at, [...services.keys()], problems)
    const made = services.get(name)
    if (made !== undefined) checkService(made, at, at.source, problems)
    if (!serviceName.safeParse(name).success) {
      const message = `"${name}" is not a Service's name (Kubernetes, RFC 1035 label)`
      problems.add(at.source, at.keySpan, 'E_SCENARIO_NAME', message)
    }
  }
  const { serviceFiles, leftOut } = base ?? NONE
  return {
    services: [...services.values()],
    // What the chain says of such a Service itself counts.
    leftOut: [...leftOut, ...read.leftOut].filter(({ name }) => !services.has(name)),
    serviceFiles: [...serviceFiles, ...read.serviceFiles, ...(base === null ? [place.source] : [])],
  }
}

function fromManifests(files: readonly string[], place: Place, context: BuildContext): ServiceParts {
  const read = files.map((file, index) => readNamed(file, files.length === 1 ? place : place.at(index), context))
  const sources = read.filter((source): source is Source => source !== null)
  const own = sources.filter(({ text }) => !isManifest(text))
  const { services, leftOut } = servicesOfManifests(
    sources.filter(({ text }) => isManifest(text)),
    context.problems,
  )
  const others = own.flatMap((source): readonly Service[] => readServices(source, context.problems) ?? [])
  return { services: [...services, ...others], leftOut, serviceFiles: sources }
}

function unknownService(name: string, place: Place, known: readonly string[], problems: Problems): void {
  const near = suggest(name, known)
  const message = `the chain has no Service "${name}"${near === undefined ? '' : `: did you mean "${near}"?`}`
  problems.add(place.source, place.keySpan, 'E_SCENARIO_NAME', message, 'A new Service needs a port.')
}
