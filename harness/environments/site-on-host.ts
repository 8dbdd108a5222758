import path from 'node:path'
import type { HostDns } from '../chain/cluster-dns.ts'
import { HOST_NOT_FOUND_HINT } from '../chain/host-not-found.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Source } from '../diagnostics/source.ts'
import { wellKnownFile, wellKnownPaths } from '../nginx/read/well-known-files.ts'
import type { Directive } from '../nginx/syntax.ts'
import { RefusedConfigError, UnsupportedError } from './environment.ts'
import { readSite } from './load-site.ts'
import type { SiteOnDisk } from './site-on-disk.ts'

const CONF_DIR = '/etc/nginx'

/** Where the site file stands on the host of nginx. */
const SITE_PATH = '/etc/nginx/sites-enabled/site'

/** The files of nginx, by their path in /etc/nginx, and the files that it logs errors to beside its own. */
export interface SiteOnHost {
  /** The site file among them. */
  readonly site: string
  readonly files: ReadonlyMap<string, string>
  readonly errorLogs: readonly string[]
  /** Files and folders that the site writes to: the host has a place for them, where it can. */
  readonly written: readonly string[]
  /** Names of the directives that the site sets for all of `http { }`: nobody else may set them. */
  readonly ofHttp: readonly string[]
  /** Where its host looks names up. */
  readonly dns: HostDns
}

/** Where each file of a chain stands on the host of nginx, with the files that every Debian has. */
function filesOf({ source, includes }: SiteOnDisk): Map<string, Source> {
  const files = new Map<string, Source>()
  for (const name of wellKnownPaths()) {
    const known = wellKnownFile(name)
    if (known !== undefined) files.set(path.join(CONF_DIR, name), known.source)
  }
  for (const [name, include] of includes) files.set(path.resolve(CONF_DIR, name), include)
  return files.set(SITE_PATH, source)
}

/** What nginx gets to read of a site file as it is on disk. */
export function siteOnHost(disk: SiteOnDisk): SiteOnHost {
  const files = new Map([...filesOf(disk)].map(([name, { text }]) => [name, text]))
  const errorLogs = argumentsOf('error_log', directivesOf(disk)).filter(
    (log) => log.startsWith('/') && log !== '/dev/null',
  )
  const ofHttp = [...new Set(directivesOf(disk).map(({ name }) => name.text))]
  return { site: SITE_PATH, files, errorLogs, written: writtenPaths(disk), ofHttp, dns: disk.host.dns }
}

/** Directives whose first argument is a path that nginx writes to. Of caches and logs it makes the last part alone itself. */
const WRITES: readonly string[] = [
  'access_log',
  'proxy_cache_path',
  ...['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path`),
]

function writtenPaths(disk: SiteOnDisk): string[] {
  const directives = directivesOf(disk)
  const paths = WRITES.flatMap((name) => argumentsOf(name, directives))
  return [...new Set(paths)].filter((one) => /^\/(?!dev\/)[^$]+$/.test(one))
}

/** Addresses that the site listens on, for the host to have them; names and wildcards are no addresses. */
export function hostAddresses(disk: SiteOnDisk): string[] {
  const addresses = argumentsOf('listen', directivesOf(disk)).flatMap((listen) => {
    const [, ipv6, ipv4] = /^(?:\[([0-9a-f:]+)\]|(\d+\.\d+\.\d+\.\d+))(?::\d+)?$/i.exec(listen) ?? []
    return ipv6 ?? ipv4 ?? []
  })
  return [...new Set(addresses)].filter((address) => !/^(0\.0\.0\.0|127\..*|::1?)$/.test(address))
}

/** The ports on which the site listens on every IPv4 address; 80 for a server that names none (nginx docs, `listen`). */
export function portsOfEveryAddress(disk: Pick<SiteOnDisk, 'source' | 'includes'>): ReadonlySet<number> {
  // `server` in an upstream has no block.
  const servers = directivesNamed('server', directivesOf(disk)).filter(({ block }) => block !== null)
  const listens = servers.flatMap(({ block }) => {
    const written = argumentsOf('listen', block ?? [])
    return written.length === 0 ? ['80'] : written
  })
  const ports = listens.flatMap((listen) => {
    const [whole, port = ''] = /^(?:(?:\*|0\.0\.0\.0)(?=:|$):?)?(\d*)$/.exec(listen) ?? []
    return whole === undefined ? [] : [Number(port || 80)]
  })
  return new Set(ports)
}

/** What nginx says where its file is right and the host at hand is another than the chain's: what lacks, and in which directive. */
const LACKS: readonly (readonly [words: RegExp, directive: string, lack: string])[] = [
  [/^cannot load certificate(?: key)? /, 'ssl_certificate', 'the certificate is not there'],
  [/^unknown log format /, 'access_log', 'the log format is defined in another file of nginx'],
  [/^open\(\) "[^"]*" failed (?!.* in \S+:\d+$)/, 'access_log', 'the log cannot be written'],
  [/^mkdir\(\) "[^"]*" failed /, 'proxy_cache_path', 'the folder cannot be made'],
  [/^bind\(\) to \S+ failed \(98: /, 'listen', 'a Service has that port too, and shares one network with nginx'],
]

/**
 * What nginx's refusal of a site file means.
 * @returns an UnsupportedError where the host at hand lacks what the chain's host may have, with nginx's words; a
 * RefusedConfigError where the file is wrong
 */
export function refusedSite(disk: SiteOnDisk, words: string): UnsupportedError | RefusedConfigError {
  const diagnostic = refusal(disk, words)
  const [, directive, lack] = LACKS.find(([pattern]) => pattern.test(words)) ?? []
  if (directive === undefined) return new RefusedConfigError('nginx', [diagnostic])
  const writer = writerOf(disk, words)
  return new UnsupportedError(
    writer?.name.text ?? directive,
    writer?.span ?? diagnostic.span,
    `${lack} on the host of this environment. nginx says: ${words}`,
  )
}

/** The directive that writes to the path which nginx quotes, for nginx names no line then; undefined where none does. */
function writerOf(disk: SiteOnDisk, words: string): Directive | undefined {
  const [, quoted] = /^(?:open|mkdir)\(\) "([^"]*)" failed /.exec(words) ?? []
  if (quoted === undefined) return undefined
  const all = directivesOf(disk)
  const writers = WRITES.flatMap((name) => directivesNamed(name, all))
  return writers.find(
    ({ args: [first] }) => first !== undefined && path.resolve(CONF_DIR, first.text) === path.resolve(quoted),
  )
}

/** nginx's own words, at the place that they name; at the top of the site file where they name none. */
function refusal(disk: SiteOnDisk, words: string): Diagnostic {
  const [, message = words, file = SITE_PATH, line = '1'] = /^(.*?) in (\S+):(\d+)$/.exec(words) ?? []
  const source = filesOf(disk).get(file) ?? disk.source
  const text = source.lineText(Number(line))
  const indent = text.length - text.trimStart().length
  return {
    code: 'E_NGINX_REFUSED',
    severity: 'error',
    message: `nginx refuses the site file: ${message}`,
    ...(message.startsWith('host not found in') ? { hint: HOST_NOT_FOUND_HINT } : {}),
    span: { file: source.file, line: Number(line), column: indent + 1, length: Math.max(1, text.trim().length) },
    source,
  }
}

function directivesOf({ source, includes }: Pick<SiteOnDisk, 'source' | 'includes'>): readonly Directive[] {
  return readSite(source, includes).site?.directives ?? []
}

/** Every directive of a name, in whatever block. */
function directivesNamed(name: string, directives: readonly Directive[]): Directive[] {
  return directives.flatMap((directive) => {
    const here = directive.name.text === name ? [directive] : []
    return [...here, ...directivesNamed(name, directive.block ?? [])]
  })
}

/** The first argument of every directive of a name, in whatever block. */
function argumentsOf(name: string, directives: readonly Directive[]): string[] {
  return directivesNamed(name, directives).flatMap(({ args }) => args.slice(0, 1).map(({ text }) => text))
}
