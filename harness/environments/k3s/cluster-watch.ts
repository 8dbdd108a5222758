import { setTimeout as sleep } from 'node:timers/promises'
import type { ContainerRuntimeClient } from 'testcontainers'
import { z } from 'zod'
import { EnvironmentGoneError } from '../environment.ts'
import { orAborted } from '../or-aborted.ts'
import { CLAIM, LABEL } from './claim-holder/protocol.ts'
import { ownContainers } from './containers.ts'
import { engineAddress } from './engine.ts'

/** What an engine says of a container: the words of `docker events`, and our labels among the attributes. */
const eventLine = z.object({
  Action: z.string(),
  Actor: z.object({ Attributes: z.record(z.string(), z.string()) }),
})

/** An engine that takes longer to list containers is not there. */
const ANSWER_TIMEOUT_MS = 10_000

/** Before an engine is asked for its events again, which it has ended without being gone. */
const RETRY_MS = 1_000

const PARTS: Readonly<Record<string, string>> = { node: "the node's", nginx: "nginx's", relay: "the relay's" }

/** Tells when a cluster is known to be gone: the engine says so of its containers, or does not answer any more. */
export class ClusterWatch implements Disposable {
  readonly #engine: ContainerRuntimeClient
  readonly #cluster: string
  readonly #gone = new AbortController()
  readonly #end = new AbortController()

  /** Begins at once. */
  constructor(engine: ContainerRuntimeClient, cluster: string) {
    this.#engine = engine
    this.#cluster = cluster
    void this.#follow()
  }

  /** Aborts with an {@link EnvironmentGoneError}. */
  get gone(): AbortSignal {
    return this.#gone.signal
  }

  /** Asks the engine once whether all containers of a cluster run that was started; `gone` has aborted then where they do not. */
  async look(): Promise<void> {
    if (!(await this.#answers())) return
    await this.#inspect().catch(() => this.#answers())
  }

  /** Ends the watching: what becomes of the cluster from now on is meant to. */
  [Symbol.dispose](): void {
    this.#end.abort()
  }

  /** What held it for this process is gone: somebody wanted it ended, or the engine lost this process while it slept. */
  loseToAnother(): void {
    this.#tell('it was taken from this run', 'Somebody may have run "chain env down --all". Run again.')
  }

  async #inspect(): Promise<void> {
    const containers = (await ownContainers(this.#engine)).filter(({ cluster }) => cluster === this.#cluster)
    for (const part of Object.keys(PARTS)) {
      const found = containers.find((container) => container.part === part)
      if (found === undefined) return this.#lose(part, 'was removed')
      if (found.state === 'paused') return this.#lose(part, 'was paused')
      if (found.state === 'running') continue
      const { State } = await this.#engine.container.getById(found.id).inspect()
      return this.#lose(part, `has ended (${State.ExitCode})`)
    }
  }

  async #follow(): Promise<void> {
    while (!this.#isOver) {
      await this.#events().catch(() => undefined)
      if (this.#isOver || !(await this.#answers())) return
      await sleep(RETRY_MS, undefined, { ref: false })
    }
  }

  /** Reads events until the engine ends them. */
  async #events(): Promise<void> {
    const stream = await this.#engine.container.dockerode.getEvents({
      filters: { type: ['container'], event: ['pause', 'die'], label: [`${LABEL.cluster}=${this.#cluster}`] },
      abortSignal: this.#end.signal,
    })
    let rest = ''
    for await (const chunk of stream.setEncoding('utf8')) {
      const lines = `${rest}${chunk}`.split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        const { Action, Actor } = eventLine.parse(JSON.parse(line))
        const { [LABEL.part]: part = '', exitCode } = Actor.Attributes
        if (part === CLAIM && Action === 'die') return this.loseToAnother()
        this.#lose(part, Action === 'pause' ? 'was paused' : `has ended (${exitCode})`)
        return
      }
    }
  }

  async #answers(): Promise<boolean> {
    const signal = AbortSignal.any([this.#end.signal, AbortSignal.timeout(ANSWER_TIMEOUT_MS)])
    try {
      await orAborted(this.#engine.container.dockerode.ping(), signal)
      return true
    } catch {
      this.#tell(
        `the Docker engine at ${engineAddress(this.#engine)} does not answer any more`,
        'Start it, and run again: what is left of the cluster is cleared then.',
      )
      return false
    }
  }

  get #isOver(): boolean {
    return this.#end.signal.aborted || this.#gone.signal.aborted
  }

  #lose(part: string, fact: string): void {
    this.#tell(
      `${PARTS[part]} container ${fact}`,
      'Find out who or what did that (a want of memory kills, too), and run again: what is left of the cluster is cleared then.',
    )
  }

  #tell(fact: string, remedy: string): void {
    if (!this.#isOver) this.#gone.abort(new EnvironmentGoneError(`Failed to use the cluster: ${fact}.`, remedy))
  }
}
