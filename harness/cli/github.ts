import { appendFileSync, statSync } from 'node:fs'
import { systemFact } from '../diagnostics/read-source.ts'
import { type GithubOptions, githubReporter } from '../reporters/github.ts'
import type { Reporter } from '../reporters/reporter.ts'
import { complain } from './terminal.ts'

/** What GitHub takes of a step's summary: more is refused as a whole (docs.github.com, "Adding a job summary"). */
const MAX_SUMMARY_BYTES = 1024 * 1024

/** The reporter for a workflow, with the files and folders that the runner names in the environment. */
export function githubReporterHere({ write }: Pick<GithubOptions, 'write'>): Reporter {
  const { GITHUB_WORKSPACE: root = '', GITHUB_STEP_SUMMARY: file = '' } = process.env
  return githubReporter({ write, root: root === '' ? process.cwd() : root, summary: summaryOf(file) })
}

/** The file that the runner reads when the step is done. A summary that cannot be written fails nothing: a sentence says so. */
function summaryOf(file: string): GithubOptions['summary'] {
  if (file === '') return null
  return {
    maxBytes: MAX_SUMMARY_BYTES - sizeOf(file),
    write: (markdown) => {
      try {
        appendFileSync(file, markdown)
      } catch (error) {
        complain(`Failed to write the job summary "${file}": ${systemFact(error)}.`)
      }
    },
  }
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0
}
