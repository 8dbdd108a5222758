import { describe, expect, test } from 'vitest'
import { Source } from '../diagnostics/source.ts'
import { compileSite } from './compile-site.ts'
import { recordedCases } from './conformance/recorded.ts'
import { loadSiteFile } from './load-site-file.ts'
import { DIRECTIVES } from './modules.ts'
import { versionTable } from './version-table.ts'
import {
  compareVersions,
  DIRECTIVE_VERSIONS,
  hasDirective,
  RULE_NAMES,
  releaseOf,
  rulesBetween,
  rulesOf,
  VERSION_RULES,
} from './versions.ts'

test.each([
  ['1.24', '1.24.0'],
  ['1.22', '1.22.1'],
  ['1.29.3', '1.29.3'],
  ['1.31', '1.31.4'],
  ['1.17', null],
  ['1.32', null],
  ['1.31.9', null],
  ['1.24.0-1', null],
  ['newest', null],
  ['', null],
])('%s means %s', (written, release) => {
  expect(releaseOf(written)).toBe(release)
})

test.each([
  ['upstreamHttp11ByDefault', '1.29.6', '1.29.7'],
  ['repeatedHeadersJoined', '1.22.1', '1.23.0'],
  ['hostAlwaysSent', '1.31.3', '1.31.4'],
  ['headersCounted', '1.22.0', '1.22.1'],
] as const)('%s holds after %s and from %s on', (rule, before, since) => {
  expect([rulesOf(before)[rule], rulesOf(since)[rule]]).toEqual([false, true])
})

test('a rule that was carried over to a branch does not hold in the next one by that', () => {
  expect(rulesOf('1.24.0').headersCounted).toBe(false)
})

test('what lies between two versions is told in the order of the table, both ways', () => {
  const [old, newer] = [rulesOf('1.28'), rulesOf('1.29.4')]
  expect(rulesBetween(old, newer)).toEqual(rulesBetween(newer, old))
  expect(rulesBetween(rulesOf('1.27.5'), rulesOf('1.28.3'))).toEqual([])
})

test.each([
  ['http2', '1.25.0', false],
  ['http2', '1.25.1', true],
  ['ssl', '1.25.0', true],
  ['ssl', '1.25.1', false],
  ['proxy_pass', '1.18.0', true],
])('directive %s in %s: %s', (name, version, known) => {
  expect(hasDirective(version, name)).toBe(known)
})

test.each([
  ['', null],
  ['zone a 64k;', 'no resolver defined to resolve names at run time in upstream "a"'],
  ['zone a 64k; resolver 127.0.0.1;', null],
])('a name that is looked up while nginx runs wants a zone and a resolver: %s', (lines, problem) => {
  const zone = 'resolving names at run time requires upstream "a" to be in shared memory'
  const site = `upstream a { ${lines} server app.example resolve; }`
  expect(problemsOf(site, '1.30')).toEqual([lines === '' ? zone : problem].filter((one) => one !== null))
})

test.each([
  ['server 10.0.0.1 resolve', '1.27.3', null],
  ['server 10.0.0.1 resolve', '1.27.2', 'invalid parameter "resolve"'],
  ['resolver 10.0.0.1; server 10.0.0.1', '1.27.2', '"resolver" directive is not allowed here'],
  ['server 10.0.0.1 service=a', '1.30.4', 'service upstream "10.0.0.1" requires "resolve" parameter'],
  ['server 10.0.0.1 service= resolve', '1.30.4', 'service is empty'],
  ['server 10.0.0.1:80 service=a resolve', '1.30.4', 'service upstream "10.0.0.1:80" may not have port'],
  ['server 10.0.0.1 service=a resolve', '1.30.4', 'service upstream "10.0.0.1" requires domain name'],
])('an upstream with "%s" in %s', (lines, version, problem) => {
  expect(problemsOf(`upstream a { ${lines}; }`, version)).toEqual(problem === null ? [] : [problem])
})

function problemsOf(site: string, version: string): string[] {
  const { site: file, diagnostics } = loadSiteFile(
    new Source('nginx.conf', site),
    new Map(),
    rulesOf(releaseOf(version) ?? ''),
  )
  const compiled = file === null ? diagnostics : compileSite(file, { resolve: () => [] }).diagnostics
  return compiled.map(({ message }) => message)
}

describe('the table', () => {
  test('is a page of the guide', async () => {
    await expect(versionTable()).toMatchFileSnapshot('../../docs/guide/nginx-versions.md')
  })

  test('is in the order of time', () => {
    const since = RULE_NAMES.map((name) => VERSION_RULES[name].since)
    expect(since).toEqual(since.toSorted(compareVersions))
  })

  test('names directives of the directive table', () => {
    const missing = Object.keys(DIRECTIVE_VERSIONS).filter((name) => !DIRECTIVES.names.includes(name))
    expect(missing).toEqual([])
  })

  test('names recorded cases that are there', () => {
    const names = new Set(recordedCases().map(({ name }) => name))
    const missing = RULE_NAMES.map((name) => VERSION_RULES[name].shownBy).filter(
      (name) => name !== null && !names.has(name),
    )
    expect(missing).toEqual([])
  })
})

describe('a site file in two versions', () => {
  const problems = (lines: string, version: string): string[] => {
    const text = `server { listen 80; ${lines} location / { return 200; } }`
    const { diagnostics } = loadSiteFile(new Source('nginx.conf', text), new Map(), rulesOf(version))
    return diagnostics.map(({ message }) => message)
  }

  test.each([
    ['http2 on;', '1.25.0', '1.25.1', 'unknown directive "http2"'],
    ['early_hints $http_x;', '1.28.3', '1.29.0', 'unknown directive "early_hints"'],
    ['proxy_http_version 2;', '1.29.3', '1.29.4', 'invalid value "2"'],
  ])('%s is refused by %s and taken by %s', (lines, before, since, message) => {
    expect([problems(lines, before), problems(lines, since)]).toEqual([[message], []])
  })
})
