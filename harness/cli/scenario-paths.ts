import { existsSync } from 'node:fs'
import path from 'node:path'
import { displayPath } from '../diagnostics/read-source.ts'
import { findWorkspace } from '../scenario/workspace.ts'
import { complainOf } from './terminal.ts'

/** The folder of scenarios where nothing says another. */
const USUAL = 'scenarios'

/**
 * Where the scenarios of a command are: what it was given, or else what `chain.config.yaml` says, or else the nearest folder
 * `scenarios` from the working directory up to the root of its repository.
 */
export function scenarioPaths(given: readonly string[]): readonly string[] {
  if (given.length > 0) return given
  const { root, config } = findWorkspace(process.cwd())
  if (config !== null) {
    // With scenarios, each of them tells it.
    if (config.scenarios.length === 0) complainOf(config.diagnostics)
    return config.scenarios.map(displayPath)
  }
  for (let dir = process.cwd(); root !== null; dir = path.dirname(dir)) {
    if (existsSync(path.join(dir, USUAL))) return [displayPath(path.join(dir, USUAL))]
    if (dir === root || dir === path.dirname(dir)) break
  }
  return [USUAL]
}
