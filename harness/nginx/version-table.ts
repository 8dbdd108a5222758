import {
  COVERED,
  DEFAULT_VERSION,
  DIRECTIVE_VERSIONS,
  RULE_NAMES,
  VERSION_RULES,
  type VersionRule,
} from './versions.ts'

/** The table of versions as a page of the guide, the text of docs/guide/nginx-versions.md. */
export function versionTable(): string {
  const rules = RULE_NAMES.map((name) => ruleRow(VERSION_RULES[name]))
  const directives = Object.entries(DIRECTIVE_VERSIONS).map(
    ([name, { since, until, also }]) => `| \`${name}\` | ${since ?? ''}${alsoText(also)} | ${until ?? ''} |`,
  )
  return `${[
    INTRODUCTION,
    '## What nginx does otherwise',
    `| since | nginx now | before, it | source |\n|---|---|---|---|\n${rules.join('\n')}`,
    '## Directives that came and went',
    `| directive | since | until |\n|---|---|---|\n${directives.join('\n')}`,
    'Directives that are not in this list are known to every version. What nginx makes of each is in [nginx-directives.md](nginx-directives.md).',
  ].join('\n\n')}\n`
}

const INTRODUCTION = `# Versions of nginx

What the simulated nginx does by version, from ${COVERED.from} to ${COVERED.to}. A chain names its version: \`nginx: "1.30"\`. Without it, and
without a real nginx beside it, it is ${DEFAULT_VERSION}. Other versions are refused.

Ubuntu 22.04 has 1.18, Debian 12 1.22, Ubuntu 24.04 1.24, Debian 13 1.26. The tag \`stable\` of the official image is 1.30,
\`mainline\` is 1.31.

What nginx 1.22.1, 1.24.0, 1.26.3, 1.28.3, 1.29.3, 1.30.4 and 1.31.4 did with some hundred requests is recorded in
harness/nginx/conformance/recorded, and the model of each is held against it. Versions before 1.22 are read from nginx's CHANGES, and
not recorded.

\`chain check --nginx 1.22,1.30\` runs a suite with both and says with which requests nginx does something else, by which row of this
table, and which scenarios end otherwise; it exits with 1 where one that passed no longer does. \`chain explain\` ends with what other
versions would do otherwise with the request, where any would.

This page is written by \`versionTable()\` in harness/nginx; a test holds the two equal.`

function ruleRow({ since, also, does, did, source }: VersionRule): string {
  const cells = [`${since}${alsoText(also)}`, does, did, source]
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
}

/** Stable branches, and patches of distributions, that have it too. */
function alsoText(also: readonly string[] = []): string {
  return also.map((version) => ` (and ${version})`).join('')
}
