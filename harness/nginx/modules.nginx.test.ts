import { expect, test } from 'vitest'
import { Source } from '../diagnostics/source.ts'
import { describeTier } from '../vitest/describe-tier.ts'
import { judge } from './conformance/nginx-judge.ts'
import type { Context, Takes } from './core/directives/rule.ts'
import { loadSiteFile } from './load-site-file.ts'
import { MODULES } from './modules.ts'
import { DEFAULT_VERSION, hasDirective, isAllowedIn } from './versions.ts'

/** A value that a directive takes, whatever it means; null where its arguments are not of a kind that the table checks. */
const SAMPLES: Readonly<Record<Takes['kind'], (takes: Takes) => string | null>> = {
  text: () => null,
  flag: () => 'off',
  size: () => '64k',
  offset: () => '64k',
  time: () => '10s',
  seconds: () => '10s',
  number: ({ bounds }) => String(bounds?.[0] ?? 64),
  buffers: () => '8 64k',
  enum: ({ words }) => words?.[0] ?? null,
  set: ({ words }) => words?.[0] ?? null,
}

/** Their values have rules of their own, or they want a module that is not built in. */
const LEFT_OUT = /^(image_filter|geoip|xslt|gzip_window$|http2_recv_buffer_size$)/

const PLACES = {
  http: (lines) => lines,
  server: (lines) => `server {\n${lines}}\n`,
  location: (lines) => `server {\nlocation / {\n${lines}}\n}\n`,
  upstream: (lines) => `upstream u {\nserver 127.0.0.1;\n${lines}}\n`,
  'if in server': (lines) => `server {\nif ($uri) {\n${lines}}\n}\n`,
  'if in location': (lines) => `server {\nlocation / {\nif ($uri) {\n${lines}}\n}\n}\n`,
} satisfies Partial<Record<Context, (lines: string) => string>>

await describeTier('nginx', 'the table against nginx', () => {
  test.for(Object.entries(PLACES))('every directive with a value of its kind is taken in %s', ([context, place]) => {
    const lines = MODULES.flatMap(({ rows }) =>
      Object.entries(rows).flatMap(([name, [contexts, takes]]) => {
        const sample = SAMPLES[takes.kind](takes)
        if (sample === null || LEFT_OUT.test(name) || !hasDirective(DEFAULT_VERSION, name)) return []
        if (!isAllowedIn(DEFAULT_VERSION, name, context)) return []
        return contexts.some((allowed) => allowed === context) ? [`${name} ${sample};\n`] : []
      }),
    )
    expect(lines.length).toBeGreaterThan(1)
    const site = place(lines.join(''))
    expect(judge(site)).toBeNull()
    expect(loadSiteFile(new Source('site', site), new Map()).diagnostics).toEqual([])
  })
})
