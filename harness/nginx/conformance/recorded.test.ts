import { expect, test } from 'vitest'
import { isSame, RECORDED_VERSIONS, recordedCases, recordedOutcome, replay } from './recorded.ts'

const CASES = recordedCases()

test.each(RECORDED_VERSIONS)('the model of nginx %s does what it did', (version) => {
  const differences = CASES.flatMap((one) => {
    const nginx = recordedOutcome(one, version)
    const model = replay(one, version)
    const counts = nginx !== null && model.kind !== 'refused'
    return !counts || isSame(nginx, model) ? [] : [{ name: one.name, nginx, model }]
  })
  expect(differences).toEqual([])
})

/** So many of the recorded cases the model refuses, whatever the version. The number may only fall. */
const MOST_REFUSED = 1

test('what the model refuses of the recorded cases', () => {
  const refused = RECORDED_VERSIONS.map((version) =>
    CASES.flatMap((one) => {
      const model = replay(one, version)
      return model.kind === 'refused' ? [model.because] : []
    }),
  )
  expect(Math.max(...refused.map(({ length }) => length))).toBe(MOST_REFUSED)
  expect([...new Set(refused.flat())].sort()).toMatchInlineSnapshot(`
    [
      "proxy_cookie_flags rewrites Set-Cookie: not modelled",
      "sub_filter changes bodies: not modelled",
    ]
  `)
})
