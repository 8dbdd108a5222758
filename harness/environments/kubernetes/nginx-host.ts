import type { NginxProgram } from '../environment.ts'
import { EnvironmentError } from '../environment.ts'
import { confAround, processDirectives } from '../nginx-conf.ts'
import { readNginxProgram } from '../nginx-program.ts'
import { BUILD_FILE, LOG_FILE, PID_FILE, type SiteFiles } from './node-relay/protocol.ts'
import type { NodeRelay } from './node-relay.ts'
import { waitUntil } from './wait-until.ts'

const LOAD_TIMEOUT_MS = 30_000
const END_TIMEOUT_MS = 5_000

/** nginx on its host: its files, its reload, and what it writes to its error log, which is read from where it was left. */
export class NginxHost {
  readonly #relay: NodeRelay
  readonly #sendHup: () => Promise<void>
  /** From the end on, where it is a cluster that others have used before. */
  #position = Number.POSITIVE_INFINITY
  #standing: string | null = null
  #program: Promise<NginxProgram | null> | null = null
  #loaded: string | null = null

  /** @param sendHup tells nginx to load its files, by the signal that does */
  constructor(relay: NodeRelay, sendHup: () => Promise<void>) {
    this.#relay = relay
    this.#sendHup = sendHup
  }

  /** Puts files where nginx reads them, which it does with the next reload. */
  async put(site: SiteFiles): Promise<void> {
    this.#standing = null
    await this.#relay.putSite(site)
    this.#standing = JSON.stringify(site)
  }

  /**
   * Lets nginx load these files, as `systemctl reload nginx` does. Gives its own words where it refuses: then it keeps what it has.
   * @param unless what it runs with: where nothing has changed since it was told that, nothing happens; null loads in any case
   * @param signal ends the waiting for it
   */
  async load(site: SiteFiles, unless: string | null, signal: AbortSignal | undefined): Promise<string | null> {
    const text = JSON.stringify(site)
    const version = unless === null ? null : `${unless} ${text}`
    if (version !== null && version === this.#loaded) return null
    if (text !== this.#standing) await this.put(site)
    this.#loaded = null
    await this.takeLog()
    await this.#sendHup()
    const words = await this.#outcome(signal)
    if (words === null) this.#loaded = version
    return words
  }

  /** Which nginx it is; null where its relay cannot tell. */
  program(): Promise<NginxProgram | null> {
    this.#program ??= this.#relay.build().then(readNginxProgram)
    return this.#program
  }

  /** What the log has got since it was last taken. */
  async takeLog(): Promise<string> {
    const { text, position } = await this.#relay.logSince(this.#position)
    this.#position = position
    return text
  }

  /** The log since it was last taken, once nginx has done with every connection that it speaks of. */
  async takeFinishedLog(): Promise<string> {
    let log = ''
    await waitUntil({
      what: 'the log of nginx',
      check: async () => {
        log += await this.takeLog()
        return isFinished(log) ? null : 'a connection is not closed yet'
      },
      pauseMs: 3,
      timeoutMs: END_TIMEOUT_MS,
    }).catch(() => undefined)
    return log
  }

  /** The old worker takes no connection from the line on that says so. */
  async #outcome(signal: AbortSignal | undefined): Promise<string | null> {
    let log = ''
    let words: string | null = null
    await waitUntil({
      what: 'nginx to load the site file',
      check: async () => {
        log += await this.takeLog()
        words = /\[(?:emerg|alert|crit)\] (?:\d+#\d+: )?(.*)\n/.exec(log)?.[1] ?? null
        if (words !== null || log.includes('gracefully shutting down')) return null
        return 'it has not answered the signal'
      },
      pauseMs: 5,
      timeoutMs: LOAD_TIMEOUT_MS,
      signal,
    })
    return words
  }
}

/** Whether every connection that was accepted is closed. */
function isFinished(log: string): boolean {
  const accepted = [...log.matchAll(/\*(\d+) accept: /g)].map(([, id]) => id)
  return accepted.length > 0 && accepted.every((id) => log.includes(`*${id} close http connection`))
}

/** Lets nginx run with no files of a chain yet. The official images keep the build that writes debug logs under a name of its own. */
export const NGINX_COMMAND = [
  'sh',
  '-c',
  [
    'rm -f /etc/nginx/sites-enabled/* /var/log/nginx/*',
    'mkdir -p /etc/nginx/sites-enabled',
    // What nobody may set twice, and the chain's nginx.conf leaves to us, is on the command line: it stays with every reload.
    `echo '${confAround('/etc/nginx/sites-enabled/*')}' > /etc/nginx/nginx.conf`,
    'nginx="$(command -v nginx-debug || command -v nginx)"',
    `"$nginx" -V 2> ${BUILD_FILE}`,
    `exec "$nginx" -c /etc/nginx/nginx.conf -g '${processDirectives(LOG_FILE, PID_FILE)}'`,
  ].join(' && '),
]

/** @throws {EnvironmentError} the image's nginx does not write debug logs */
export function refuseWithoutDebug(log: string, image: string): void {
  if (!/debug_connection|unknown directive/.test(log)) return
  throw new EnvironmentError(
    `Failed to start nginx from "${image}": it is built without --with-debug, so it does not tell how it decides.`,
    'Use the official nginx image, or name another by CHAIN_NGINX_IMAGE.',
  )
}
