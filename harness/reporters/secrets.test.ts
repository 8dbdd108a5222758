import { expect, test } from 'vitest'
import { expected, header } from '../runner/fixtures/expectations.ts'
import { flow } from '../runner/fixtures/flow.ts'
import type { ScenarioResult } from '../runner/result.ts'
import { resultOf, STATUS, step, written } from './fixtures.ts'
import { jsonReporter } from './json.ts'
import { junitReporter } from './junit.ts'
import { prettyReporter } from './pretty.ts'

const SECRET = 'hunter22-hunter22'
const AUTHORIZATION = ['Authorization', `Bearer ${SECRET}`] as const

const REPORTERS = { pretty: prettyReporter, json: jsonReporter, junit: junitReporter }

/** What each reporter writes of a result. */
function reportsOf(result: ScenarioResult): { name: string; text: string }[] {
  return Object.entries(REPORTERS).map(([name, reporterOf]) => ({
    name,
    text: written(reporterOf, [result]),
  }))
}

test('a row of examples shows no value that one of its steps sends as a secret', async () => {
  const row = { token: SECRET, session: 'c00kie-value', key: 'k3y-k3y-k3y', n: '41' }
  const secretly = [AUTHORIZATION, ['Cookie', 'sid=c00kie-value; a=b'], ['X-API-Key', 'k3y-k3y-k3y']] as const
  // The step that fails knows nothing of them.
  const steps = [step({}, { headers: secretly }), step({ status: STATUS })]
  const answers = flow({ status: 404 })
  const result = await resultOf(steps, { request: () => answers }, { examples: [row] })
  expect(result.verdict).toBe('fail')
  for (const { name, text } of reportsOf(result)) {
    expect(text, name).toContain('***')
    expect(text, name).toContain('41')
    expect(text, name).not.toMatch(/hunter22|c00kie-value|k3y-k3y/)
  }
})

test('a secret that begins with another one leaves no rest behind', async () => {
  const headers = [
    ['Cookie', 'a=hunter; b=hunterzz-rest; c=hunterzz'],
    ['X-API-Key', 'hunterzz-rest-of-it'],
  ] as const
  const echo = flow({ status: 404, headers, body: 'hunterzz-rest-of-it, hunterzz-rest, hunterzz, hunter' })
  const result = await resultOf([step({ status: STATUS }, { headers })], { request: () => echo })
  for (const { name, text } of reportsOf(result)) {
    expect(text, name).toContain('***')
    expect(text, name).not.toMatch(/hunter|zz|rest/)
  }
})

test('of cookies every report shows all but their values', async () => {
  const line = 'sid=s3ss10n-1d; Path=/radar; HttpOnly'
  const answered = flow({ headers: [['Cookie', 'theme=d4rk-m0de']], answerHeaders: [['Set-Cookie', line]] })
  const wanted = header('set-cookie', { kind: 'contains', text: 'sid=s3ss10n; Path=/public' })
  const result = await resultOf([step({ headers: [wanted] })], { request: () => answered })
  for (const { name, text } of reportsOf(result)) {
    expect(text.replaceAll('\\"', '"'), name).toMatch(/contains ("|&quot;)sid=\*\*\*; Path=\/public/)
    expect(text, name).toContain('sid=***; Path=/radar; HttpOnly')
    expect(text, name).not.toMatch(/s3ss10n|d4rk/)
  }
})

test.each([
  ['equals', { kind: 'equals', text: SECRET }],
  ['contains', { kind: 'contains', text: `"token":"${SECRET}"` }],
  ['matches', { kind: 'matches', pattern: new RegExp(`^${SECRET}$`) }],
  ['json', { kind: 'json', value: { token: SECRET, other: 1 } }],
] as const)('a check of a body by %s shows no secret that was sent, expected or echoed', async (_, matcher) => {
  const echo = flow({ headers: [AUTHORIZATION], body: `{"token": "${SECRET}"}` })
  const result = await resultOf([step({ body: expected(matcher) })], { request: () => echo })
  expect(result.verdict).toBe('fail')
  for (const { name, text } of reportsOf(result)) {
    expect(text, name).toContain('***')
    expect(text, name).not.toContain('hunter22')
  }
})
