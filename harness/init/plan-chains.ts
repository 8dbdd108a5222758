import path from 'node:path'
import type { Chain } from '../chain/chain.ts'
import { nginxFiles } from '../chain/nginx-files.ts'
import { formatSpan } from '../diagnostics/span.ts'
import { siteErrors } from '../environments/check-chain.ts'
import { readSite } from '../environments/load-site.ts'
import { rulesOn } from '../environments/nginx-version.ts'
import type { Directive } from '../nginx/syntax/syntax.ts'
import { buildChain } from '../scenario/chain-config.ts'
import { type Candidate, candidatesOf } from './candidates.ts'
import { findIncludes } from './find-includes.ts'
import { planServices } from './plan-services.ts'
import type { Repository } from './read-repository.ts'
import { envOf, templateNote } from './template-values.ts'
import { upstreamsIn } from './upstreams.ts'

/** More are not made of one repository at a time: nobody reads them. */
const MAX_CHAINS = 12

/** A chain that chain.config.yaml is to name: the mapping that `chain:` has in a scenario. */
export interface PlannedChain {
  readonly name: string
  readonly mapping: Readonly<Record<string, unknown>>
}

export interface PlannedChains {
  readonly chains: readonly PlannedChain[]
  /** What could not be done, and why: a sentence each. */
  readonly notes: readonly string[]
}

/** In which nginx a site may be at home: the first that starts with it counts. */
const ATTEMPTS = [
  { nginx: null, conf: 'none' },
  { nginx: null, conf: 'image' },
  { nginx: null, conf: 'debian' },
  { nginx: '1.28', conf: 'none' },
] as const

/** A chain for every nginx of a repository that one can be made for. @param root absolute */
export function planChains(repository: Repository, root: string): PlannedChains {
  const chains: PlannedChain[] = []
  const notes: string[] = []
  const candidates = candidatesOf(repository.nginx)
  for (const candidate of candidates.slice(0, MAX_CHAINS)) {
    const planned = planChain(candidate, repository, root)
    if (typeof planned === 'string') notes.push(planned)
    else {
      const name = freeName(nameOf(candidate.file), chains)
      chains.push({ name, mapping: planned.mapping })
      notes.push(...planned.notes.map((note) => `Chain ${name}: ${note}`))
    }
  }
  const others = candidates.slice(MAX_CHAINS).map(({ file }) => file)
  if (others.length > 0)
    notes.push(`There are ${others.length} more files of nginx without a chain: ${others.join(', ')}.`)
  return { chains, notes }
}

/** A chain, or a sentence why there is none. */
function planChain(
  { file, forms }: Candidate,
  repository: Repository,
  root: string,
): { readonly mapping: Record<string, unknown>; readonly notes: readonly string[] } | string {
  let why: string | null = null
  for (const site of forms) {
    for (const { nginx, conf } of ATTEMPTS) {
      const version = nginx === null ? {} : { nginx }
      const unset = { site, services: { none: { port: 1 } }, ...version, ...(conf !== 'none' && { host: { conf } }) }
      const env = envOf(file, unset, repository, root)
      const bare = { ...unset, host: { ...(conf !== 'none' && { conf }), ...env } }
      const { includes, notes } = findIncludes(file, bare, repository, root)
      const { chain, diagnostics } = buildChain(file, { ...bare, includes }, root)
      if (chain === null) {
        why ??= diagnostics[0]?.message ?? 'It cannot be read'
        break
      }
      const directives = directivesOf(chain)
      const planned =
        directives === null
          ? null
          : withServices({ site, ...version }, { ...bare.host }, includes, directives, repository)
      const made = planned === null ? null : buildChain(file, planned.mapping, root)
      const errors = made === null ? readErrors(chain) : made.chain === null ? made.diagnostics : siteErrors(made.chain)
      const [error] = errors
      if (error === undefined && planned !== null) {
        const newer = nginx === null ? [] : [`its files need a newer nginx than 1.22: nginx ${nginx} was taken.`]
        return { ...planned, notes: [...newer, ...notes, ...planned.notes] }
      }
      why ??= error === undefined ? 'It cannot be read' : `${formatSpan(error.span)}: ${error.message}`
    }
  }
  return `${file}: no chain, since nginx would refuse it. ${why ?? ''}${templateNote(file, forms[0], repository, root)}`
}

/** What nginx reads, as far as it can be read: names are not looked up. */
function directivesOf(chain: Chain): readonly Directive[] | null {
  const { source, includes } = nginxFiles(chain)
  return readSite(source, includes, rulesOn(chain.host)).site?.directives ?? null
}

function readErrors(chain: Chain) {
  const { source, includes } = nginxFiles(chain)
  return readSite(source, includes, rulesOn(chain.host)).diagnostics.filter(({ severity }) => severity === 'error')
}

function withServices(
  head: Readonly<Record<string, unknown>>,
  hostOfFiles: Readonly<Record<string, unknown>>,
  includes: Readonly<Record<string, unknown>>,
  directives: readonly Directive[],
  repository: Repository,
): { readonly mapping: Record<string, unknown>; readonly notes: readonly string[] } {
  const { known, unknown } = upstreamsIn(directives)
  const gateway = gatewayOf(repository)
  const planned = planServices(known, repository)
  const { services, names, dns } = planned
  const host = {
    ...(dns !== null && { dns }),
    ...(Object.keys(names).length > 0 && { names }),
    ...hostOfFiles,
  }
  const files = indexFiles(directives)
  const usesManifests = planned.usesManifests || gateway !== null
  const isEmpty = Object.keys(services).length === 0 && !usesManifests
  const mapping = {
    ...head,
    ...(gateway !== null && { routes: { file: gateway } }),
    ...(usesManifests && { manifests: [...repository.manifests] }),
    // A site that only redirects or serves files has nobody behind it; a chain has a Service at least.
    ...((isEmpty || Object.keys(services).length > 0) && { services: isEmpty ? { nobody: { port: 80 } } : services }),
    ...(Object.keys(host).length > 0 && { host }),
    ...(Object.keys(files).length > 0 && { files }),
    ...(Object.keys(includes).length > 0 && { includes }),
  }
  const notes = [
    ...planned.notes,
    ...unknown.map((text) => `where "${text}" leads cannot be told from the files.`),
    ...(Object.keys(files).length > 0
      ? [`files has a stand-in for each index page (${Object.keys(files).join(', ')}). Add the files that matter.`]
      : []),
  ]
  return { mapping, notes }
}

/** The routes of the gateway, where a manifest has its Service. */
function gatewayOf({ routes, services }: Repository): string | null {
  const [file] = routes
  return file !== undefined && services.some(({ name }) => name === 'api-gateway') ? file : null
}

/** A stand-in for the index page of every folder that `root` and `alias` name by an absolute path. */
function indexFiles(directives: readonly Directive[]): Record<string, string> {
  const files: Record<string, string> = {}
  const visit = (all: readonly Directive[]): void => {
    for (const { name, args, block } of all) {
      const [folder] = args
      if ((name.text === 'root' || name.text === 'alias') && folder !== undefined && /^\/[^$]*$/.test(folder.text)) {
        files[path.posix.join(folder.text, 'index.html')] = '<!doctype html>\n'
      }
      visit(block ?? [])
    }
  }
  visit(directives)
  return files
}

const GENERIC =
  /^(?:nginx|proxy|conf|conf\.d|config|default|site|sites-(?:enabled|available)|etc|templates|docker|deploy|k8s|server|prod|production)$/

/** A name from the path: the file's own, or else that of the nearest folder that says something. */
function nameOf(file: string): string {
  const parts = file.split('/').map((part) => part.replace(/\.(?:conf|ya?ml|json|vhost|template|nginx)/g, ''))
  const telling = parts.findLast((part) => part !== '' && !GENERIC.test(part)) ?? 'site'
  return (
    telling
      .replace(/[^A-Za-z0-9-]+/g, '-')
      .replace(/^-+|-+$/g, '')
      .slice(0, 40) || 'site'
  )
}

function freeName(name: string, chains: readonly PlannedChain[]): string {
  for (let at = 1; ; at++) {
    const tried = at === 1 ? name : `${name}-${at}`
    if (!chains.some((chain) => chain.name === tried)) return tried
  }
}
