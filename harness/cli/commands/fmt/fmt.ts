import { writeFileSync } from 'node:fs'
import type { Diagnostic } from '../../../diagnostics/diagnostic.ts'
import { displayPath, readSource, systemFact } from '../../../diagnostics/read-source.ts'
import { findScenarioFiles } from '../../../scenario/find-scenario-files.ts'
import { formatScenario } from '../../../scenario/format-scenario.ts'
import { EXIT, type ExitCode, highest } from '../../exit-codes.ts'
import { complain, complainOf } from '../../terminal.ts'
import type { FmtCommandOptions } from './options.ts'

/** `chain fmt`: scenario files in one style, each file that changes by its name. */
export async function fmt(paths: readonly string[], { check }: FmtCommandOptions): Promise<ExitCode> {
  const { files, diagnostics } = findScenarioFiles(paths)
  const problems: Diagnostic[] = [...diagnostics]
  let code: ExitCode = EXIT.passed
  let changed = 0
  for (const file of files) {
    const read = readSource(file)
    if (!('source' in read)) {
      complain(`${read.problem.message}.`)
      code = highest([code, EXIT.invalid])
      continue
    }
    const formatted = formatScenario(read.source)
    if ('diagnostics' in formatted) problems.push(...formatted.diagnostics)
    else if (formatted.text !== read.source.text) {
      changed++
      process.stdout.write(`${check ? 'not formatted' : 'formatted'}: ${displayPath(file)}\n`)
      if (!check) code = highest([code, write(file, formatted.text)])
    }
  }
  if (problems.length > 0) complainOf(problems)
  process.stdout.write(
    `${files.length} ${files.length === 1 ? 'file' : 'files'}, ${changed} ${check ? 'to format' : 'changed'}\n`,
  )
  return highest([
    code,
    problems.length > 0 ? EXIT.invalid : EXIT.passed,
    check && changed > 0 ? EXIT.failed : EXIT.passed,
  ])
}

function write(file: string, text: string): ExitCode {
  try {
    writeFileSync(file, text)
    return EXIT.passed
  } catch (error) {
    complain(`Failed to write "${displayPath(file)}": ${systemFact(error)}. It is as it was.`)
    return EXIT.environment
  }
}
