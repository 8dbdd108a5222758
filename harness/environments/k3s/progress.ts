import type { OnProgress } from '../kubernetes/wait-until.ts'

/** On a terminal, how often what is waited for is told again; elsewhere a line a phase is enough. */
const TERMINAL_PAUSE_MS = 200

interface ToldProgress {
  readonly tell: OnProgress
  /** Says something that stays. */
  readonly note: (text: string) => void
  readonly end: () => void
}

/**
 * Tells people on stderr what is waited for, and for how long by now: one line that is written over on a terminal, a plain line
 * for each phase in CI.
 */
export function tellProgress(stream: NodeJS.WriteStream = process.stderr): ToldProgress {
  const startedMs = performance.now()
  let told = ''
  let toldAtMs = Number.NEGATIVE_INFINITY
  const elapsed = (): string => `${Math.round((performance.now() - startedMs) / 1000)} s`
  return {
    tell: ({ phase, waitsFor }) => {
      if (stream.isTTY) {
        if (performance.now() - toldAtMs < TERMINAL_PAUSE_MS) return
        toldAtMs = performance.now()
        stream.write(`\r\x1b[Kk3s ${phase}, ${elapsed()}: ${waitsFor}`)
        told = phase
      } else if (phase !== told) {
        stream.write(`k3s ${phase}, ${elapsed()}: ${waitsFor}\n`)
        told = phase
      }
    },
    note: (text) => void stream.write(`${stream.isTTY ? '\r\x1b[K' : ''}k3s: ${text}\n`),
    end: () => {
      if (stream.isTTY && told !== '') stream.write('\r\x1b[K')
    },
  }
}
