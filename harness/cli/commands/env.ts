import { EnvironmentError } from '../../environments/environment.ts'
import { type Cleared, clear, keep } from '../../environments/k3s/keep.ts'
import { tellProgress } from '../../environments/k3s/progress.ts'
import { status } from '../../environments/k3s/warm.ts'
import { orAborted } from '../../environments/or-aborted.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { watchSignals } from '../interrupt.ts'
import { complain } from '../terminal.ts'

/** `chain env`: the k3s cluster that is kept for later runs of any process. */
export async function env(action: 'up' | 'down' | 'status'): Promise<ExitCode> {
  using interrupt = watchSignals()
  const told = await tried((tell) => ACTIONS[action](tell, interrupt.signal), interrupt.signal)
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

const ACTIONS: Readonly<Record<'up' | 'down' | 'status', (tell: Tell, signal: AbortSignal) => Promise<string>>> = {
  up: async (tell, signal) =>
    `k3s: up since ${(await keep(tell, signal)).startedAt}, for every run until "chain env down"`,
  down: async (tell, signal) => `k3s: ${clearedText(await orAborted(clear(tell), signal))}`,
  status: async (_tell, signal) => {
    const found = await orAborted(status(), signal)
    if (found === null) return 'k3s: no cluster is kept; "chain env up" starts one'
    return `k3s: up since ${found.startedAt} (${found.id})`
  },
}

function clearedText({ clusters, images }: Cleared): string {
  if (clusters + images === 0) return 'there was nothing to end'
  const ended = clusters === 1 ? 'a cluster ended' : `${clusters} clusters ended`
  const removed =
    images === 1 ? 'an image of an older build was removed' : `${images} images of older builds were removed`
  return [...(clusters > 0 ? [ended] : []), ...(images > 0 ? [removed] : [])].join(', ')
}
