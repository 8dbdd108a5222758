import { aboutEvidence } from '../environments/evidence-names.ts'
import { renderRun, whichRun } from '../reporters/failure.ts'
import { headlineOf } from '../reporters/headline.ts'
import type { FailedRun } from '../runner/failed-run.ts'
import { INDEX_TITLE } from './evidence-target.ts'

/** A failure of which something was saved, and the name of its folder. */
export interface Saved {
  readonly folder: string
  readonly failed: FailedRun
}

/** The first page of a run's folder: what each of its folders is about. */
export function runIndex(saved: readonly Saved[], left: number, seed: number): string {
  const entries = saved.map(
    ({ folder, failed }) => `${folder}/\n  ${titleOf(failed)}\n  ${headlineOf(whole(failed))}\n`,
  )
  return [
    `${INDEX_TITLE}, seed ${seed}`,
    'Secrets are masked: *** stands where one was.',
    '',
    ...entries,
    ...(left === 0 ? [] : [`Of ${left} more failures nothing was saved.`]),
    '',
  ].join('\n')
}

/** The first page of a scenario's folder: what failed, how to repeat it, what each file is. */
export function scenarioIndex(failed: FailedRun, files: readonly string[], seed: number): string {
  const { scenario, environment } = failed
  const width = Math.max(...files.map((file) => file.length))
  return [
    titleOf(failed),
    '',
    renderRun({ ...scenario, environment }, whole(failed), { color: false }),
    '',
    'Repeat it:',
    `  npx chain run ${quoted(scenario.source.file)} --env ${environment} --seed ${seed}`,
    '',
    'Files:',
    ...files.map((file) => `  ${file.padEnd(width)}  ${aboutEvidence(file)}`.trimEnd()),
    '',
  ].join('\n')
}

function titleOf({ scenario, environment, run }: FailedRun): string {
  return `${scenario.name}${whichRun(run)}, on ${environment} (${scenario.source.file})`
}

function whole({ run }: FailedRun) {
  return { ...run, evidence: null }
}

/** For a shell, where it has to be. */
function quoted(word: string): string {
  return /^[\w./@+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
