import { statSync } from 'node:fs'
import path from 'node:path'
import type { Host } from '../chain/chain.ts'
import { readNginxFolder } from '../chain/load-chain.ts'
import { findSite, type SiteFiles, siteIn } from '../chain/manifest-files.ts'
import { isManifest } from '../chain/manifests.ts'
import { isWholeConf, knownConf } from '../chain/nginx-files.ts'
import type { Place } from '../diagnostics/place.ts'
import type { Problems } from '../diagnostics/problems.ts'
import type { Source } from '../diagnostics/source.ts'
import { type BuildContext, readNamed } from './build-context.ts'
import { noSuchText } from './no-such-text.ts'
import { type PathBase, resolvePath } from './resolve-path.ts'
import type { WrittenSite } from './schema.ts'

/** Where sites stand among the files of nginx, and which nginx.conf includes them there. */
const FOLDERS = { 'sites-enabled': 'debian', 'conf.d': 'image' } as const
type SitesFolder = keyof typeof FOLDERS

/** Reads the files that `site` names in a scenario: one or several, a folder of them, or a text of a ConfigMap. */
export class SiteReader {
  readonly #paths: PathBase
  readonly #problems: Problems
  readonly #context: Pick<BuildContext, 'paths' | 'problems'>

  constructor(paths: PathBase, problems: Problems) {
    this.#paths = paths
    this.#problems = problems
    this.#context = { paths, problems }
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
    const manifest = readNamed(file, place.at('configMap'), this.#context)
    if (manifest === null) return null
    const { all, fitting } = findSite(manifest, { key, name })
    const [chosen, second] = fitting
    if (chosen !== undefined && second === undefined) return siteIn(manifest, chosen)
    noSuchText(manifest, written, { all, fitting }, place, this.#problems)
    return null
  }

  #read(written: string, place: Place, host: Host): ReadSite | null {
    const found = resolvePath(written, this.#paths, place, 'E_FILE_MISSING', this.#problems)
    if (found === null) return null
    const name = path.basename(found)
    const folder = path.basename(path.dirname(found)) === 'conf.d' ? 'conf.d' : null
    if (!statSync(found).isDirectory()) {
      const site = readNamed(written, place, this.#context)
      if (site === null) return null
      const read = isManifest(site.text) ? this.#manifest(site, written, place) : { site, includes: new Map() }
      return read && { folder, ...read, name }
    }
    const files = readNginxFolder(found, this.#paths.bounds, host, this.#problems)
    if (files === null) return null
    if (files.site !== null) return { folder: null, site: files.site, includes: files.includes, name }
    return { folder: name === 'conf.d' ? 'conf.d' : 'sites-enabled', site: null, includes: files.includes, name }
  }

  /** A ConfigMap that is named as a file. */
  #manifest(manifest: Source, file: string, place: Place): SiteFiles | null {
    const { all, fitting } = findSite(manifest, {})
    const [chosen, second] = fitting
    if (chosen !== undefined && second === undefined) return siteIn(manifest, chosen)
    noSuchText(manifest, { configMap: file }, { all, fitting }, place, this.#problems)
    return null
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
