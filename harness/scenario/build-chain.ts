import { posix } from 'node:path'
import {
  type Chain,
  type GatewayConfigFiles,
  type GatewayProgram,
  type Host,
  type HostFiles,
  K3S_HOST,
  OWN_GATEWAY,
} from '../chain/chain.ts'
import { loadChain } from '../chain/load-chain.ts'
import { checkNames, hostOf } from '../chain/load-chain-host.ts'
import { changeService, checkService, keysAt, toService } from '../chain/load-chain-services.ts'
import { textFiles } from '../chain/read-files.ts'
import type { Service } from '../chain/service.ts'
import { serviceName } from '../chain/services-schema.ts'
import { spliced, writtenWhole } from '../diagnostics/composition.ts'
import type { Place } from '../diagnostics/place.ts'
import type { Problems } from '../diagnostics/problems.ts'
import { readSource } from '../diagnostics/read-source.ts'
import type { Source } from '../diagnostics/source.ts'
import { suggest } from '../diagnostics/suggest.ts'
import { type SiteFiles, SiteReader } from './build-site.ts'
import { type PathBase, resolvePath } from './resolve-path.ts'
import type { WrittenChain, WrittenPart } from './schema.ts'

type WrittenMapping = Exclude<WrittenChain, string>
type PartName = 'routes' | 'middleware' | 'auth'

/** Builds chains for one scenario file. */
export class ChainBuilder {
  readonly #paths: PathBase
  readonly #problems: Problems
  readonly #scenario: string
  #variant: string | null = null

  constructor(scenario: string, paths: PathBase, problems: Problems) {
    this.#scenario = scenario
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

  #load(folder: string, place: Place): Chain | null {
    const dir = resolvePath(folder, this.#paths, place, 'E_CHAIN_MISSING', this.#problems)
    if (dir === null) return null
    const { chain, diagnostics } = loadChain(dir, this.#paths.root)
    if (chain === null) {
      const reasons = diagnostics.length === 1 ? 'a problem' : `${diagnostics.length} problems`
      this.#problems.add(
        place.source,
        place.span,
        'E_CHAIN_INVALID',
        `Failed to load chain "${folder}": it has ${reasons}`,
      )
      this.#problems.addAll(diagnostics)
    }
    return chain
  }

  #change(written: WrittenMapping, place: Place, base: Chain | null): Chain | null {
    const before = this.#problems.list.length
    const host = hostIn(written, place, base)
    const nginx = this.#site(written, place, base, host)
    const routes = this.#part('routes', written, place, base?.gatewayConfig.routes ?? null)
    const middleware = this.#part('middleware', written, place, base?.gatewayConfig.middleware ?? null)
    const auth = this.#part('auth', written, place, base?.gatewayConfig.auth ?? null)
    const services = this.#services(written, place, base)
    checkNames(written.host?.names ?? {}, services, place.at('host'), this.#problems)
    const files = this.#files(written, place, base)
    if (base === null) this.#checkComplete(written, place)
    if (nginx === null || routes === null || this.#problems.list.length > before) return null
    const gatewayConfig: GatewayConfigFiles = { routes, middleware, auth }
    const gateway = gatewayOf(written, place, base)
    if (base !== null) return { ...base, ...nginx, gatewayConfig, gateway, host, files, services }
    return {
      name: this.#scenario,
      dir: this.#paths.dir,
      ...nginx,
      gatewayConfig,
      gateway,
      host,
      files,
      services,
      servicesFile: place.source,
    }
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
      const site = this.#replace(written, place, 'site', current)
      return site === null ? null : { site, includes }
    }
    const included = includes.get(written.in) ?? null
    if (included === null) this.#noSuchInclude(written.in, place.at('in'), [...includes.keys()])
    const replaced = included === null ? null : this.#replace(written, place, 'site', included)
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

  #part(name: PartName, mapping: WrittenMapping, chain: Place, current: Source | null): Source | null {
    const written = mapping[name]
    const place = chain.at(name)
    if (written === undefined) return current
    if (written.file !== undefined) return this.#file(written.file, place.at('file'))
    if (written.text !== undefined) {
      return writtenWhole(`${place.source.file} (${name})`, written.text, place.at('text').written(this.#variant))
    }
    return this.#replace(written, place, name, current)
  }

  #file(file: string, place: Place): Source | null {
    const found = resolvePath(file, this.#paths, place, 'E_FILE_MISSING', this.#problems)
    if (found === null) return null
    const result = readSource(found)
    if ('source' in result) return result.source
    this.#problems.add(place.source, place.span, result.problem.code, result.problem.message)
    return null
  }

  /** The changed text keeps its file's name: without a line break in the replacement its lines are still that file's. */
  #replace(
    written: Pick<WrittenPart, 'replace' | 'with'>,
    place: Place,
    name: PartName | 'site',
    current: Source | null,
  ): Source | null {
    const { replace = '', with: replacement = '' } = written
    const at = place.at('replace')
    if (current === null) {
      const message = `the chain has no ${name} to replace anything in`
      this.#problems.add(at.source, at.span, 'E_EDIT_NOT_FOUND', message, 'Give its whole text: {text: …}')
      return null
    }
    const problem = replaceProblem(current.text, replace, current.file)
    if (problem === null) {
      const from = current.text.indexOf(replace)
      return spliced(current, from, replace.length, replacement, place.at('with').written(this.#variant))
    }
    this.#problems.add(at.source, at.span, 'E_EDIT_NOT_FOUND', problem.message, problem.hint)
    return null
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

  #services({ services: changes = {} }: WrittenMapping, place: Place, base: Chain | null): readonly Service[] {
    const services = new Map((base?.services ?? []).map((service) => [service.name, service]))
    for (const [name, change] of Object.entries(changes)) {
      const at = place.at('services', name)
      const current = services.get(name)
      if (current !== undefined) services.set(name, changeService(current, change, at.keySpan, keysAt(at)))
      else if (change.port !== undefined || change.socket !== undefined)
        services.set(name, toService({ ...change, name }, at.keySpan, keysAt(at)))
      else this.#unknownService(name, at, [...services.keys()])
      const made = services.get(name)
      if (made !== undefined) checkService(made, at, at.source, this.#problems)
      if (!serviceName.safeParse(name).success) {
        this.#problems.add(
          at.source,
          at.keySpan,
          'E_SCENARIO_NAME',
          `"${name}" is not a Service's name (Kubernetes, RFC 1035 label)`,
        )
      }
    }
    return [...services.values()]
  }

  #unknownService(name: string, place: Place, known: readonly string[]): void {
    const near = suggest(name, known)
    const message = `the chain has no Service "${name}"${near === undefined ? '' : `: did you mean "${near}"?`}`
    this.#problems.add(place.source, place.keySpan, 'E_SCENARIO_NAME', message, 'A new Service needs a port.')
  }

  #checkComplete(written: WrittenMapping, place: Place): void {
    const missing = (['site', 'routes', 'services'] as const).filter((key) => written[key] === undefined)
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

/** Why a text cannot be replaced, or null: it must be there once, or nobody knows which one was meant. */
export function replaceProblem(text: string, find: string, file: string): { message: string; hint: string } | null {
  const times = text.split(find).length - 1
  if (times === 1) return null
  const shown = find.length > 80 ? `${find.slice(0, 80)}…` : find
  const message = `Failed to replace "${shown}": it occurs ${times === 0 ? 'nowhere' : `${times} times`} in ${file}`
  const hint =
    times === 0
      ? 'Copy the text from the file, white space included.'
      : 'Write more of what stands around it, until it is the only one.'
  return { message, hint }
}
