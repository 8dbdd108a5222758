import pc from 'picocolors'
import type { VersionChange } from '../diagnose/version-changes.ts'
import { printable } from '../diagnostics/render.ts'
import { formatSpan } from '../diagnostics/span.ts'
import { type RuleName, VERSION_RULES } from '../nginx/versions.ts'
import type { ChangedGroup, ChangedRequest, Upgrade } from '../runner/upgrade.ts'

/** Of what many requests share, a few say enough. */
const MAX_CHANGES = 6
const MAX_REQUESTS = 4
const MAX_TEXT = 60

/** What another version of nginx changes for a suite, for people; ends with a line break. */
export function renderUpgrade(upgrade: Upgrade, { color }: { readonly color: boolean }): string {
  const { bold, dim, cyan, red, green } = pc.createColors(color)
  const { from, to, scenarios, leftOut, requests, groups, verdicts } = upgrade
  const left = leftOut === 0 ? '' : ` (${count(leftOut, 'scenario')} about versions left out)`
  const head = `${bold(`From nginx ${from} to ${to}`)}: ${count(requests, 'request')} of ${count(scenarios, 'scenario')}${left}`
  const group = ({ rules, changes, requests: changed }: ChangedGroup): string =>
    [
      `  ${bold(count(changed.length, 'request'))}`,
      ...rules.flatMap((name) => ruleLines(name, from, to).map((line) => `    ${line}`)),
      ...shown(changes, MAX_CHANGES, (change) => `      ${changeText(change)}`, 'change'),
      ...shown(
        atDistinctPlaces(changed),
        MAX_REQUESTS,
        ({ title, span }) => `      ${dim(printable(title))}  ${cyan(formatSpan(span))}`,
        'step',
      ),
    ].join('\n')
  const verdict = verdicts.map(({ name, source, before, after, because }) => {
    const paint = after === 'pass' ? green : red
    const why = because === null ? '' : `\n      ${printable(because)}`
    return `  ${paint(`${before} → ${after}`)}  ${printable(name)}  ${cyan(source.file)}${why}`
  })
  const touched = groups.reduce((sum, { requests: changed }) => sum + changed.length, 0)
  return `${[
    head,
    ...groups.map(group),
    ...(verdict.length === 0
      ? []
      : [
          `${bold(`${count(verdict.length, 'scenario')} ${verdict.length === 1 ? 'ends' : 'end'} otherwise`)}\n${verdict.join('\n')}`,
        ]),
    endText(touched, requests, verdict.length),
  ].join('\n\n')}\n`
}

function endText(touched: number, requests: number, verdicts: number): string {
  if (touched + verdicts === 0) return 'Nothing changes for this suite.'
  const rest = requests - touched
  const others = rest === 0 ? '' : ` ${count(rest, 'other request')} ${rest === 1 ? 'goes' : 'go'} as before.`
  return `nginx does something else with ${count(touched, 'request')}; ${verdicts === 0 ? 'every scenario ends as before' : `${count(verdicts, 'scenario')} ${verdicts === 1 ? 'ends' : 'end'} otherwise`}.${others}`
}

/** The rule as a sentence in the direction of the change. */
function ruleLines(name: RuleName, from: string, to: string): string[] {
  const { since, does, did } = VERSION_RULES[name]
  const isUpgrade = from.localeCompare(to, 'en', { numeric: true }) < 0
  const [now, then] = isUpgrade ? [does, did] : [did, does]
  return [`nginx ${now}`, `where ${from} ${then}  (since ${since})`]
}

/** One change in a line, as `upstream gets HTTP version: 1.0 → 1.1`. */
export function changeText({ where, what, before, after }: VersionChange): string {
  return `${where === 'sent' ? 'upstream gets' : 'client gets'} ${what}: ${valueText(before)} → ${valueText(after)}`
}

function valueText(value: string | null): string {
  if (value === null) return 'none'
  return printable(value.length > MAX_TEXT ? `${value.slice(0, MAX_TEXT)}…` : value) || '""'
}

function shown<Item>(items: readonly Item[], max: number, text: (item: Item) => string, what: string): string[] {
  const rest = items.length - max
  return [...items.slice(0, max).map(text), ...(rest > 0 ? [`      and ${count(rest, `more ${what}`)}`] : [])]
}

/** A step runs once for each variant and row of examples. */
function atDistinctPlaces(requests: readonly ChangedRequest[]): ChangedRequest[] {
  return [...new Map(requests.map((one) => [formatSpan(one.span), one])).values()]
}

function count(number: number, what: string): string {
  return `${number.toLocaleString('en')} ${what}${number === 1 ? '' : 's'}`
}
