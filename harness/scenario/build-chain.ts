import { posix } from 'node:path'
import {
  type Chain,
  GATEWAY_SERVICE,
  type GatewayConfigFiles,
  type GatewayProgram,
  type Host,
  type HostFiles,
  K3S_HOST,
  NO_GATEWAY_CONFIG,
  OWN_GATEWAY,
} from '../chain/chain.ts'
import { loadChain } from '../chain/load-chain.ts'
import { checkNames, hostOf } from '../chain/load-chain-host.ts'
import type { SiteFiles } from '../chain/manifest-files.ts'
import { textFiles } from '../chain/read-files.ts'
import type { Service } from '../chain/service.ts'
import { writtenWhole } from '../diagnostics/composition.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Place } from '../diagnostics/place.ts'
import type { Problems } from '../diagnostics/problems.ts'
import type { Source } from '../diagnostics/source.ts'
import { suggest } from '../diagnostics/suggest.ts'
import { buildGatewayConfig } from './build-gateway-config.ts'
import { buildIncludes } from './build-includes.ts'
import { buildServices } from './build-services.ts'
import { SiteReader } from './build-site.ts'
import { replaceText } from './replace-text.ts'
import { type PathBase, resolvePath } from './resolve-path.ts'
import type { WrittenChain } from './schema.ts'

type WrittenMapping = Exclude<WrittenChain, string>

/** Builds chains for one file: a scenario, or chain.config.yaml. */
export class ChainBuilder {
  readonly #paths: PathBase
  readonly #problems: Problems
  readonly #name: string
  #variant: string | null = null

  constructor(name: string, paths: PathBase, problems: Problems) {
    this.#name = name
    this.#paths = paths
    this.#problems = problems
  }

  /**
   * The chain that `written` means, on top of `base` where it has no `from` itself; null where it is not usable.
   * @param variant whose chain it is; null for that of the file
   */
  build(written: WrittenChain, place: Place, base: Chain | null, variant: string | null): Chain | null {
    this.#variant = variant
    if (typeof written === 'string') return this.#load(written, place)
    if (written.from === undefined) return this.#change(written, place, base)
    const from = this.#load(written.from, place.at('from'))
    return from === null ? null : this.#change(written, place, from)
  }

  /** Whether a scenario may leave its chain out. */
  get hasDefault(): boolean {
    return this.#paths.chains !== null && this.#paths.chains.names.length > 0
  }

  /** The chain of a scenario that names none: the first of chain.config.yaml; null where there is none, or it is not usable. */
  buildDefault(place: Place): Chain | null {
    const first = this.#paths.chains?.names[0]
    return first === undefined ? null : this.#load(first, place)
  }

  /** A chain by its name, or the folder of one. */
  #load(folder: string, place: Place): Chain | null {
    const named = this.#paths.chains?.chain(folder) ?? null
    if (named !== null) {
      if (named.chain === null) this.#invalid(folder, named.diagnostics, place)
      return named.chain
    }
    const dir = resolvePath(folder, this.#paths, place, 'E_CHAIN_MISSING', this.#problems)
    if (dir === null) return null
    const { chain, diagnostics } = loadChain(dir, this.#paths.bounds)
    if (chain === null) this.#invalid(folder, diagnostics, place)
    return chain
  }

  #invalid(chain: string, diagnostics: readonly Diagnostic[], { source, span }: Place): void {
    const reasons = diagnostics.length === 1 ? 'a problem' : `${diagnostics.length} problems`
    this.#problems.add(source, span, 'E_CHAIN_INVALID', `Failed to load chain "${chain}": it has ${reasons}`)
    this.#problems.addAll(diagnostics)
  }

  #change(written: WrittenMapping, place: Place, base: Chain | null): Chain | null {
    const before = this.#problems.list.length
    const context = { paths: this.#paths, problems: this.#problems, variant: this.#variant }
    const host = hostIn(written, place, base)
    const site = this.#site(written, place, base, host)
    const nginx = site && { ...site, includes: new Map([...site.includes, ...buildIncludes(written, place, context)]) }
    const services = buildServices(written, place, base, context)
    const gatewayConfig = buildGatewayConfig(written, place, base, context)
    checkNames(written.host?.names ?? {}, services.services, place.at('host'), this.#problems)
    const files = this.#files(written, place, base)
    if (base === null) this.#checkComplete(written, place)
    checkGateway(written, place, services.services, gatewayConfig, this.#problems)
    if (nginx === null || gatewayConfig === null || this.#problems.list.length > before) return null
    const gateway = gatewayOf(written, place, base)
    const parts = { ...nginx, gatewayConfig, gateway, host, files, ...services }
    return base === null ? { name: this.#name, dir: this.#paths.dir, ...parts } : { ...base, ...parts }
  }

  #site({ site: written }: WrittenMapping, chain: Place, base: Chain | null, host: Host): SiteFiles | null {
    const includes = base?.includes ?? new Map<string, Source>()
    const current = base?.site ?? null
    if (written === undefined) return current === null ? null : { site: current, includes }
    const place = chain.at('site')
    const reader = new SiteReader(this.#paths, this.#problems)
    const added = ({ site, includes: own }: SiteFiles) => ({ site, includes: new Map([...includes, ...own]) })
    if (written.file !== undefined) {
      const files = reader.files([written.file].flat(), place.at('file'), host)
      return files === null ? null : added(files)
    }
    if (written.configMap !== undefined) {
      const files = reader.configMap(written, place)
      return files === null ? null : added(files)
    }
    if (written.text !== undefined) {
      const text = place.at('text').written(this.#variant)
      return { site: writtenWhole(`${place.source.file} (site)`, written.text, text), includes }
    }
    if (written.in === undefined) {
      const site = replaceText(written, place, 'site', current, this.#variant, this.#problems)
      return site === null ? null : { site, includes }
    }
    const included = includes.get(written.in) ?? null
    if (included === null) this.#noSuchInclude(written.in, place.at('in'), [...includes.keys()])
    const replaced =
      included === null ? null : replaceText(written, place, 'site', included, this.#variant, this.#problems)
    return replaced === null || current === null
      ? null
      : { site: current, includes: new Map([...includes, [written.in, replaced]]) }
  }

  #noSuchInclude(name: string, place: Place, known: readonly string[]): void {
    const near = suggest(name, known)
    const message = `the chain has no file "${name}"${near === undefined ? '' : `: did you mean "${near}"?`}`
    const hint = known.length === 0 ? 'It has no file beside its nginx.conf.' : `It has: ${known.join(', ')}.`
    this.#problems.add(place.source, place.span, 'E_FILE_MISSING', message, hint)
  }

  /** Those of `from`, with the ones that are written here. */
  #files({ files: written }: WrittenMapping, place: Place, base: Chain | null): HostFiles | null {
    const before = base?.files ?? null
    if (written === undefined) return before
    if (written === 'none') return new Map()
    for (const name of Object.keys(written)) {
      if (name === posix.normalize(name) && name.startsWith('/') && !/\0|\/$/.test(name)) continue
      const { source, keySpan } = place.at('files', name)
      const message = `"${name}" is no absolute path of a file`
      this.#problems.add(
        source,
        keySpan,
        'E_PATH_OUTSIDE',
        message,
        'Write it as nginx asks for it: /var/www/app/index.html',
      )
    }
    return new Map([...(before ?? []), ...textFiles(written)])
  }

  #checkComplete(written: WrittenMapping, place: Place): void {
    const missing = [
      ...(written.site === undefined ? ['site'] : []),
      ...(written.services === undefined && written.manifests === undefined ? ['services'] : []),
    ]
    if (missing.length === 0) return
    const message = `this chain has no ${missing.join(', no ')}`
    this.#problems.add(
      place.source,
      place.keySpan,
      'E_CHAIN_INCOMPLETE',
      message,
      'Write them, or take them from: chains/NAME',
    )
  }
}

/** A gateway has a Service and routes: one without the other is a slip. */
function checkGateway(
  written: WrittenMapping,
  place: Place,
  services: readonly Service[],
  config: GatewayConfigFiles | null,
  problems: Problems,
): void {
  if (config === null) return
  const gateway = services.find(({ name }) => name === GATEWAY_SERVICE)
  if (gateway === undefined && config !== NO_GATEWAY_CONFIG) {
    const at = place.at(written.routes === undefined ? 'services' : 'routes')
    const message = `no Service is called "${GATEWAY_SERVICE}", which is the gateway`
    const hint = `Add ${GATEWAY_SERVICE}: {port: 9000} to services.`
    problems.add(at.source, at.keySpan, 'E_SERVICES_GATEWAY', message, hint)
  }
  if (gateway !== undefined && config === NO_GATEWAY_CONFIG) {
    const message = `Service "${GATEWAY_SERVICE}" is the gateway, and this chain has no routes`
    const hint = 'Write routes: {file: routes.yaml}. A gateway that has no routes.yaml is called something else.'
    problems.add(place.source, place.keySpan, 'E_CHAIN_INCOMPLETE', message, hint)
  }
  if (gateway === undefined && config === NO_GATEWAY_CONFIG && written.gateway !== undefined) {
    const { source, keySpan } = place.at('gateway')
    problems.add(source, keySpan, 'E_CHAIN_INCOMPLETE', 'this chain has no gateway', 'Add its Service and its routes.')
  }
}

function hostIn({ host: written, nginx }: WrittenMapping, place: Place, base: Chain | null): Host {
  const host = hostOf(written ?? {}, base?.host ?? K3S_HOST)
  return nginx === undefined ? host : { ...host, nginx: { version: nginx, span: place.at('nginx').span } }
}

function gatewayOf({ gateway: written }: WrittenMapping, place: Place, base: Chain | null): GatewayProgram {
  const inherited = base?.gateway ?? OWN_GATEWAY
  if (written === undefined) return inherited
  const { command = inherited.command, image = inherited.image } = written
  return { command, image, span: place.at('gateway').keySpan }
}
