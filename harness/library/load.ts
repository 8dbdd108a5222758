import path from 'node:path'
import { type ChainResult, isInside, loadChain as loadFolder } from '../chain/load-chain.ts'
import { loadScenario as loadFile, type ScenarioFileResult } from '../scenario/load-scenario.ts'
import { readVariables } from '../scenario/variables.ts'
import { findWorkspace, optionsFor } from '../scenario/workspace.ts'

/**
 * Reads a chain.
 * @param nameOrFolder a name of `chain.config.yaml`, or the folder of a chain
 * @returns the chain, or every reason why there is none. Never throws on what files hold.
 */
export function loadChain(nameOrFolder: string): ChainResult {
  const { root, config } = findWorkspace(process.cwd())
  if (config !== null && config.diagnostics.length > 0) return { chain: null, diagnostics: config.diagnostics }
  const named = config?.chain(nameOrFolder)
  if (named !== undefined && named !== null) return named
  const dir = path.resolve(nameOrFolder)
  return loadFolder(dir, root !== null && isInside(dir, root) ? root : dir)
}

/**
 * Reads a scenario file and the chains that it names, and fills in the variables of this process's environment.
 * @returns the scenario, or every problem of the file. Never throws on what files hold.
 */
export function loadScenario(file: string): ScenarioFileResult {
  const absolute = path.resolve(file)
  const loaded = loadFile(absolute, optionsFor(absolute))
  return loaded.scenario === null ? loaded : { ...loaded, ...readVariables(loaded.scenario, process.env) }
}
