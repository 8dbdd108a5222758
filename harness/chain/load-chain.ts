import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs'
import path from 'node:path'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { Problems } from '../diagnostics/problems.ts'
import { displayPath, readSource, systemFact } from '../diagnostics/read-source.ts'
import { noteFile, noteFolder, noteReads, type Reads, withReads } from '../diagnostics/reads.ts'
import { Source } from '../diagnostics/source.ts'
import {
  type Chain,
  GATEWAY_SERVICE,
  type GatewayConfigFiles,
  type Host,
  type HostFiles,
  hasGateway,
  K3S_HOST,
  NO_GATEWAY_CONFIG,
  OWN_GATEWAY,
} from './chain.ts'
import { loadHost } from './load-chain-host.ts'
import { loadServices } from './load-chain-services.ts'
import { findSite, findText, gatewayFilesIn, onlyText, type SiteFiles, siteIn } from './manifest-files.ts'
import { isManifest } from './manifests.ts'
import { knownConf } from './nginx-files.ts'
import { readFiles } from './read-files.ts'
import type { Service } from './service.ts'

/** A chain, or every reason why the folder is none. Reasons that are about a file as a whole stand at its line 1. */
export interface ChainResult {
  readonly chain: Chain | null
  readonly diagnostics: readonly Diagnostic[]
}

/** What a chain folder may hold beside its own files: more is somebody's home directory. */
const MAX_INCLUDES = 200
const MAX_INCLUDE_BYTES = 10 * 1024 * 1024

/** The files of a chain folder, by the names they must have. */
const SITE = 'nginx.conf'
/** A ConfigMap in place of it. */
const SITE_MANIFEST = 'nginx.yaml'
const SERVICES = 'services.yaml'
const HOST = 'host.yaml'
const GATEWAY_CONFIG = 'gateway-config'
const ROUTES = 'routes.yaml'
/** The file system of the host, as far as `root` and `alias` lead into it. */
const FILES = 'files'

/** Folders of sites, and the nginx.conf of the hosts that have them. */
const CONF_WITH = { 'sites-enabled': 'debian', 'conf.d': 'image', templates: 'image' } as const

/** Chains that have been read, with what of the disk they depend on. */
const cache = new Map<string, { readonly value: ChainResult; readonly reads: Reads }>()

/**
 * Reads a chain folder: `nginx.conf` and the files it may include, `gateway-config/`, `services.yaml`, and `host.yaml` where
 * there is one. A folder is read once per process. `dir` is absolute and must lie in `root`, symbolic links followed; so must every file in it.
 * The nginx and gateway files are only read here: environments parse them.
 */
export function loadChain(dir: string, root: string): ChainResult {
  const key = `${root}\0${dir}`
  let known = cache.get(key)
  if (known === undefined) {
    known = withReads(() => readChain(dir, root))
    cache.set(key, known)
  } else {
    noteReads(known.reads)
  }
  return known.value
}

/** Whoever asks for a chain from now on gets it as its files are then. */
export function forgetChains(): void {
  cache.clear()
}

/**
 * Reads a folder of nginx's files. `site` is its nginx.conf, or that of a host where it has `sites-enabled/` or `conf.d/`; null
 * where its files are sites themselves. Null where it leads out of the root.
 */
export function readNginxFolder(
  dir: string,
  root: string,
  host: Host,
  problems: Problems,
): { readonly site: Source | null; readonly includes: ReadonlyMap<string, Source> } | null {
  const before = problems.list.length
  const folder = new ChainFolder(dir, root, problems)
  const files = folder.exists() ? { site: folder.siteOr(host, null), includes: folder.includes() } : null
  return problems.list.length > before ? null : files
}

/** Whether a path lies in a folder (or is it), symbolic links followed. False where it does not exist. */
export function isInside(file: string, folder: string): boolean {
  try {
    const relative = path.relative(realpathSync(folder), realpathSync(file))
    return relative === '' || !(relative === '..' || relative.startsWith(`..${path.sep}`) || path.isAbsolute(relative))
  } catch {
    return false
  }
}

function readChain(dir: string, root: string): ChainResult {
  const problems = new Problems()
  const folder = new ChainFolder(dir, root, problems)
  if (!folder.exists()) return { chain: null, diagnostics: problems.list }
  const servicesFile = folder.required(SERVICES)
  const loaded = servicesFile === null ? null : loadServices(servicesFile, problems)
  const hostFile = folder.optional(HOST)
  const host = hostFile === null ? K3S_HOST : loadHost(hostFile, loaded?.services ?? [], problems)
  const nginx = readSite(folder, host, problems)
  const gatewayConfig = readGatewayConfig(folder, loaded?.services ?? null, problems)
  const files = folder.files()
  const isWhole = nginx !== null && gatewayConfig !== null && servicesFile !== null && loaded !== null && host !== null
  if (!isWhole || problems.list.length > 0) return { chain: null, diagnostics: problems.list }
  const name = path.basename(dir)
  const serviceFiles = [servicesFile]
  const chain = { name, dir, ...nginx, gatewayConfig, gateway: OWN_GATEWAY, host, files, ...loaded, serviceFiles }
  return { chain, diagnostics: [] }
}

/** The folder's nginx.conf, or the ConfigMap that stands in its place. */
function readSite(folder: ChainFolder, host: Host | null, problems: Problems): SiteFiles | null {
  const site = folder.site(host)
  if (site === null) return null
  const includes = folder.includes()
  if (!isManifest(site.text)) return { site, includes }
  const chosen = onlyText(site, findSite(site, {}), 'a ConfigMap with a file of nginx', problems)
  if (chosen === null) return null
  const found = siteIn(site, chosen)
  return { site: found.site, includes: new Map([...includes, ...found.includes]) }
}

/**
 * The files in `gateway-config/`. Where routes.yaml is a ConfigMap, its other texts count as if they stood beside it. A chain without
 * such a folder and without the gateway's Service has no gateway.
 * @param services null where they could not be read
 */
function readGatewayConfig(
  folder: ChainFolder,
  services: readonly Service[] | null,
  problems: Problems,
): GatewayConfigFiles | null {
  if (services !== null && !hasGateway({ services })) {
    if (!folder.holds(GATEWAY_CONFIG)) return NO_GATEWAY_CONFIG
    folder.noGateway()
  }
  const routes = folder.required(path.join(GATEWAY_CONFIG, ROUTES))
  const middleware = folder.optional(path.join(GATEWAY_CONFIG, 'middleware.yaml'))
  const auth = folder.optional(path.join(GATEWAY_CONFIG, 'auth.yaml'))
  if (routes === null) return null
  if (!isManifest(routes.text)) return { routes, middleware, auth }
  const chosen = onlyText(routes, findText(routes, {}, ROUTES), 'a ConfigMap with routes.yaml', problems)
  const found = chosen === null ? null : gatewayFilesIn(routes, chosen)
  return found && { routes: found.routes, middleware: middleware ?? found.middleware, auth: auth ?? found.auth }
}

/** Reads files of one folder; what is missing or leads out of the root is a problem. */
class ChainFolder {
  readonly #dir: string
  readonly #root: string
  readonly #problems: Problems

  constructor(dir: string, root: string, problems: Problems) {
    this.#dir = dir
    this.#root = root
    this.#problems = problems
  }

  exists(): boolean {
    noteFile(this.#dir)
    if (!existsSync(this.#dir) || !statSync(this.#dir).isDirectory()) {
      this.#report(this.#dir, 'E_CHAIN_MISSING', 'there is no such chain folder')
      return false
    }
    if (isInside(this.#dir, this.#root)) return true
    this.#report(this.#dir, 'E_PATH_OUTSIDE', `it leads out of "${displayPath(this.#root)}"`)
    return false
  }

  required(name: string): Source | null {
    return this.#read(path.join(this.#dir, name))
  }

  optional(name: string): Source | null {
    noteFile(path.join(this.#dir, name))
    return existsSync(path.join(this.#dir, name)) ? this.required(name) : null
  }

  /** The site, a whole nginx.conf, or that of a host which has the folder's sites. */
  site(host: Host | null): Source | null {
    return this.siteOr(host, SITE)
  }

  /** The same; where there is none, the file of that name is missing, or null where none must be there. */
  siteOr(host: Host | null, otherwise: string | null): Source | null {
    const own = [SITE, path.join('etc/nginx', SITE), SITE_MANIFEST].find((name) => this.holds(name))
    if (own !== undefined) return this.required(own)
    const folders = Object.entries(CONF_WITH).filter(
      ([name]) => this.holds(name) || this.holds(path.join('etc/nginx', name)),
    )
    const [first] = folders
    if (first === undefined) return otherwise === null ? null : this.required(otherwise)
    return knownConf(host === null || host.conf === 'none' ? first[1] : host.conf)
  }

  holds(name: string): boolean {
    return existsSync(path.join(this.#dir, name))
  }

  /** There is a gateway's config, and no Service is the gateway. */
  noGateway(): void {
    const source = this.required(SERVICES)
    if (source === null) return
    const span = source.spanAt(Math.max(0, source.text.search(/^services:/m)), 'services'.length)
    const message = `no Service is called "${GATEWAY_SERVICE}", which is the gateway`
    this.#problems.add(source, span, 'E_SERVICES_GATEWAY', message, `Add {name: ${GATEWAY_SERVICE}, port: 9000}.`)
  }

  /** Every file that the site file may include, by its path in the folder. */
  includes(): ReadonlyMap<string, Source> {
    const names = this.#includeNames()
    const sources = new Map<string, Source>()
    let bytes = 0
    for (const name of names) {
      const source = this.required(name)
      if (source === null) continue
      bytes += source.text.length
      if (bytes > MAX_INCLUDE_BYTES) {
        this.#report(this.#dir, 'E_CHAIN_SIZE', 'its files have more than 10 MiB together')
        break
      }
      sources.set(name, source)
    }
    return sources
  }

  /** What the folder has of the host's files; null where it says nothing of them. */
  files(): HostFiles | null {
    const root = path.join(this.#dir, FILES)
    noteFolder(root)
    if (!existsSync(root)) return null
    try {
      return readFiles(root, (file) => isInside(file, this.#root))
    } catch (error) {
      this.#report(root, 'E_CHAIN_SIZE', error instanceof RangeError ? error.message : systemFact(error))
      return null
    }
  }

  #includeNames(): string[] {
    noteFolder(this.#dir)
    try {
      const entries = readdirSync(this.#dir, { recursive: true, withFileTypes: true })
      const names = entries
        .filter((entry) => !entry.isDirectory())
        .map((entry) => path.relative(this.#dir, path.join(entry.parentPath, entry.name)))
        .filter(
          (name) =>
            ![SITE, path.join('etc/nginx', SITE), SITE_MANIFEST, SERVICES, HOST].includes(name) &&
            !name.startsWith(GATEWAY_CONFIG + path.sep) &&
            !name.startsWith(FILES + path.sep),
        )
        .filter((name) => !name.endsWith('.md') && !name.split(path.sep).some((part) => part.startsWith('.')))
        .sort()
      if (names.length <= MAX_INCLUDES) return names
      this.#report(
        this.#dir,
        'E_CHAIN_SIZE',
        `it holds ${names.length} files beside its own; at most ${MAX_INCLUDES} are read`,
      )
    } catch (error) {
      this.#report(this.#dir, 'E_CHAIN_MISSING', systemFact(error))
    }
    return []
  }

  #read(file: string): Source | null {
    if (existsSync(file) && !isInside(file, this.#root)) {
      this.#report(file, 'E_PATH_OUTSIDE', `it leads out of "${displayPath(this.#root)}"`)
      return null
    }
    const result = readSource(file)
    if ('source' in result) return result.source
    const source = new Source(displayPath(file), '')
    this.#problems.add(source, source.spanAt(0, 1), result.problem.code, result.problem.message)
    return null
  }

  #report(file: string, code: string, fact: string): void {
    const source = new Source(displayPath(file), '')
    this.#problems.add(source, source.spanAt(0, 1), code, `Failed to load chain "${displayPath(this.#dir)}": ${fact}`)
  }
}
