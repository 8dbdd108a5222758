import { expect, test } from 'vitest'
import { directiveTable } from './directive-table.ts'

/** Run with `--update` to write the page anew after a change of the table. */
test('the page of the guide is the table', async () => {
  await expect(directiveTable()).toMatchFileSnapshot('../../../docs/guide/nginx-directives.md')
})
