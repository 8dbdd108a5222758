import type { Chain } from '../chain/chain.ts'
import type { Pin } from '../chain/service.ts'
import { isInserted, placeWritten } from '../diagnostics/composition.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Source } from '../diagnostics/source.ts'
import { compileSite } from '../nginx/compile-site.ts'
import { type LoadedSiteFile, loadSiteFile } from '../nginx/load-site-file.ts'
import { findPins } from '../nginx/pins.ts'
import type { RefusedDirective, Site, SiteWorld } from '../nginx/site.ts'
import type { Directive } from '../nginx/syntax/syntax.ts'
import type { VersionRules } from '../nginx/versions.ts'
import { certificateFaults } from './certificate-faults.ts'
import { type Gap, RefusedConfigError, refuseGaps } from './environment.ts'

/** What has been read of a site file before: a suite runs hundreds of scenarios on one. */
interface Known {
  readonly includes: Chain['includes']
  readonly file: LoadedSiteFile
  /** Compiled for every world, where worlds make no difference to it. */
  site: Site | null
  pins: readonly Pin[] | null
}

/** By the file, and by the version of nginx that reads it. */
const known = new WeakMap<Source, Map<VersionRules, Known>>()

/** A site file with its includes, read once for each version of nginx. */
export function readSite(source: Source, includes: Chain['includes'], rules: VersionRules): LoadedSiteFile {
  return recall(source, includes, rules).file
}

/** The pins of a site file and its includes, in file order; none where it cannot be read. */
export function sitePins(source: Source, includes: Chain['includes'], rules: VersionRules): readonly Pin[] {
  const entry = recall(source, includes, rules)
  entry.pins ??= entry.file.site === null ? [] : findPins(entry.file.site)
  return entry.pins
}

/**
 * The model of nginx for a site file, as it would start in this world.
 * @throws {RefusedConfigError} nginx would not start with it
 * @throws {UnsupportedError} the model does not know one of its directives well enough
 */
export function loadSite(source: Source, includes: Chain['includes'], rules: VersionRules, world: SiteWorld): Site {
  const entry = recall(source, includes, rules)
  if (entry.site !== null) return entry.site
  const { file } = entry
  if (file.site === null) throw new RefusedConfigError('nginx', file.diagnostics)
  const compiled = compileSite(file.site, world)
  if (compiled.site === null) throw new RefusedConfigError('nginx', compiled.diagnostics)
  const faults = certificateFaults(file.site.directives, includes)
  if (faults.length > 0)
    throw new RefusedConfigError(
      'nginx',
      faults.map((fault) => withSource(fault, source)),
    )
  refuseGaps([...file.refused, ...compiled.refused].map((refused) => gapOf(refused, source)))
  if (world.file !== undefined || isWorldly(file.site.directives)) return compiled.site
  entry.site = compiled.site
  return compiled.site
}

/** The text that a fault's place is in, where it is that of the site file. */
function withSource(fault: Diagnostic, source: Source): Diagnostic {
  return fault.span.file === source.file ? { ...fault, source } : fault
}

function recall(source: Source, includes: Chain['includes'], rules: VersionRules): Known {
  const versions = known.get(source) ?? new Map<VersionRules, Known>()
  known.set(source, versions)
  const before = versions.get(rules)
  if (before?.includes === includes) return before
  const file = withProblemsOfBefore(loadSiteFile(source, includes, rules), source, includes, rules)
  const entry = { includes, file, site: null, pins: null }
  versions.set(rules, entry)
  return entry
}

/** A problem that the text had before a scenario changed another part of it is told where it was. */
function withProblemsOfBefore(
  file: LoadedSiteFile,
  source: Source,
  includes: Chain['includes'],
  rules: VersionRules,
): LoadedSiteFile {
  const before = source.composition?.before ?? null
  if (before === null || file.diagnostics.length === 0) return file
  const had = recall(before, includes, rules).file.diagnostics
  const diagnostics = file.diagnostics.map((diagnostic) => {
    const { code, message, span } = diagnostic
    if (diagnostic.source !== source || isInserted(source, span)) return diagnostic
    return had.find((one) => one.code === code && one.message === message) ?? diagnostic
  })
  return { ...file, diagnostics }
}

/** Directives whose address may be a name. */
const ADDRESSED = /^(?:listen|set_real_ip_from|(?:fastcgi|uwsgi|scgi|grpc|memcached)_pass)$/

/** Directives that count or keep something. */
const OF_ONE_WORLD = /^(?:upstream|limit_req|resolver|(?:proxy|fastcgi|uwsgi|scgi)_cache_path)$/

/** Names are looked up, upstreams count failures and turns, limits count requests, and caches keep answers, in one world alone; literal addresses are the same in all. */
function isWorldly(directives: readonly Directive[]): boolean {
  return directives.some(({ name, args, block }) => {
    if (OF_ONE_WORLD.test(name.text)) return true
    if (ADDRESSED.test(name.text) && /^[a-z]/i.test(args[0]?.text ?? '')) return true
    if (args.some(({ text }) => text.startsWith('syslog:'))) return true
    if (name.text === 'proxy_pass' && !/^http:\/\/[\d.]+(:\d+)?(\/[^$]*)?$/.test(args[0]?.text ?? '')) return true
    return block !== null && isWorldly(block)
  })
}

/** A directive of a site file that the model does not know well enough, as environments tell it. */
export function gapOf({ name, span, because }: RefusedDirective, site: Source): Gap {
  return { what: name, span: placeWritten(site, span), because }
}
