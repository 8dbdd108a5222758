import { setTimeout as sleep } from 'node:timers/promises'
import type { ContainerRuntimeClient } from 'testcontainers'
import { CLAIM_HOLDER } from '../kubernetes/image-programs.ts'
import { orAborted } from '../or-aborted.ts'
import { CLAIM, LABEL, SOCKET } from './claim-holder/protocol.ts'
import { thisProcess } from './owner.ts'

type Container = ReturnType<ContainerRuntimeClient['container']['getById']>

/** A holder that has been made and is not started after so long never will be: who made it was killed. */
const START_TIMEOUT_MS = 10_000

/**
 * Something on the engine that is this process's alone, as long as it lives: a container stands for the process, named by what is
 * claimed, and ends with it, wherever it runs and however it ends.
 */
export interface Claim {
  /** Aborts where the claim is gone without having been given back: somebody removed its container, or the engine has ended. */
  readonly lost: AbortSignal
  /** May be called again. */
  readonly giveBack: () => Promise<void>
}

/** What is claimed. */
export interface Claimed {
  /** The name of the container that stands for the claim. */
  readonly name: string
  /** An image with the claim holder in it, which is there. */
  readonly image: string
  /** The cluster that ends with the claim; null where nothing does. */
  readonly cluster: string | null
}

/** Who has a claim: a process as {@link thisProcess} names it, and since when (ISO 8601, UTC). */
export interface Holder {
  readonly owner: string
  readonly since: string
}

/**
 * Claims something, and waits as long as another process has it.
 * @param onWait told who has it, each time another one does
 * @throws the signal's reason
 */
export async function takeClaim(
  engine: ContainerRuntimeClient,
  claimed: Claimed,
  onWait: (holder: Holder) => void,
  signal: AbortSignal | undefined,
): Promise<Claim> {
  const { dockerode } = engine.container
  for (;;) {
    signal?.throwIfAborted()
    const container = await createHolder(engine, claimed)
    if (container !== null) return start(container, signal)
    const holder = await holderOf(engine, claimed.name)
    if (holder === null) continue
    onWait(holder)
    const other = dockerode.getContainer(claimed.name)
    if (holder.isStarted) await orAborted(other.wait({ condition: 'removed' }), signal).catch(orAbort(signal))
    else await removeUnstarted(engine, claimed.name, signal)
  }
}

/** Who has a claim; null where nobody does. */
export async function holderOf(
  { container: { dockerode } }: ContainerRuntimeClient,
  name: string,
): Promise<(Holder & { readonly isStarted: boolean }) | null> {
  try {
    const { Config, Created, State } = await dockerode.getContainer(name).inspect()
    return {
      owner: Config.Labels[LABEL.owner] ?? '',
      since: new Date(Created).toISOString(),
      isStarted: State.Status !== 'created',
    }
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
}

/** Takes a claim from whoever has it. */
export async function breakClaim({ container: { dockerode } }: ContainerRuntimeClient, name: string): Promise<void> {
  await dockerode.getContainer(name).remove({ force: true }).catch(ignoreMissing)
}

/** Null where another container has the name. */
async function createHolder(
  engine: ContainerRuntimeClient,
  { name, image, cluster }: Claimed,
): Promise<Container | null> {
  const socket = engine.info.containerRuntime.remoteSocketPath
  try {
    return await engine.container.dockerode.createContainer({
      name,
      Image: image,
      Cmd: [...CLAIM_HOLDER, ...(cluster === null ? [] : [cluster])],
      // Its end of the engine's socket is root's.
      User: '0',
      OpenStdin: true,
      StdinOnce: true,
      AttachStdin: true,
      NetworkDisabled: true,
      Labels: {
        [LABEL.owner]: thisProcess(),
        [LABEL.part]: CLAIM,
        ...(cluster === null ? {} : { [LABEL.cluster]: cluster }),
      },
      HostConfig: { AutoRemove: true, ...(cluster === null ? {} : { Binds: [`${socket}:${SOCKET}`] }) },
    })
  } catch (error) {
    if (statusOf(error) === 409) return null
    throw error
  }
}

/** Attached first, so that it never runs without this process. */
async function start(container: Container, signal: AbortSignal | undefined): Promise<Claim> {
  try {
    const stream = await container.attach({
      stream: true,
      stdin: true,
      stdout: true,
      stderr: true,
      hijack: true,
    })
    await container.start()
    signal?.throwIfAborted()
    return held(container, stream)
  } catch (error) {
    await container.remove({ force: true }).catch(ignoreMissing)
    throw error
  }
}

function held(container: Container, stream: NodeJS.ReadWriteStream): Claim {
  const lost = new AbortController()
  let isGivenBack = false
  const onEnd = (): void => {
    if (!isGivenBack) lost.abort()
  }
  stream.resume()
  for (const event of ['end', 'close', 'error']) stream.on(event, onEnd)
  return {
    lost: lost.signal,
    giveBack: async () => {
      if (isGivenBack) return
      isGivenBack = true
      const removed = container.wait({ condition: 'removed' }).catch(ignoreMissing)
      stream.end()
      await removed
    },
  }
}

/** Its process was killed between two calls, or is just about to start it. */
async function removeUnstarted(
  engine: ContainerRuntimeClient,
  name: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { dockerode } = engine.container
  const { Id } = await dockerode.getContainer(name).inspect()
  await orAborted(sleep(START_TIMEOUT_MS), signal)
  const now = await dockerode.getContainer(Id).inspect().catch(ignoreMissing)
  if (now?.State.Status === 'created') await dockerode.getContainer(Id).remove({ force: true }).catch(ignoreMissing)
}

function orAbort(signal: AbortSignal | undefined): (error: unknown) => void {
  return (error) => {
    if (signal?.aborted === true) throw error
    ignoreMissing(error)
  }
}

/** It was gone already, or is going. */
function ignoreMissing(error: unknown): undefined {
  if (!isMissing(error) && statusOf(error) !== 409) throw error
}

function isMissing(error: unknown): boolean {
  return statusOf(error) === 404
}

/** The status of an answer of the engine that the client of it made an error of. */
function statusOf(error: unknown): unknown {
  return error instanceof Error && 'statusCode' in error ? error.statusCode : null
}
