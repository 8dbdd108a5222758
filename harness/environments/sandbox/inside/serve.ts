import { flushCompileCache } from 'node:module'
import type { Hands, Order, Report } from '../protocol.ts'
import { enterBox } from './box.ts'
import { SandboxError } from './sandbox-error.ts'

// Mounting and loading code take about as long as each other, and one does not need the other.
const boxed = enterBox()
boxed.catch(() => undefined)
const { openInside } = await import('./inside.ts')
flushCompileCache()

try {
  await boxed
  serve(await openInside())
} catch (error) {
  process.stderr.write(error instanceof SandboxError ? error.message : String(error))
  process.exit(1)
}

/** Answers orders, one report for each. */
function serve(inside: Hands): void {
  process.on('message', async (order: Order) => {
    report(await carryOut(inside, order))
  })
  report({ kind: 'ready' })
}

async function carryOut(inside: Hands, { id, command, args }: Order): Promise<Report> {
  try {
    // `InsideProcess.call` has checked the arguments against the command.
    const hand: (...args: never[]) => Promise<unknown> = inside[command].bind(inside)
    return { kind: 'done', id, result: await hand(...(args as never[])) }
  } catch (error) {
    if (error instanceof SandboxError) return { kind: 'failed', id, message: error.message, remedy: error.remedy }
    return {
      kind: 'failed',
      id,
      message: error instanceof Error ? (error.stack ?? error.message) : String(error),
      remedy: null,
    }
  }
}

function report(message: Report): void {
  if (process.connected) process.send?.(message)
}
