import type { ClientRequest } from '../chain/client-request.ts'
import { whyNobodyListens } from '../diagnose/why-nobody-listens.ts'
import { EnvironmentError, EnvironmentGoneError, UnsupportedError, type World } from '../environments/environment.ts'
import { gapText } from '../environments/gap-text.ts'
import type { Trace } from '../trace/trace.ts'
import type { Answer } from './answer.ts'

/** What came of a request: the answer, and its trace where there is one. */
export interface Asked {
  readonly answer: Answer
  /** Null where the environment could not carry it. */
  readonly trace: Trace | null
}

/**
 * Sends a request through a chain. What keeps it from an answer is told to the client.
 * @throws {EnvironmentGoneError} no later request would do better
 */
export async function askWorld(world: World, request: ClientRequest): Promise<Asked> {
  try {
    const trace = await world.request(request)
    return { answer: await answerOf(world, request, trace), trace }
  } catch (error) {
    if (error instanceof UnsupportedError) return { answer: told(501, error.gaps.map(gapText).join('\n')), trace: null }
    if (!(error instanceof EnvironmentError) || error instanceof EnvironmentGoneError) throw error
    return { answer: told(502, `${error.message.replace(/\.?$/, '.')} ${error.remedy}`), trace: null }
  }
}

async function answerOf(world: World, { listener }: ClientRequest, { response, exchanges }: Trace): Promise<Answer> {
  if (response !== null) return { kind: 'response', response }
  if (exchanges.length > 0) return { kind: 'closed' }
  return told(502, `${capital(whyNobodyListens(listener, false, await world.listens()))}.`)
}

function told(status: number, sentence: string): Answer {
  return { kind: 'told', status, sentence }
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
