import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Diagnostic } from '../../diagnostics/diagnostic.ts'
import { RefusedConfigError, UnsupportedError } from '../../environments/environment.ts'
import { loadSite } from '../../environments/load-site.ts'
import { ListenError, SiteServer } from '../../environments/serving/site-server.ts'
import { KeptByNginx, type LogLine, type NameServerAddress, RefusedRequestError, type Site } from '../../nginx/site.ts'
import { rulesOf } from '../../nginx/versions.ts'
import { type ConfOnDisk, NoConfError, readConf } from './conf-on-disk.ts'
import { filesOnDisk } from './disk.ts'
import { notServed } from './not-served.ts'
import { type NginxOptions, readOptions } from './options.ts'
import { versionText } from './version-text.ts'

/** The version whose rules hold; another one by `CHAIN_NGINX_VERSION`. */
const NEWEST = '1.31.4'

const SIGNALS: Readonly<Record<string, NodeJS.Signals>> = {
  stop: 'SIGTERM',
  quit: 'SIGQUIT',
  reload: 'SIGHUP',
  reopen: 'SIGUSR1',
}

/**
 * Stands in for an nginx binary: it takes nginx's command line and signals, listens where the configuration says so, and the model
 * decides. What the model does not know it tells on stderr, each line beginning with `stand-in: refused`, and in the file that `CHAIN_STAND_IN_TOLD` names.
 * @returns the exit code, once it has ended
 */
export async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args)
  const version = process.env.CHAIN_NGINX_VERSION ?? NEWEST
  if (options.version !== 'no') {
    process.stderr.write(versionText(version, options.version === 'long'))
    return 0
  }
  if (options.signal !== null) return sendSignal(options, options.signal)
  const loaded = load(options, version)
  if (options.test !== 'no') return test(options, loaded)
  if (loaded.site === null) {
    tell(loaded.conf?.errorLog ?? path.resolve(options.prefix, options.errorLog), loaded.problems)
    return 1
  }
  return run(options, version, loaded)
}

/** A configuration that was read, and what is wrong with it where nginx would not start. */
type Loaded =
  | { readonly conf: ConfOnDisk; readonly site: Site }
  | { readonly conf: ConfOnDisk | null; readonly site: null; readonly problems: readonly string[] }

/** One process is one nginx, over all its reloads. */
const kept = new KeptByNginx()

function load(options: NginxOptions, version: string): Loaded {
  let conf: ConfOnDisk | null = null
  try {
    conf = readConf(options)
    const file = filesOnDisk(options.prefix, conf.folder)
    const site = loadSite(conf.source, conf.includes, rulesOf(version), {
      resolve: (host) => (host === 'localhost' ? ['127.0.0.1'] : []),
      query: refuseNameServer,
      nowMs: () => performance.now(),
      dateMs: () => Date.now(),
      kept,
      file,
    })
    for (const { what, line, because } of notServed(conf.source)) refused(what, line, because)
    return { conf, site }
  } catch (error) {
    return { conf, site: null, problems: problemsOf(error) }
  }
}

/** The model asks for a name and gets its addresses at once: no real name server answers so. */
function refuseNameServer({ address, port }: NameServerAddress, name: string): never {
  const because = `"${name}" is asked of the name server ${address}:${port}, and a real one is not asked`
  throw new RefusedRequestError({ name: 'resolver', span: { file: '', line: 0, column: 0, length: 0 }, because })
}

function problemsOf(error: unknown): string[] {
  if (error instanceof NoConfError) return [`[emerg] ${error.message}`]
  if (error instanceof RefusedConfigError) return error.diagnostics.filter(isError).map(emergency)
  if (error instanceof UnsupportedError) {
    for (const { what, span, because } of error.gaps) refused(what, span?.line ?? 0, because)
    return [`[emerg] the model does not know "${error.what}": ${error.message}`]
  }
  throw error
}

function isError({ severity }: Diagnostic): boolean {
  return severity === 'error'
}

function emergency({ message, span }: Diagnostic): string {
  return `[emerg] ${message} in ${span.file}:${span.line}`
}

function refused(what: string, line: number, because: string): void {
  tellOwn(`refused: ${what} (line ${line}): ${because}`)
}

/** What nginx would not say goes to stderr, and to a file where its reader cannot see that. */
function tellOwn(line: string): void {
  process.stderr.write(`stand-in: ${line}\n`)
  if (process.env.CHAIN_STAND_IN_TOLD !== undefined) appendFileSync(process.env.CHAIN_STAND_IN_TOLD, `${line}\n`)
}

function test({ prefix, conf: name, test: kind, quiet }: NginxOptions, { conf, ...loaded }: Loaded): number {
  const file = path.resolve(prefix, name)
  if (loaded.site === null) {
    process.stderr.write(`${loaded.problems.map((problem) => `nginx: ${problem}\n`).join('')}`)
    process.stderr.write(`nginx: configuration file ${file} test failed\n`)
    return 1
  }
  if (!quiet) {
    process.stderr.write(`nginx: the configuration file ${file} syntax is ok\n`)
    process.stderr.write(`nginx: configuration file ${file} test is successful\n`)
  }
  if (kind === 'dump' && conf !== null) {
    for (const { file: included, text } of [conf.source, ...conf.includes.values()]) {
      process.stdout.write(`# configuration file ${included}:\n${text}\n`)
    }
  }
  return 0
}

/** Writes problems where nginx would: to its log, and to whoever started it. */
function tell(errorLog: string, problems: readonly string[]): void {
  for (const problem of problems) {
    process.stderr.write(`nginx: ${problem}\n`)
    log(errorLog, problem)
  }
}

function log(errorLog: string, message: string): void {
  const now = new Date()
  const [date, time] = now.toISOString().slice(0, 19).replaceAll('-', '/').split('T')
  appendFileSync(errorLog, `${date} ${time} ${message.replace(/^(\[\w+\])/, `$1 ${process.pid}#0:`)}\n`)
}

/** Appends to access logs; a file that cannot be opened gets nothing, as with nginx where its path has variables. */
function writeLogs(prefix: string, lines: readonly LogLine[]): void {
  for (const { path: file, text, gzip } of lines) {
    const bytes = Buffer.from(`${text}\n`, 'latin1')
    try {
      appendFileSync(Buffer.from(path.resolve(prefix, file), 'latin1'), gzip ? gzipSync(bytes) : bytes)
    } catch {}
  }
}

function sendSignal(options: NginxOptions, name: string): number {
  const signal = SIGNALS[name]
  if (signal === undefined) {
    process.stderr.write(`nginx: invalid option: "-s ${name}"\n`)
    return 1
  }
  const { pidFile } = readConf(options)
  process.kill(Number(readFileSync(pidFile, 'utf8')), signal)
  return 0
}

async function run(options: NginxOptions, version: string, { conf, site }: Loaded & { site: Site }): Promise<number> {
  const { errorLog, pidFile } = conf
  log(errorLog, `[notice] nginx/${version}, as chain models it`)
  let server: SiteServer
  try {
    server = await SiteServer.open(site, {
      failed: (error) => tellOfFailure(errorLog, error),
      logged: (lines) => writeLogs(options.prefix, lines),
    })
  } catch (error) {
    if (!(error instanceof ListenError)) throw error
    tell(errorLog, [`[emerg] bind() to ${error.place.address}:${error.place.port} failed (${error.message})`])
    return 1
  }
  writeFileSync(pidFile, `${process.pid}\n`)
  await untilEnded(server, errorLog, async () => {
    const loaded = load(options, version)
    if (loaded.site === null) tell(errorLog, loaded.problems)
    else await server.take(loaded.site)
  })
  rmSync(pidFile, { force: true })
  return 0
}

/** Lives until a signal ends it. */
async function untilEnded(server: SiteServer, errorLog: string, reload: () => Promise<void>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  let reloads = Promise.resolve()
  process.on('SIGHUP', () => {
    reloads = reloads.then(reload).catch((error: unknown) => tellOfFailure(errorLog, error))
  })
  process.on('SIGUSR1', () => appendFileSync(errorLog, ''))
  process.once('SIGQUIT', () => {
    void reloads.then(() => server.quit()).then(resolve)
  })
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      server.close()
      resolve()
    })
  }
  await promise
}

function tellOfFailure(errorLog: string, error: unknown): void {
  if (error instanceof RefusedRequestError) {
    const { name, span, because } = error.refused
    refused(name, span.line, because)
    return
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  tellOwn(`fault: ${text}`)
  log(errorLog, `[alert] ${text}`)
}
