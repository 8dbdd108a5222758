import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { HostDns } from '../../../chain/cluster-dns.ts'
import { bufferOf } from '../../../chain/message.ts'
import { FILES_MODIFIED_MS, OUTSIDE } from '../../../chain/outside.ts'
import { processDirectives } from '../../nginx-conf.ts'
import type { SiteOnHost } from '../../site-on-host.ts'
import { nginxBinary } from '../nginx-binary.ts'
import { INSIDE } from '../protocol.ts'
import { ErrorLog } from './error-log.ts'
import { SandboxError } from './sandbox-error.ts'
import { until } from './until.ts'

const CONF = '/etc/nginx/nginx.conf'

/** Other users do not exist in a user namespace that maps one. */
const USER = inUserNamespace() ? ['user root'] : []

const NGINX = [
  nginxBinary(),
  ...['-c', CONF],
  ...['-e', INSIDE.errorLog],
  ...['-g', processDirectives(INSIDE.errorLog, '/run/chain/nginx.pid', USER)],
]

/** It takes milliseconds; a name that DNS does not answer, or a port that is taken, makes it try for seconds. */
const LOAD_TIMEOUT_MS = 30_000
const END_TIMEOUT_MS = 5_000

/** The real nginx of one world after the other, and what it writes to its error logs. */
export class Nginx {
  readonly log = new ErrorLog()
  readonly #onHost: readonly string[]
  #process: ChildProcess | null = null
  #files: readonly string[] = []
  readonly #written = new Set<string>()

  /** @param onHost what runs a program where files name servers and hosts as on nginx's host; see `hostMounts` */
  constructor(onHost: readonly string[]) {
    this.#onHost = onHost
  }

  /** Starts it with a site file, or lets it load another one. Gives its own words where it refuses. @throws {SandboxError} */
  async load(site: SiteOnHost): Promise<string | null> {
    this.#put(site)
    this.log.empty()
    if (this.#process === null) return this.#start(site.dns)
    // What `systemctl reload nginx` does. The old worker takes no connection from the line on that says so.
    this.#process.kill('SIGHUP')
    return this.#loaded('gracefully shutting down')
  }

  /** Waits until nginx has done with the connection that came from this port of the client. */
  async finished(clientPort: number): Promise<void> {
    const accepted = new RegExp(`\\*(\\d+) accept: \\S+:${clientPort} `)
    await until(() => {
      const log = this.log.read()
      const [, connection] = accepted.exec(log) ?? []
      return connection !== undefined && log.includes(`*${connection} close http connection`) ? true : null
    }, END_TIMEOUT_MS)
  }

  async stop(): Promise<void> {
    const nginx = this.#process
    this.#process = null
    if (nginx !== null && nginx.exitCode === null && nginx.signalCode === null) {
      nginx.kill('SIGTERM')
      await once(nginx, 'exit')
    }
    for (const file of [...this.#files, ...this.#written]) remove(file)
    this.#files = []
    this.#written.clear()
  }

  async #start(dns: HostDns): Promise<string | null> {
    const [program = '', ...args] = dns === 'cluster' ? NGINX : [...this.#onHost, ...NGINX]
    const nginx = spawn(program, args, { stdio: ['ignore', this.log.fd, this.log.fd] })
    nginx.on('error', () => undefined)
    this.#process = nginx
    const refusal = await this.#loaded('start worker process ')
    if (refusal !== null) await this.stop()
    return refusal
  }

  async #loaded(sign: string): Promise<string | null> {
    // The master alone reads files. What a worker has to say it goes on without: in a user namespace, that it has no groups.
    const refused = new RegExp(`\\[(?:emerg|alert|crit)\\] (?:${this.#process?.pid}#\\d+: |(?!\\d+#))(.*)\\n`)
    const words = await until(() => {
      const log = this.log.read()
      const refusal = refused.exec(log)
      if (refusal !== null) return refusal[1] ?? ''
      if (this.#hasEnded()) throw new SandboxError(`Failed to start nginx: it ended. ${log.trim()}`)
      return log.includes(sign) ? '' : null
    }, LOAD_TIMEOUT_MS)
    if (words === null)
      throw new SandboxError(`Failed to start nginx: it is not ready after ${LOAD_TIMEOUT_MS / 1000} s.`)
    return words === '' ? null : words
  }

  #hasEnded(): boolean {
    return this.#process === null || this.#process.pid === undefined || this.#process.exitCode !== null
  }

  #put({ files, served, errorLogs, written }: SiteOnHost): void {
    for (const file of [...this.#files, OUTSIDE]) rmSync(file, { force: true, recursive: true })
    this.#files = []
    const bytes = [...served].map(([file, content]) => [file, bufferOf(content)] as const)
    for (const [file, content] of [...files, ...bytes]) {
      mkdirSync(path.dirname(file), { recursive: true })
      writeFileSync(file, content)
      utimesSync(file, FILES_MODIFIED_MS / 1000, FILES_MODIFIED_MS / 1000)
      this.#files = [...this.#files, file]
    }
    for (const one of written) this.#makeRoomFor(one)
    for (const log of errorLogs) this.#lead(log)
  }

  /** A log of the site's own leads to ours, so that lines of all logs stand in one order. */
  #lead(log: string): void {
    try {
      mkdirSync(path.dirname(log), { recursive: true })
      symlinkSync(INSIDE.errorLog, log)
      this.#files = [...this.#files, log]
    } catch {
      // It is there already, or nginx is going to say itself that it cannot be written.
    }
  }

  /** Where the host is read-only there is none, and nginx says so itself. */
  #makeRoomFor(written: string): void {
    try {
      mkdirSync(path.dirname(written), { recursive: true })
      this.#written.add(written)
    } catch {
      // nginx goes on where it needs the folder for nothing.
    }
  }
}

/** The first user namespace maps every id to itself (user_namespaces(7)). */
function inUserNamespace(): boolean {
  return !/^\s*0\s+0\s+4294967295\s*$/.test(readFileSync('/proc/self/uid_map', 'utf8'))
}

/** What the site wrote goes with it: the next world's cache is empty. What cannot be written to is not there. */
function remove(file: string): void {
  try {
    rmSync(file, { force: true, recursive: true })
  } catch {
    // It is the host's own, and read-only here.
  }
}
