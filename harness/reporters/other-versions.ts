import pc from 'picocolors'
import { VERSION_RULES } from '../nginx/versions.ts'
import type { OtherVersion } from '../runner/other-versions.ts'
import { changeText } from './upgrade.ts'

/** What other versions of nginx do otherwise with a request, for people; empty where none does. */
export function renderOtherVersions(
  others: readonly OtherVersion[],
  version: string,
  { color }: { readonly color: boolean },
): string {
  if (others.length === 0) return ''
  const { bold, dim } = pc.createColors(color)
  const lines = others.flatMap(({ rule, holds, changes }) => {
    const { since, does, did } = VERSION_RULES[rule]
    const which = holds ? `before ${since}` : `since ${since}`
    return [
      `  ${bold(`nginx ${which}`)}  ${holds ? did : does}`,
      ...changes.map((change) => `    ${dim(changeText(change))}`),
    ]
  })
  return `\nThis is nginx ${version}. Other versions do otherwise with this request:\n${lines.join('\n')}\n`
}
