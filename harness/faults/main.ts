import { DOUBLE_FAULTS, type Fault, SINGLE_FAULTS } from './faults.ts'
import { ONE_LINE_FAULTS } from './one-line-faults.ts'
import { type Scored, scoreFault } from './score.ts'

/** Prints how often blame names the right hop and the right line, and where it does not. */
async function main(): Promise<void> {
  for (const [what, faults] of [
    ['single faults', SINGLE_FAULTS],
    ['double faults', DOUBLE_FAULTS],
    ['faults of one line', ONE_LINE_FAULTS],
  ] as const) {
    const scored = await scoreAll(faults)
    for (const one of scored) if (!one.isHopRight || !one.isLineRight) print(missText(one))
    const hops = scored.filter(({ isHopRight }) => isHopRight).length
    const lines = scored.filter(({ isLineRight }) => isLineRight).length
    print(`${faults.length} ${what}: the hop is right in ${hops}, the line in ${lines}`)
  }
}

async function scoreAll(faults: readonly Fault[]): Promise<Scored[]> {
  const scored: Scored[] = []
  for (const fault of faults) scored.push(await scoreFault(fault))
  return scored
}

function missText({ fault, blame, line }: Scored): string {
  const said = blame === null ? 'nobody' : `${blame.service ?? blame.hop}: ${blame.because}`
  return `${fault.name}\n  to blame  ${fault.blame}: ${fault.line}\n  blamed    ${said}\n            ${line ?? 'no line'}`
}

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

await main()
