import type { FileResult } from './run-file.ts'
import type { TestFile } from './test-file.ts'

/** What came of the whole suite. */
export interface SuiteResult {
  readonly files: readonly TestFile[]
  readonly results: readonly FileResult[]
}

/** Files whose directives are modelled: they ran, and nothing was refused. */
export function modelledFiles({ results }: SuiteResult): readonly FileResult[] {
  return results.filter(({ refused, skipped }) => refused.length === 0 && skipped === null)
}

/** How many assertions such files have, and how many of them pass. */
export function sumOf(results: readonly FileResult[]): { readonly planned: number; readonly passed: number } {
  const sum = (of: (one: FileResult) => number): number => results.reduce((total, one) => total + of(one), 0)
  return { planned: sum(({ planned }) => planned), passed: sum(({ passed }) => passed) }
}

/** The page of docs/discoveries that says what nginx's own tests make of the model, file by file. */
export function suitePage(suite: SuiteResult): string {
  const modelled = modelledFiles(suite)
  const { planned, passed } = sumOf(modelled)
  const ran = suite.results.filter(({ skipped }) => skipped === null)
  const refused = ran.filter((one) => one.refused.length > 0)
  const skipped = suite.results.filter((one) => one.skipped !== null)
  const others = suite.files.filter(({ needs }) => needs.length > 0)
  return `# nginx's own tests

\`npm run nginx-tests -- --suite DIR --page\` writes this page. \`DIR\` is a checkout of [nginx-tests](https://github.com/nginx/nginx-tests).
Each file runs against \`harness/cli/nginx-stand-in.js\`, which takes nginx's command line and lets the model decide, by the rules of nginx 1.31.4.

The suite has ${suite.files.length} files. ${suite.results.length} of them need nothing but HTTP over plain TCP. In ${modelled.length} of these everything is modelled: ${passed} of
their ${planned} assertions pass (${percent(passed, planned)} %).

## Everything is modelled

| file | assertions | pass | what fails |
|---|---|---|---|
${modelled.map(modelledRow).join('\n')}

## The model or the stand-in refuses something

| file | what is refused |
|---|---|
${refused.map(({ name, refused: what }) => `| ${name} | ${cell(shortened(what))} |`).join('\n')}

## Files that skip themselves here

| file | why |
|---|---|
${skipped.map(({ name, skipped: why }) => `| ${name} | ${cell([why ?? ''])} |`).join('\n')}

## Files that need more than HTTP over plain TCP

They are not run.

| what they need | files |
|---|---|
${byNeed(others)}
`
}

function percent(part: number, whole: number): string {
  return whole === 0 ? '0' : ((100 * part) / whole).toFixed(1)
}

function modelledRow({ name, planned, passed, failures, faults }: FileResult): string {
  const missing = planned - passed - failures.length
  const ended = missing > 0 ? [`it ends before its last ${missing}`] : []
  return `| ${name} | ${planned} | ${passed} | ${cell([...failures, ...ended, ...faults])} |`
}

/** Each directive or variable once. */
function shortened(refused: readonly string[]): string[] {
  return [...new Set(refused.map((line) => line.replace(/ \(line \d+\)/, '')))]
}

function cell(texts: readonly string[]): string {
  return texts.join('; ').replaceAll('|', '\\|')
}

function byNeed(files: readonly TestFile[]): string {
  const groups = Map.groupBy(files, ({ needs }) => needs.join(', '))
  return [...groups]
    .toSorted(([, one], [, other]) => other.length - one.length)
    .map(([needs, group]) => `| ${cell([needs])} | ${group.map(({ name }) => name).join(', ')} |`)
    .join('\n')
}
