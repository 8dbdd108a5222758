import pc from 'picocolors'
import { explainTrace } from '../diagnose/explain.ts'
import { printable, type RenderOptions } from '../diagnostics/render.ts'
import type { ScenarioResult, ScenarioRun } from '../runner/result.ts'
import { maskNames, maskText, secretsOf } from '../secrets/mask.ts'
import { renderLines } from './explanation.ts'
import { whichRun } from './failure.ts'

/** What each step of a variant and row that passed showed at every hop: for `--verbose`, which keeps the traces. */
export function renderPassed(
  { name, environment }: Pick<ScenarioResult, 'name' | 'environment'>,
  run: ScenarioRun,
  options: RenderOptions,
): string {
  const { bold, green, dim } = pc.createColors(options.color)
  const { file, line } = run.span
  const named = bold(printable(maskNames(name)))
  const title = `${green(bold('PASS'))} ${printable(`${file}:${line}`)} ${named}${printable(whichRun(run))} ${dim(`on ${environment}`)}`
  const steps = run.steps.map((step) => {
    const head = `  ${dim(`${step.span.line}:`)} ${bold(printable(maskNames(step.title)))}`
    if (step.trace === null) return maskText(head, run.secrets)
    const text = `${head}\n${renderLines(explainTrace(step.trace), options)}`
    return maskText(text, [...run.secrets, ...secretsOf(step.trace)])
  })
  return [title, ...steps].join('\n\n')
}
