import path from 'node:path'
import type { Chain, HostFiles } from '../chain/chain.ts'
import type { HostDns } from '../chain/cluster-dns.ts'
import { HOST_NOT_FOUND_HINT } from '../chain/host-not-found.ts'
import { OUTSIDE } from '../chain/outside.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Source } from '../diagnostics/source.ts'
import { thirdParty } from '../nginx/core/directives/third-party.ts'
import { matchesGlob } from '../nginx/syntax/glob.ts'
import type { Directive, Word } from '../nginx/syntax/syntax.ts'
import { wellKnownFile, wellKnownPaths } from '../nginx/syntax/well-known-files.ts'
import { ownFile } from './certificate-faults.ts'
import { RefusedConfigError, UnsupportedError } from './environment.ts'
import { readSite } from './load-site.ts'
import { type Change, changed, confAround, insideOf, observing } from './nginx-conf.ts'
import type { SiteOnDisk } from './site-on-disk.ts'
import { standInFiles } from './stand-in-files.ts'

const CONF_DIR = '/etc/nginx'

/** The file that nginx starts with. */
export const CONF_PATH = '/etc/nginx/nginx.conf'

/** Where a site file that is no whole nginx.conf stands on the host of nginx. */
const SITE_PATH = '/etc/nginx/sites-enabled/site'

/** The files of nginx, by their absolute paths, and the files that it logs errors to beside its own. */
export interface SiteOnHost {
  readonly files: ReadonlyMap<string, string>
  /** Files for clients, by the paths where they stand here. */
  readonly served: HostFiles
  readonly errorLogs: readonly string[]
  /** Files and folders that the site writes to: the host has a place for them, where it can. */
  readonly written: readonly string[]
  /** Where its host looks names up. */
  readonly dns: HostDns
}

/** Where each file of a chain stands on the host of nginx, with the files that every Debian has. */
function filesOf(disk: SiteOnDisk): Map<string, Source> {
  const { source } = disk
  const includes = includesOf(disk)
  const files = new Map<string, Source>()
  for (const name of wellKnownPaths()) {
    const known = wellKnownFile(name)
    if (known !== undefined) files.set(path.join(CONF_DIR, name), known.source)
  }
  for (const [name, include] of includes) {
    const absolute = path.resolve('/', name)
    files.set(path.resolve(CONF_DIR, name), include)
    files.set(isIn(CONF_DIR, absolute) ? absolute : OUTSIDE + absolute, include)
  }
  return files.set(readSite(source, includes, disk.rules).main === null ? SITE_PATH : CONF_PATH, source)
}

/** The files of the chain, and what stands in for those that it names and has not. */
function includesOf(disk: SiteOnDisk): Chain['includes'] {
  const { includes } = disk
  const paths = new Set([...includes.keys()].flatMap((name) => [path.resolve(CONF_DIR, name), path.resolve('/', name)]))
  const missing = standInFiles(directivesOf(disk), (file) => paths.has(path.resolve(CONF_DIR, file)))
  return missing.size === 0 ? includes : new Map([...includes, ...missing])
}

/** Where a `root` that is no absolute path begins, as Debian builds nginx (`--prefix`). */
const PREFIX = '/usr/share/nginx/'

/** Directives that name a file to read. */
const READS = /^(?:proxy_)?ssl_\w+$|^auth_basic_user_file$/

/** A file of the chain outside of /etc/nginx stands below {@link OUTSIDE} here: what names it gets that before its path. */
function redirected(disk: SiteOnDisk): (source: Source) => Change[] {
  const { source: root } = disk
  const includes = includesOf(disk)
  const { site, main, included } = readSite(root, includes, disk.rules)
  const outside = [...includes.keys()].map((name) => path.resolve('/', name)).filter((one) => !isIn(CONF_DIR, one))
  const readers = (directives: readonly Directive[]): Word[] =>
    directives.flatMap(({ name, args, block }) => [...(READS.test(name.text) ? args : []), ...readers(block ?? [])])
  const words = [...included, ...readers(main ?? site?.directives ?? [])].filter(
    ({ text }) => text.startsWith('/') && !isIn(CONF_DIR, text) && outside.some((one) => matchesGlob(text, one)),
  )
  const all = main ?? site?.directives ?? []
  const http = disk.files === null ? [] : all.filter(isWithoutRoot)
  const folders = disk.files === null ? [] : ['root', 'alias'].flatMap((name) => firstWords(name, all))
  return (source) => {
    const before = (word: Word, inserted: string): readonly [number, Change] => {
      const at = source.offsetOf(word.span) + (word.quoted ? 1 : 0)
      return [at, { at, removed: 0, inserted }]
    }
    const isOwn = ({ span }: Word): boolean => span.file === source.file
    const changes = [
      ...words.filter(isOwn).map((word) => before(word, OUTSIDE)),
      ...folders.filter(isOwn).map((word) => before(word, word.text.startsWith('/') ? OUTSIDE : OUTSIDE + PREFIX)),
    ]
    const roots = http
      .filter(({ span }) => span.file === source.file)
      .flatMap((directive) => insideOf(directive, source, `root ${OUTSIDE}${PREFIX}html;`) ?? [])
    return [...new Map(changes).values(), ...roots]
  }
}

/** An `http { }` that leaves it to nginx where files are. */
function isWithoutRoot({ name, block }: Directive): boolean {
  return name.text === 'http' && block?.every((inside) => inside.name.text !== 'root') === true
}

function isIn(folder: string, file: string): boolean {
  return file.startsWith(`${folder}/`)
}

/**
 * What nginx gets to read of a site file as it is on disk, with an nginx.conf around it where it is none.
 * @param ofHttp what the environment says in that nginx.conf, by the directive's name: nginx takes none twice
 */
export function siteOnHost(disk: SiteOnDisk, ofHttp: Readonly<Record<string, string>> = {}): SiteOnHost {
  const { main } = readSite(disk.source, disk.includes, disk.rules)
  const redirecting = redirected(disk)
  const written = (file: Source) =>
    file.withText(changed(file.text, [...observing(file, main ?? []), ...redirecting(file)])).content
  const files = new Map([...filesOf(disk)].map(([name, file]) => [name, written(file)]))
  const known = disk.files === null ? ofHttp : { ...ofHttp, root: `${OUTSIDE}${PREFIX}html` }
  if (main === null) files.set(CONF_PATH, confAround(SITE_PATH, linesOf(known, disk)))
  const served = new Map([...(disk.files ?? [])].map(([name, bytes]) => [OUTSIDE + name, bytes]))
  const errorLogs = argumentsOf('error_log', directivesOf(disk)).filter(
    (log) => log.startsWith('/') && log !== '/dev/null',
  )
  return { files, served, errorLogs, written: writtenPaths(disk), dns: disk.host.dns }
}

/** Those that the site does not set itself. */
function linesOf(ofHttp: Readonly<Record<string, string>>, disk: SiteOnDisk): string[] {
  const set = new Set(directivesOf(disk).map(({ name }) => name.text))
  return Object.entries(ofHttp).flatMap(([name, value]) => (set.has(name) ? [] : [`${name} ${value};`]))
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
export function portsOfEveryAddress(disk: Pick<SiteOnDisk, 'source' | 'includes' | 'rules'>): ReadonlySet<number> {
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
  [/^unknown directive "(?:stream|mail)"/, 'stream', 'nginx has no such module'],
  [/^dlopen\(\) "[^"]*" failed /, 'load_module', 'the module is not there'],
  [/^cannot load certificate(?: key)? /, 'ssl_certificate', 'the certificate is not there'],
  [
    /^unknown log format /,
    'access_log',
    'the log format is defined in another file of nginx (host: {conf: image} has "main")',
  ],
  [/^zero size shared memory zone /, 'limit_req', 'the zone is defined in another file of nginx'],
  [/^"proxy_cache" zone "[^"]*" is unknown/, 'proxy_cache', 'the zone is defined in another file of nginx'],
  [/^open\(\) "[^"]*" failed (?!.* in \S+:\d+$)/, 'access_log', 'the log cannot be written'],
  [/^mkdir\(\) "[^"]*" failed /, 'proxy_cache_path', 'the folder cannot be made'],
  [/^bind\(\) to \S+ failed \(98: /, 'listen', 'another program of the host has that port too'],
]

/**
 * What nginx's refusal of a site file means.
 * @returns an UnsupportedError where the host at hand lacks what the chain's host may have, with nginx's words; a
 * RefusedConfigError where the file is wrong
 */
export function refusedSite(disk: SiteOnDisk, said: string): UnsupportedError | RefusedConfigError {
  const words = said.replaceAll(OUTSIDE, '')
  const ofCertificate = certificateRefused(disk, words)
  if (ofCertificate !== null) return new RefusedConfigError('nginx', [ofCertificate])
  const diagnostic = refusal(disk, words)
  const [, directive, lack] = LACKS.find(([pattern]) => pattern.test(words)) ?? lacksModule(words)
  if (directive === undefined) return new RefusedConfigError('nginx', [diagnostic])
  const writer = writerOf(disk, words)
  return new UnsupportedError(
    writer?.name.text ?? directive,
    writer?.span ?? diagnostic.span,
    `${lack} on the host of this environment. nginx says: ${words}`,
  )
}

const CERTIFICATES: readonly string[] = ['', 'proxy_'].flatMap((prefix) =>
  ['certificate', 'certificate_key', 'trusted_certificate'].map((name) => `${prefix}ssl_${name}`),
)

/** A certificate or a key of the chain's own that nginx does not take, at the line that names it: nginx names none. */
function certificateRefused(disk: SiteOnDisk, words: string): Diagnostic | null {
  const [, file] =
    /^(?:cannot load certificate|SSL_CTX_(?:use_PrivateKey|load_verify_locations)\().*?"([^"]*)"/.exec(words) ?? []
  if (file === undefined || ownFile({ text: file }, disk.includes) === null) return null
  const names = CERTIFICATES.flatMap((name) => firstWords(name, directivesOf(disk)))
  const word = names.find(({ text }) => path.resolve(CONF_DIR, text) === file)
  if (word === undefined) return null
  const { span } = word
  const source = span.file === disk.source.file ? { source: disk.source } : {}
  return {
    code: 'E_NGINX_REFUSED',
    severity: 'error',
    message: `nginx refuses the site file: ${words}`,
    span,
    ...source,
  }
}

/** A directive of a module that is no part of nginx; the host at hand does not have it. */
function lacksModule(words: string): (typeof LACKS)[number] | [] {
  const [, name = ''] = /^unknown directive "(.+)"/.exec(words) ?? []
  const ofOthers = thirdParty(name)
  return ofOthers === null ? [] : [/^/, name, `${ofOthers.module} is a module that is not there`]
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
  const source = filesOf(disk).get(file) ?? filesOf(disk).get(OUTSIDE + file) ?? disk.source
  const lines = source.content.split('\n')
  const start = lines.slice(0, Number(line) - 1).reduce((offset, before) => offset + before.length + 1, 0)
  const text = lines[Number(line) - 1] ?? ''
  const indent = text.length - text.trimStart().length
  return {
    code: 'E_NGINX_REFUSED',
    severity: 'error',
    message: `nginx refuses the site file: ${message}`,
    ...(message.startsWith('host not found in') ? { hint: HOST_NOT_FOUND_HINT } : {}),
    span: source.contentSpanAt(start + indent, Math.max(1, text.trim().length)),
    source,
  }
}

function directivesOf({
  source,
  includes,
  rules,
}: Pick<SiteOnDisk, 'source' | 'includes' | 'rules'>): readonly Directive[] {
  return readSite(source, includes, rules).site?.directives ?? []
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
  return firstWords(name, directives).map(({ text }) => text)
}

function firstWords(name: string, directives: readonly Directive[]): Word[] {
  return directivesNamed(name, directives).flatMap(({ args }) => args.slice(0, 1))
}
