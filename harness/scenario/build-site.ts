import { statSync } from 'node:fs'
import path from 'node:path'
import type { Host } from '../chain/chain.ts'
import { type ConfigMapKey, configMapKeys, configMapText } from '../chain/config-map.ts'
import { readNginxFolder } from '../chain/load-chain.ts'
import { isWholeConf, knownConf, type NginxParts } from '../chain/nginx-files.ts'
import type { Place } from '../diagnostics/place.ts'
import type { Problems } from '../diagnostics/problems.ts'
import { readSource } from '../diagnostics/read-source.ts'
import type { Source } from '../diagnostics/source.ts'
import { suggest } from '../diagnostics/suggest.ts'
import { type PathBase, resolvePath } from './resolve-path.ts'
import type { WrittenSite } from './schema.ts'

/** A site and what it may include. */
export type SiteFiles = Pick<NginxParts, 'site' | 'includes'>

/** Where sites stand among the files of nginx, and which nginx.conf includes them there. */
const FOLDERS = { 'sites-enabled': 'debian', 'conf.d': 'image' } as const
type SitesFolder = keyof typeof FOLDERS

/** Reads the files that `site` names in a scenario: one or several, a folder of them, or a text of a ConfigMap. */
export class SiteReader {
  readonly #paths: PathBase
  readonly #problems: Problems

  constructor(paths: PathBase, problems: Problems) {
    this.#paths = paths
    this.#problems = problems
  }

  /**
   * The files that stand at `paths`, in nginx's order: a whole nginx.conf, sites, folders of sites. What is not a whole nginx.conf
   * stands in the folder that it includes. Null where one of them cannot be read.
   */
  files(paths: readonly string[], place: Place, host: Host): SiteFiles | null {
    const found = paths.map((written, index) => this.#read(written, paths.length === 1 ? place : place.at(index), host))
    if (found.includes(null)) return null
    const read = found.flatMap((one) => one ?? [])
    const [only, more] = read
    if (only !== undefined && more === undefined && (only.folder === null || only.site !== null)) {
      return only.site === null ? null : { site: only.site, includes: only.includes }
    }
    return this.#together(read, place, host)
  }

  /** The text of a ConfigMap, and its other texts as files that it may include. */
  configMap(written: WrittenSite, place: Place): SiteFiles | null {
    const { configMap: file = '', key, name } = written
    const manifest = this.#file(file, place.at('configMap'))
    if (manifest === null) return null
    const all = configMapKeys(manifest.text)
    const fitting = all.filter((one) => (key ?? one.key) === one.key && (name ?? one.name) === one.name)
    const [chosen, second] = fitting
    if (chosen === undefined || second !== undefined) {
      this.#noSuchText(written, all, fitting, place)
      return null
    }
    const beside = all.filter((one) => one.name === chosen.name && one.key !== chosen.key)
    const includes = beside.flatMap((one) => {
      const source = manifest.through(configMapText(one))
      return [one.key, `conf.d/${one.key}`].map((at) => [at, source] as const)
    })
    return { site: manifest.through(configMapText(chosen)), includes: new Map(includes) }
  }

  #noSuchText(
    written: WrittenSite,
    all: readonly ConfigMapKey[],
    fitting: readonly ConfigMapKey[],
    place: Place,
  ): void {
    const { configMap: file = '', key, name } = written
    const texts = all.map((one) => `${one.key} of ${one.name ?? 'a ConfigMap without a name'}`)
    const at = place.at(key === undefined ? (name === undefined ? 'configMap' : 'name') : 'key')
    const near =
      key === undefined
        ? undefined
        : suggest(
            key,
            all.map((one) => one.key),
          )
    const wanted = key === undefined ? 'such ConfigMap' : `ConfigMap with the key "${key}"`
    const message =
      fitting.length > 1
        ? `"${file}" has ${fitting.length} texts that this may mean`
        : `"${file}" has no ${wanted}${near === undefined ? '' : `: did you mean "${near}"?`}`
    const hint =
      all.length === 0
        ? 'Name a manifest that kubectl would apply. A Helm chart must be rendered first: helm template.'
        : `Write key, and name where several ConfigMaps have it. There are: ${texts.join(', ')}.`
    this.#problems.add(at.source, at.span, 'E_CHAIN_CONFIG_MAP', message, hint)
  }

  #read(written: string, place: Place, host: Host): ReadSite | null {
    const found = resolvePath(written, this.#paths, place, 'E_FILE_MISSING', this.#problems)
    if (found === null) return null
    const name = path.basename(found)
    const folder = path.basename(path.dirname(found)) === 'conf.d' ? 'conf.d' : null
    if (!statSync(found).isDirectory()) {
      const site = this.#file(written, place)
      return site === null ? null : { folder, site: site, includes: new Map(), name }
    }
    const files = readNginxFolder(found, this.#paths.root, host, this.#problems)
    if (files === null) return null
    if (files.site !== null) return { folder: null, site: files.site, includes: files.includes, name }
    return { folder: name === 'conf.d' ? 'conf.d' : 'sites-enabled', site: null, includes: files.includes, name }
  }

  /** Several files stand together below one nginx.conf: the whole one among them, or that of a host. */
  #together(read: readonly ReadSite[], place: Place, host: Host): SiteFiles {
    const whole = read.find(({ site }) => site !== null && isWholeConf(site.content))
    const given = read.find(({ folder }) => folder !== null)?.folder ?? null
    const folder: SitesFolder = whole?.site ? folderOf(whole.site) : (given ?? folderIn(host))
    const includes = new Map<string, Source>()
    const add = (name: string, source: Source): void => {
      if (includes.has(name)) this.#twice(name, place)
      includes.set(name, source)
    }
    for (const one of read) {
      const inFolder = one.site === null ? `${folder}/` : ''
      for (const [name, source] of one.includes) add(inFolder + name, source)
      if (one.site !== null && one !== whole) add(`${folder}/${one.name}`, one.site)
    }
    const conf = host.conf === 'none' ? FOLDERS[folder] : host.conf
    return { site: whole?.site ?? knownConf(conf), includes }
  }

  #twice(name: string, place: Place): void {
    const message = `two of these files would be "${name}" to nginx`
    this.#problems.add(place.source, place.span, 'E_CHAIN_SAME_NAME', message, 'Rename one of them.')
  }

  #file(file: string, place: Place): Source | null {
    const found = resolvePath(file, this.#paths, place, 'E_FILE_MISSING', this.#problems)
    if (found === null) return null
    const result = readSource(found)
    if ('source' in result) return result.source
    this.#problems.add(place.source, place.span, result.problem.code, result.problem.message)
    return null
  }
}

/** One file or folder as read. `site` null: a folder of sites, which are its `includes`. */
interface ReadSite {
  readonly folder: SitesFolder | null
  readonly site: Source | null
  readonly includes: ReadonlyMap<string, Source>
  readonly name: string
}

/** The folder that a whole nginx.conf includes sites from. */
function folderOf(whole: Source): SitesFolder {
  return whole.content.includes('sites-enabled') ? 'sites-enabled' : 'conf.d'
}

function folderIn({ conf }: Host): SitesFolder {
  return conf === 'image' ? 'conf.d' : 'sites-enabled'
}
