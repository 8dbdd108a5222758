import { EnvironmentError } from '../environment.ts'

/** So long may nothing happen in real time before somebody looks. What is simulated takes milliseconds. */
const LOOK_MS = 5_000

/**
 * Waits for an action in virtual time, as long as anything goes on in it: a wait that nothing can end costs its scenario alone.
 * @param progress moves with every byte that travels and every moment that passes
 * @param settle lets everything run that can
 * @throws {EnvironmentError} nothing goes on, and the action is not done
 */
export async function unlessStuck<Result>(
  action: Promise<Result>,
  progress: () => number,
  settle: () => Promise<void>,
): Promise<Result> {
  let seen = progress()
  let look: NodeJS.Timeout | undefined
  const stuck = new Promise<never>((_, reject) => {
    look = setInterval(async () => {
      await settle()
      if (progress() === seen) reject(new EnvironmentError(STUCK, REMEDY))
      seen = progress()
    }, LOOK_MS)
  })
  try {
    return await Promise.race([action, stuck])
  } finally {
    clearInterval(look)
  }
}

const STUCK = 'Failed to carry a request to its end: every hop waits for another one, and no timeout ends it.'
const REMEDY = 'Run the scenario on "sandbox" to see what the real programs do, and report it with the scenario file.'
