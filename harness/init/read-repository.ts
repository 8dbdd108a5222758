import path from 'node:path'
import { configMapKeys, configMapText } from '../chain/config-map.ts'
import { servicesOfManifests } from '../chain/manifest-services.ts'
import { isManifest, kindsOf, readManifests } from '../chain/manifests.ts'
import { isWholeConf } from '../chain/nginx-files.ts'
import type { Service } from '../chain/service.ts'
import { Problems } from '../diagnostics/problems.ts'
import { readSource } from '../diagnostics/read-source.ts'
import { readYaml } from '../diagnostics/read-yaml.ts'
import type { Source } from '../diagnostics/source.ts'
import { isPlainMap, type PlainValue } from '../diagnostics/yaml-to-plain.ts'
import { findFiles } from './find-files.ts'

/** Files that are opened: their names alone say that they may be of interest. */
const MAX_OPENED = 3_000

/** A file of nginx that holds servers. */
export interface NginxFile {
  /** The path from the root, with `/`. */
  readonly file: string
  /** Whether it is a whole nginx.conf, and not a site. */
  readonly isWhole: boolean
  /** The ConfigMap's text that it is; null for a file. */
  readonly text: { readonly key: string; readonly name: string | null } | null
}

/** What a repository has that a chain can be made of. Paths are from its root, with `/`. */
export interface Repository {
  readonly nginx: readonly NginxFile[]
  /** Manifests that have Services. */
  readonly manifests: readonly string[]
  readonly services: readonly Service[]
  /** Names of the services of compose files. */
  readonly compose: readonly string[]
  readonly composeFiles: readonly string[]
  /** What compose files set for their containers: the values of nginx's templates may be among it. */
  readonly env: ReadonlyMap<string, string>
  /** Files that are routes.yaml, or have it. */
  readonly routes: readonly string[]
  /** Every file of nginx by its name, those without a server among them: what others may include. */
  readonly others: readonly string[]
  /** What was seen and is not used, a sentence each. */
  readonly notes: readonly string[]
}

/** Looks through a repository. It reads nothing outside of it and runs nothing. @param root absolute */
export function readRepository(root: string): Repository {
  const { files, isWhole } = findFiles(root)
  const notes: string[] = []
  if (!isWhole) notes.push('The repository has more than 50,000 files: not all of them were looked at.')
  const opened = files.filter(isOfInterest)
  if (opened.length > MAX_OPENED) notes.push(`Only the first ${MAX_OPENED} of ${opened.length} files were opened.`)
  const nginx: NginxFile[] = []
  const manifests: string[] = []
  const services: Service[] = []
  const compose: string[] = []
  const composeFiles: string[] = []
  const env = new Map<string, string>()
  const routes: string[] = []
  for (const file of opened.slice(0, MAX_OPENED)) {
    const source = read(root, file)
    if (source === null) continue
    const { text } = source
    if (isNginx(file)) {
      if (!hasServers(text)) continue
      if (isTemplate(text)) notes.push(`${file} is a template ({{ }}): render it, and name what comes out.`)
      else nginx.push({ file, isWhole: isWholeConf(text), text: null })
    } else if (isManifest(text)) {
      if (isTemplate(text)) {
        if (/^kind:[ \t]*(?:Service|ConfigMap)\b/m.test(text))
          notes.push(`${file} is a Helm template: run "helm template", save its output, and name that.`)
        continue
      }
      const found = readManifests(source, new Problems())
      if (found.some(({ kind }) => kind === 'Service')) {
        const { services: own, leftOut } = servicesOfManifests([source], new Problems())
        const others = own.filter(({ name }) => !services.some((one) => one.name === name))
        if (others.length < own.length)
          notes.push(`${file} has Services that another manifest has, too: it is not used.`)
        else {
          if (own.length > 0) manifests.push(file)
          services.push(...own)
          for (const { name, because } of leftOut) notes.push(`${file}: Service ${name} is left out: it ${because}.`)
        }
      }
      for (const key of configMapKeys(text)) {
        const { content } = source.through(configMapText(key))
        if (key.key === 'routes.yaml') routes.push(file)
        else if (hasServers(content)) nginx.push({ file, isWhole: isWholeConf(content), text: key })
      }
      if (found.some(({ kind }) => kind === 'Ingress'))
        notes.push(
          `${file} has ${kindsOf(found.filter(({ kind }) => kind === 'Ingress'))}: a chain has no word for it.`,
        )
    } else if (isCompose(file)) {
      const names = composeServices(source)
      if (names.length > 0) composeFiles.push(file)
      compose.push(...names)
      for (const [name, value] of composeEnv(source)) env.set(name, value)
    } else if (path.posix.basename(file) === 'routes.yaml' && /^[ \t-]*target:/m.test(text)) routes.push(file)
  }
  return {
    nginx,
    others: files.filter((file) => isNginx(file) || /\.(?:inc|params|types)$|_params$/.test(file)),
    manifests,
    services,
    compose: [...new Set(compose)],
    composeFiles,
    env,
    routes,
    notes,
  }
}

function read(root: string, file: string): Source | null {
  const result = readSource(path.join(root, file))
  return 'source' in result ? result.source : null
}

function isOfInterest(file: string): boolean {
  return isNginx(file) || /\.(?:ya?ml|json)$/.test(file)
}

/** By its name: `*.conf`, and whatever stands in a folder of sites. */
function isNginx(file: string): boolean {
  return /\.(?:conf|vhost|nginx)(?:\.template)?$|(?:^|\/)sites-(?:available|enabled)\/[^/]+$/.test(file)
}

/** Whether it has a `server` block, as no snippet has. */
function hasServers(text: string): boolean {
  return /(?:^|[;{}])[ \t]*server[ \t]*\{/m.test(text) && /\b(?:listen|location|return|server_name|root)\b/.test(text)
}

function isTemplate(text: string): boolean {
  return text.includes('{{') || text.includes('{%')
}

function isCompose(file: string): boolean {
  return /^(?:docker-)?compose[^/]*\.ya?ml$/.test(path.posix.basename(file))
}

/** The names by which containers find each other: services, and their container names. */
function composeServices(source: Source): string[] {
  return servicesIn(source).flatMap(([name, service]) => {
    const { container_name: container } = service
    return typeof container === 'string' && container !== name ? [name, container] : [name]
  })
}

/** Values of the environment that a compose file writes out, as a list or a mapping. */
function composeEnv(source: Source): [string, string][] {
  const pairs = servicesIn(source).flatMap(([, { environment = null }]): [string, PlainValue][] => {
    if (!Array.isArray(environment)) return isPlainMap(environment) ? Object.entries(environment) : []
    return environment.flatMap((line): [string, PlainValue][] => {
      const [name = '', ...value] = typeof line === 'string' ? line.split('=') : []
      return value.length === 0 ? [] : [[name, value.join('=')]]
    })
  })
  return pairs.flatMap(([name, value]) =>
    (typeof value === 'string' && !value.includes('$')) || typeof value === 'number' ? [[name, String(value)]] : [],
  )
}

function servicesIn(source: Source): [string, { readonly [key: string]: PlainValue }][] {
  const value = readYaml(source, new Problems())?.value ?? null
  const services = isPlainMap(value) ? (value.services ?? null) : null
  if (!isPlainMap(services)) return []
  return Object.entries(services).map(([name, service]) => [name, isPlainMap(service) ? service : {}])
}
