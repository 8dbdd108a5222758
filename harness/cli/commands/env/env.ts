import { EnvironmentError } from '../../../environments/environment.ts'
import { clusterLogs } from '../../../environments/k3s/cluster-logs.ts'
import { type ClusterOnEngine, clustersOn } from '../../../environments/k3s/containers.ts'
import { connectEngine } from '../../../environments/k3s/engine.ts'
import { findCluster } from '../../../environments/k3s/find-cluster.ts'
import { type Cleared, clear, keep } from '../../../environments/k3s/keep.ts'
import { type KeptCluster, kept, usedText } from '../../../environments/k3s/kept.ts'
import { kubeConfigOf } from '../../../environments/k3s/kube-config.ts'
import type { LogPart } from '../../../environments/k3s/log-parts.ts'
import { KEPT, ownerText } from '../../../environments/k3s/owner.ts'
import { tellProgress } from '../../../environments/k3s/progress.ts'
import { orAborted } from '../../../environments/or-aborted.ts'
import { maskLog } from '../../../secrets/mask-log.ts'
import { EXIT, type ExitCode } from '../../exit-codes.ts'
import { watchSignals } from '../../interrupt.ts'
import { complain, printableLines } from '../../terminal.ts'

/** What can be asked of the cluster that is kept; `kubeconfig` and `logs` of any cluster on the engine, by its id. */
export type EnvAction =
  | { readonly action: 'up' | 'status' }
  | { readonly action: 'down'; readonly all: boolean }
  | { readonly action: 'kubeconfig'; readonly id: string | null }
  | { readonly action: 'logs'; readonly id: string | null; readonly parts: readonly LogPart[]; readonly tail: number }

/** `chain env`: the k3s cluster that is kept for later runs of any process. */
export async function env(asked: EnvAction): Promise<ExitCode> {
  using interrupt = watchSignals()
  const told = await tried((tell) => act(asked, tell, interrupt.signal), interrupt.signal)
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

/** Carries it out. @returns what it came to, which may be the whole of standard output */
async function act(asked: EnvAction, tell: Tell, signal: AbortSignal): Promise<string> {
  switch (asked.action) {
    case 'up':
      return `k3s: up since ${(await keep(tell, signal)).startedAt}, for every run until "chain env down"; to look inside: chain env kubeconfig > k3s.yaml, kubectl --kubeconfig k3s.yaml get pods -A`
    case 'down':
      return `k3s: ${clearedText(await orAborted(clear(tell, asked.all, signal), signal))}`
    case 'status':
      return orAborted(statusText(), signal)
    case 'kubeconfig':
      return orAborted(kubeConfigText(asked.id), signal)
    case 'logs':
      return orAborted(logsText(asked), signal)
  }
}

async function statusText(): Promise<string> {
  const found = await kept()
  const clusters = await clustersOn(await connectEngine())
  return [keptText(found), ...clusters.filter(({ id }) => id !== found?.id).map(otherText)].join('\n')
}

function keptText(found: KeptCluster | null): string {
  if (found === null) return 'k3s: no cluster is kept; "chain env up" starts one'
  const use = found.usedBy === null ? 'nobody uses it' : `it ${usedText(found.usedBy)}`
  return `k3s: up since ${found.startedAt} (${found.id}): ${use}`
}

/** A cluster that is not the one kept: whose it is, since when, and what may be done. */
function otherText({ id, owner, startedAt, isLeftover }: ClusterOnEngine): string {
  if (isLeftover) return `k3s: another since ${startedAt} (${id}): left behind, "chain env down" ends it`
  if (owner === KEPT) return `k3s: another since ${startedAt} (${id}): not complete, "chain env down" ends it`
  const use = `in use by ${ownerText(owner)}, "chain env down --all" ends it`
  return `k3s: another since ${startedAt} (${id}): ${use}`
}

/** @throws {EnvironmentError} there is no such cluster */
async function kubeConfigText(id: string | null): Promise<string> {
  const engine = await connectEngine()
  const cluster = await findCluster(engine, id, 'give a kubeconfig')
  return (await kubeConfigOf(engine, cluster.get('node'))).trimEnd()
}

/** Each log under its title, as tail(1) shows several files; secrets masked. @throws {EnvironmentError} there is no such cluster */
async function logsText({ id, parts, tail }: EnvAction & { readonly action: 'logs' }): Promise<string> {
  const engine = await connectEngine()
  const cluster = await findCluster(engine, id, 'read logs')
  const logs = await clusterLogs(engine, cluster, parts, tail)
  return logs.map(({ title, text }) => `==> ${title} <==\n${printableLines(maskLog(text, []))}`.trimEnd()).join('\n\n')
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
