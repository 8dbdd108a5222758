import { expect, it } from 'vitest'
import { describeTier } from '../../vitest/describe-tier.ts'
import type { ConformanceCase } from '../conformance/case.ts'
import { generatePattern, generateSubject } from '../conformance/generate-pattern.ts'
import { Random } from '../conformance/random.ts'
import { Recorder } from '../conformance/recorder.ts'
import { runCase } from '../conformance/run-case.ts'
import { compileRegex, type Regex } from './regex.ts'

const PATTERNS = 60
const SUBJECTS = 6

await describeTier('nginx', 'generated patterns on generated texts', () => {
  it.each([1, 2, 3])('seed %i: the model matches and captures what the real nginx does', async (seed) => {
    await using recorder = new Recorder()
    const comparisons = await runCase(generatedCase(new Random(seed)), recorder, { a: 1, b: 1, c: 1, dead: 1 })
    // What calls groups without end is left to PCRE.
    const decided = comparisons.filter(({ model }) => model !== 'refused')
    expect(decided.length).toBeGreaterThan(0.9 * PATTERNS * SUBJECTS)
    expect(decided.map(({ request, model }) => [request, model])).toEqual(
      decided.map(({ request, nginx }) => [request, nginx]),
    )
  })
})

/** A map for each pattern, and requests that choose one of them: their URIs are the texts. */
function generatedCase(random: Random): ConformanceCase {
  const regexes: Regex[] = []
  while (regexes.length < PATTERNS) {
    const result = compileRegex(generatePattern(random), random.once(4))
    if (result.kind === 'ok') regexes.push(result.regex)
  }
  const site = [
    'map $arg_number $found {',
    ...regexes.map((_, number) => `${number} $found${number};`),
    '}',
    ...regexes.map(mapOf),
    'server { listen $LISTEN; location / { return 200 $found; } }',
  ]
  const requests = regexes.flatMap((_, number) =>
    random.list(SUBJECTS, () => ({ target: `/${percentEncoded(generateSubject(random))}?number=${number}` })),
  )
  return { name: 'generated', site: site.join('\n'), requests }
}

/** What a pattern finds in the URI, group by group. */
function mapOf({ pattern, caseless, names }: Regex, number: number): string {
  const quoted = pattern.replaceAll('\\', '\\\\').replaceAll('"', '\\"')
  const groups = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((group) => `$${group}`)
  const named = names.map(({ name }) => `\${${name}}`)
  return `map $uri $found${number} { "~${caseless ? '*' : ''}${quoted}" "[${[...groups, ...named].join('][')}]"; default no; }`
}

function percentEncoded(bytes: string): string {
  return bytes.replace(/[^a-zA-Z]/g, (char) => `%${char.charCodeAt(0).toString(16).padStart(2, '0')}`)
}
