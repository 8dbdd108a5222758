import { EnvironmentError } from '../../environments/environment.ts'
import { type ClusterOnEngine, clustersOn } from '../../environments/k3s/containers.ts'
import { connectEngine } from '../../environments/k3s/engine.ts'
import { type Cleared, clear, keep } from '../../environments/k3s/keep.ts'
import { type KeptCluster, kept, usedText } from '../../environments/k3s/kept.ts'
import { KEPT, ownerText } from '../../environments/k3s/owner.ts'
import { tellProgress } from '../../environments/k3s/progress.ts'
import { orAborted } from '../../environments/or-aborted.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { watchSignals } from '../interrupt.ts'
import { complain } from '../terminal.ts'

export type EnvAction = 'up' | 'down' | 'status' | 'kubeconfig'

/** `chain env`: the k3s cluster that is kept for later runs of any process. */
export async function env(action: EnvAction, { all }: { readonly all: boolean }): Promise<ExitCode> {
  using interrupt = watchSignals()
  const told = await tried((tell) => ACTIONS[action](tell, interrupt.signal, all), interrupt.signal)
  if (interrupt.by !== null) return EXIT[interrupt.by]
  if (told === null) return EXIT.environment
  process.stdout.write(`${told}\n`)
  return EXIT.passed
}

/** Starts the cluster that outlives a run, where there is none yet. False where that cannot be, and why has been said, or where the signal came first. */
export async function keepCluster(signal: AbortSignal): Promise<boolean> {
  return (await tried((tell) => keep(tell, signal), signal)) !== null
}

/** Null where it failed, and why has been said, or where the signal came first. */
async function tried<Result>(action: (tell: Tell) => Promise<Result>, signal: AbortSignal): Promise<Result | null> {
  const progress = tellProgress()
  try {
    return await action(progress.tell)
  } catch (error) {
    if (signal.aborted) return null
    if (!(error instanceof EnvironmentError)) throw error
    complain(`${error.message} ${error.remedy}`)
    return null
  } finally {
    progress.end()
  }
}

type Tell = ReturnType<typeof tellProgress>['tell']

type Act = (tell: Tell, signal: AbortSignal, all: boolean) => Promise<string>

const ACTIONS: Readonly<Record<EnvAction, Act>> = {
  up: async (tell, signal) =>
    `k3s: up since ${(await keep(tell, signal)).startedAt}, for every run until "chain env down"; to look inside: chain env kubeconfig > FILE, kubectl --kubeconfig FILE get pods -A`,
  down: async (tell, signal, all) => `k3s: ${clearedText(await orAborted(clear(tell, all, signal), signal))}`,
  status: async (_tell, signal) => {
    const found = await orAborted(kept(), signal)
    const clusters = await orAborted(connectEngine().then(clustersOn), signal)
    const others = clusters.filter(({ id }) => id !== found?.id).map(otherText)
    return [keptText(found), ...others].join('\n')
  },
  kubeconfig: (_tell, signal) => orAborted(kubeConfig(), signal),
}

function keptText(found: KeptCluster | null): string {
  if (found === null) return 'k3s: no cluster is kept; "chain env up" starts one'
  const use = found.usedBy === null ? 'nobody uses it' : `it ${usedText(found.usedBy)}`
  return `k3s: up since ${found.startedAt} (${found.id}): ${use}`
}

/** A cluster that is not the one kept: whose it is, since when, and what may be done. */
function otherText({ id, owner, startedAt, isLeftover }: ClusterOnEngine): string {
  const use = owner === KEPT ? 'being started or ended' : `in use by ${ownerText(owner)}`
  const what = isLeftover ? 'left behind, "chain env down" ends it' : `${use}, "chain env down --all" ends it`
  return `k3s: another since ${startedAt} (${id}): ${what}`
}

/** A kubeconfig, which may be the whole of standard output. @throws {EnvironmentError} no cluster is kept */
async function kubeConfig(): Promise<string> {
  const found = await kept()
  if (found !== null) return found.kubeConfig.trimEnd()
  throw new EnvironmentError('Failed to give a kubeconfig: no cluster is kept.', 'Start one: chain env up.')
}

function clearedText({ clusters, images, others }: Cleared): string {
  const rest =
    others === 0
      ? ''
      : `; ${others} of others ${others === 1 ? 'goes' : 'go'} on, and "chain env down --all" ends ${others === 1 ? 'it' : 'them'}`
  return endedText({ clusters, images }) + rest
}

function endedText({ clusters, images }: Pick<Cleared, 'clusters' | 'images'>): string {
  if (clusters + images === 0) return 'there was nothing to end'
  const ended = clusters === 1 ? 'a cluster ended' : `${clusters} clusters ended`
  const removed =
    images === 1 ? 'an image of an older build was removed' : `${images} images of older builds were removed`
  return [...(clusters > 0 ? [ended] : []), ...(images > 0 ? [removed] : [])].join(', ')
}
