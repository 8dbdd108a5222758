import { expect, test } from 'vitest'
import { commandsPage } from './commands-page.ts'
import { chainProgram } from './program.ts'

/** Run with `--update` to write the page again after a change of a command. */
test('the page of the guide is the program', async () => {
  const page = commandsPage(chainProgram(() => undefined))
  await expect(page).toMatchFileSnapshot('../../docs/guide/commands.md')
})
