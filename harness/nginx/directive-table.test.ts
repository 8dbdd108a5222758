import { expect, test } from 'vitest'
import { ACCEPTED_LINES, ACCEPTED_VALUES } from './conformance/cases/accepted.ts'
import { directiveTable } from './directive-table.ts'

/** Run with `--update` to write the page again after a change of the table. */
const LINES = Object.entries(ACCEPTED_LINES).map(([name, lines]) => [name, Object.values(lines)] as const)
const TRIED = { ...ACCEPTED_VALUES, ...Object.fromEntries(LINES) }

test('the page of the guide is the table', async () => {
  await expect(directiveTable(TRIED)).toMatchFileSnapshot('../../docs/guide/nginx-directives.md')
})
