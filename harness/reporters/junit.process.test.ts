import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { Source } from '../diagnostics/source.ts'
import { UnsupportedError } from '../environments/environment.ts'
import { flow } from '../runner/fixtures/flow.ts'
import { describeUnless } from '../vitest/describe-tier.ts'
import { resultOf, STATUS, step, written } from './fixtures.ts'
import { junitReporter } from './junit.ts'

/** Python's expat, where there is one: nothing installed here reads XML. */
const PARSE = ['-c', 'import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.stdin.buffer)']
const NO_PYTHON =
  spawnSync('python3', PARSE, { input: '<a/>' }).status === 0
    ? null
    : { fact: 'there is no python3 that reads XML', remedy: 'Install it.' }

describeUnless(NO_PYTHON, 'junit, read by another parser', () => {
  test('any name gives XML that it takes', async () => {
    const hostile = ']]> & <a b="c\'"> \0 \u001b[31m \ud800 \ufffe \u{1f600} \n\t'
    const options = { request: () => flow({ status: 500, body: hostile, target: hostile }) }
    const source = new Source(hostile, hostile)
    const one = await resultOf([step({ status: STATUS })], options, { name: hostile, source })
    const start = () => {
      throw new UnsupportedError(hostile, null, hostile)
    }
    const other = await resultOf([step({})], { start })
    const xml = written(junitReporter, [one, other])
    expect(xml).toContain('<failure message="BLAME ')
    expect(spawnSync('python3', PARSE, { input: xml }).stderr.toString()).toBe('')
  })
})
