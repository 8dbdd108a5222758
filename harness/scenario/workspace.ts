import { existsSync } from 'node:fs'
import path from 'node:path'
import { type ChainConfig, CONFIG_FILE, hasConfig, readChainConfig } from './chain-config.ts'
import { findRoot } from './find-scenario-files.ts'
import type { ScenarioOptions } from './load-scenario.ts'

/** Where a folder belongs: a repository, and what its `chain.config.yaml` says. */
export interface Workspace {
  /** The nearest folder above with `.git`, or else that of `chain.config.yaml`; null where there is neither. */
  readonly root: string | null
  readonly config: ChainConfig | null
}

/** The workspace of a folder: `chain.config.yaml` is looked for from it up to the root of its repository, the nearest one counts. */
export function findWorkspace(folder: string): Workspace {
  let configDir: string | null = null
  let repository: string | null = null
  for (let dir = path.resolve(folder); repository === null; dir = path.dirname(dir)) {
    if (configDir === null && hasConfig(dir)) configDir = dir
    if (existsSync(path.join(dir, '.git'))) repository = dir
    if (dir === path.dirname(dir)) break
  }
  const root = repository ?? configDir
  const config = configDir === null || root === null ? null : readChainConfig(path.join(configDir, CONFIG_FILE), root)
  return { root, config }
}

/** With what a scenario file is loaded: where its paths begin, and how far they may lead. */
export function optionsFor(file: string): ScenarioOptions {
  const { root, config } = findWorkspace(path.dirname(file))
  const own = findRoot(file)
  // A folder `chains/` above the repository is none of its own.
  const isOwn = root === null || own === root || own.startsWith(root + path.sep)
  const base = isOwn ? own : path.dirname(path.resolve(file))
  return { root: base, bounds: root ?? base, config }
}
