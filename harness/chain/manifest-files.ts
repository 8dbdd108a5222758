import type { Problems } from '../diagnostics/problems.ts'
import type { Source } from '../diagnostics/source.ts'
import type { GatewayConfigFiles } from './chain.ts'
import { type ConfigMapKey, configMapFile, configMapKeys, configMapText } from './config-map.ts'
import { readManifests, reportKinds } from './manifests.ts'
import { isWholeConf, type NginxParts } from './nginx-files.ts'

/** A site and what it may include. */
export type SiteFiles = Pick<NginxParts, 'site' | 'includes'>

/** Which text of a manifest is meant. */
export interface WantedText {
  readonly key?: string | undefined
  readonly name?: string | undefined
}

/** The texts of a manifest's ConfigMaps, and those of them that may be meant: one where it is clear which. */
export interface FoundTexts {
  readonly all: readonly ConfigMapKey[]
  readonly fitting: readonly ConfigMapKey[]
}

/**
 * The text that is a site or a whole nginx.conf. Without a key: the only whole nginx.conf, or else the only text that is called
 * as nginx's files are, or else the only one.
 */
export function findSite(manifest: Source, wanted: WantedText): FoundTexts {
  const { all, fitting } = findTexts(manifest, wanted)
  if (wanted.key !== undefined || fitting.length < 2) return { all, fitting }
  const whole = fitting.filter((one) => isWholeConf(manifest.through(configMapText(one)).content))
  const confs = fitting.filter(({ key }) => /\.conf(?:\.template)?$/.test(key))
  return { all, fitting: [whole, confs].find(({ length }) => length === 1) ?? fitting }
}

/** One text of a manifest as nginx's file; the other texts of its ConfigMap are files that it may include. */
export function siteIn(manifest: Source, chosen: ConfigMapKey): SiteFiles {
  const beside = configMapKeys(manifest.text).filter(({ name, key }) => name === chosen.name && key !== chosen.key)
  const includes = beside.flatMap((one) => {
    const source = manifest.through(configMapText(one))
    return [one.key, `conf.d/${one.key}`].map((at) => [at, source] as const)
  })
  return { site: manifest.through(configMapText(chosen)), includes: new Map(includes) }
}

/** The text that is meant: the one with the usual key where no key is wanted, or else the only text of the manifest. */
export function findText(manifest: Source, wanted: WantedText, usualKey: string): FoundTexts {
  const { all, fitting } = findTexts(manifest, wanted)
  if (wanted.key !== undefined || fitting.length < 2) return { all, fitting }
  const named = fitting.filter(({ key }) => key === usualKey)
  return { all, fitting: named.length > 0 ? named : fitting }
}

/** The gateway's files in a manifest: routes.yaml, and middleware.yaml and auth.yaml where its ConfigMap has them, as it is mounted. */
export function gatewayFilesIn(manifest: Source, routes: ConfigMapKey): GatewayConfigFiles | null {
  const all = configMapKeys(manifest.text)
  const beside = (key: string): Source | null => {
    const found = all.find((one) => one.name === routes.name && one.key === key && one.key !== routes.key)
    return found === undefined ? null : configMapFile(manifest, found)
  }
  const file = configMapFile(manifest, routes)
  return file && { routes: file, middleware: beside('middleware.yaml'), auth: beside('auth.yaml') }
}

/** One text of a manifest, where no scenario says which: told at the manifest itself where it is not clear. @param what `a ConfigMap with routes.yaml` */
export function onlyText(
  manifest: Source,
  { all, fitting }: FoundTexts,
  what: string,
  problems: Problems,
): ConfigMapKey | null {
  const [chosen, second] = fitting
  if (chosen !== undefined && second === undefined) return chosen
  if (all.length === 0) {
    reportKinds(manifest, readManifests(manifest, problems), what, 'E_CHAIN_CONFIG_MAP', problems)
    return null
  }
  const message = `${what} was expected, and ${fitting.length} texts may be it`
  problems.add(manifest, manifest.spanAt(0, 1), 'E_CHAIN_CONFIG_MAP', message, `There are: ${listOf(all)}.`)
  return null
}

/** Texts as a sentence lists them: `default.conf of shop-nginx`. */
export function listOf(texts: readonly ConfigMapKey[]): string {
  return texts.map(({ key, name }) => `${key} of ${name ?? 'a ConfigMap without a name'}`).join(', ')
}

function findTexts(manifest: Source, { key, name }: WantedText): FoundTexts {
  const all = configMapKeys(manifest.text)
  return { all, fitting: all.filter((one) => (key ?? one.key) === one.key && (name ?? one.name) === one.name) }
}
