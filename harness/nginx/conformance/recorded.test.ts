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

test('what the model refuses of the recorded cases', () => {
  const reasons = RECORDED_VERSIONS.flatMap((version) =>
    CASES.flatMap((one) => {
      const model = replay(one, version)
      return model.kind === 'refused' ? [model.because.replace(/^the regular expression .*? may/, 'a pattern may')] : []
    }),
  )
  expect([...new Set(reasons)].sort()).toMatchInlineSnapshot(`
    [
      "a pattern may mean something else here: "(?(1" is not translated",
      "a pattern may mean something else here: "(?>a" is not translated",
      "a pattern may mean something else here: "(?P=" is not translated",
      "a pattern may mean something else here: "(?i)" is not translated",
      "a pattern may mean something else here: "(?m)" is not translated",
      "a pattern may mean something else here: "(?s)" is not translated",
      "a pattern may mean something else here: "(?x)" is not translated",
      "a pattern may mean something else here: "(?|(" is not translated",
      "a pattern may mean something else here: "\\1" is not translated",
      "a pattern may mean something else here: "\\K" is not translated",
      "a pattern may mean something else here: "\\N" is not translated",
      "a pattern may mean something else here: "\\Q" is not translated",
      "a pattern may mean something else here: "\\h" is not translated",
      "a pattern may mean something else here: it ignores the case of bytes over 127",
      "auth_request asks another location whether a request may pass: not modelled",
      "delete in geo is not modelled",
      "mirror sends every request a second time: not modelled",
      "proxy in geo is not modelled",
      "proxy_cookie_flags rewrites Set-Cookie: not modelled",
      "ranges in geo is not modelled",
      "sub_filter changes bodies: not modelled",
    ]
  `)
})
