import { EnvironmentError } from '../../environments/environment.ts'
import { tellProgress } from '../../environments/k3s/progress.ts'
import { down, status, up } from '../../environments/k3s/warm.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { complain } from '../terminal.ts'

/** `chain env`: the k3s cluster that is kept for later runs of any process. */
export async function env(action: 'up' | 'down' | 'status'): Promise<ExitCode> {
  const told = await tried(ACTIONS[action])
  if (told === null) return EXIT.environment
  process.stdout.write(`${told}\n`)
  return EXIT.passed
}

/** Starts the cluster that outlives a run, where there is none yet. False where that cannot be; why has been said. */
export async function keepCluster(): Promise<boolean> {
  return (await tried(up)) !== null
}

/** Null where it failed; why has been said. */
async function tried<Result>(action: (tell: Tell) => Promise<Result>): Promise<Result | null> {
  const progress = tellProgress()
  try {
    return await action(progress.tell)
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error
    complain(`${error.message} ${error.remedy}`)
    return null
  } finally {
    progress.end()
  }
}

type Tell = ReturnType<typeof tellProgress>['tell']

const ACTIONS: Readonly<Record<'up' | 'down' | 'status', (tell: Tell) => Promise<string>>> = {
  up: async (tell) => `k3s: up since ${(await up(tell)).startedAt}, for every run until "chain env down"`,
  down: async (tell) => {
    const ended = await down(tell)
    return ended === 0
      ? 'k3s: there was nothing to end'
      : `k3s: ${ended === 1 ? 'a cluster' : `${ended} clusters`} ended`
  },
  status: async () => {
    const found = await status()
    if (found === null) return 'k3s: no cluster is kept; "chain env up" starts one'
    return `k3s: up since ${found.startedAt} (${found.id})`
  },
}
