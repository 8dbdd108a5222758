import { expect, test } from 'vitest'
import { Source } from '../../diagnostics/source.ts'
import { describeTier } from '../../vitest/describe-tier.ts'
import { compileSite } from '../compile-site.ts'
import { loadSiteFile } from '../load-site-file.ts'
import { placed } from './case.ts'
import { generateSite, siteText } from './generate-site.ts'
import { mutateSite } from './mutate-site.ts'
import { judge } from './nginx-judge.ts'
import { Random } from './random.ts'

const PLACES = { listen: 8080, a: 8081, b: 8082, c: 8083, dead: 8084, files: '/nowhere' }
const SITES = 150

await describeTier('nginx', 'sites with a mistake in them', () => {
  test.each(Array.from({ length: SITES }, (_, seed) => [seed]))(
    'seed %i: the model takes what nginx -t takes, and nothing else',
    (seed) => {
      const random = new Random(seed)
      const text = placed(siteText(mutateSite(random, generateSite(random), 1 + random.below(2))), PLACES)
      const { wrong, refused } = verdictOn(text)
      const complaint = judge(text)
      // A refusal is no answer, so that it needs no reason of nginx's.
      if (complaint === null) expect({ text, wrong }).toEqual({ text, wrong: [] })
      else if (!refused)
        expect({ text, complaint, isWrong: wrong.length > 0 }).toEqual({ text, complaint, isWrong: true })
    },
  )
})

function verdictOn(text: string): { readonly wrong: readonly string[]; readonly refused: boolean } {
  const loaded = loadSiteFile(new Source('site', text), new Map())
  const world = { resolve: (host: string) => (host === 'localhost' ? ['127.0.0.1'] : []) }
  const compiled = loaded.site === null ? null : compileSite(loaded.site, world)
  const errors = [...loaded.diagnostics, ...(compiled?.diagnostics ?? [])].filter(
    ({ severity }) => severity === 'error',
  )
  return {
    wrong: errors.map(({ message }) => message),
    refused: [...loaded.refused, ...(compiled?.refused ?? [])].length > 0,
  }
}
