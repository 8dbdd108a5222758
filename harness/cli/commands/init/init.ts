import path from 'node:path'
import { type InitResult, init } from '../../../init/init.ts'
import { findWorkspace } from '../../../scenario/workspace.ts'
import { EXIT, type ExitCode } from '../../exit-codes.ts'
import { complain, printableLines } from '../../terminal.ts'

/** `chain init`: writes what is missing, and says what it found, did, and could not do; 2 where no chain could be made. */
export async function initRepository(): Promise<ExitCode> {
  const { root, config } = findWorkspace(process.cwd())
  const folder = config === null ? (root ?? process.cwd()) : path.dirname(config.file)
  const result = await init(folder)
  process.stdout.write(printableLines(inWords(result)))
  if (result.wrote.length + result.kept.length > 0) return EXIT.passed
  complain(
    'Failed to make a chain: no file of nginx with a server was found that it can be made of. Write chain.config.yaml by hand: its form is that of a chain in a scenario.',
  )
  return EXIT.invalid
}

function inWords({ found, wrote, kept, notes, addTo }: InitResult): string {
  const width = Math.min(60, Math.max(0, ...wrote.map(({ file }) => file.length)))
  const parts = [
    section('Found', found),
    section(
      'Wrote',
      wrote.map(({ file, what }) => `${file.padEnd(width)}  ${what}`),
    ),
    section('Kept as they are', kept),
    section('Not done', notes),
    addTo === null ? '' : `Add to ${addTo.file}\n${indented(addTo.lines)}\n`,
    wrote.some(({ file }) => file.endsWith('.yaml') && file.includes('/')) ? 'Next: chain run\n' : '',
  ]
  return parts.filter((part) => part !== '').join('\n')
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `${title}\n${indented(lines.join('\n'))}\n`
}

function indented(text: string): string {
  return text.trimEnd().replace(/^(?=.)/gm, '  ')
}
