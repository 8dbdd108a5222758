import { existsSync } from 'node:fs'
import path from 'node:path'
import { stringify } from 'yaml'
import type { z } from 'zod'
import type { Chain } from '../chain/chain.ts'
import { isInside } from '../chain/load-chain.ts'
import { checkShape } from '../diagnostics/check-shape.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { Problems } from '../diagnostics/problems.ts'
import { displayPath, readSource } from '../diagnostics/read-source.ts'
import { readYaml } from '../diagnostics/read-yaml.ts'
import { Source } from '../diagnostics/source.ts'
import { ChainBuilder } from './build-chain.ts'
import { CODES } from './codes.ts'
import { chainConfigFile } from './config-schema.ts'
import type { NamedChain, NamedChains } from './named-chains.ts'

/** The name of the file by which a repository says where its chains and scenarios are. */
export const CONFIG_FILE = 'chain.config.yaml'

/** What `chain.config.yaml` says. */
export interface ChainConfig extends NamedChains {
  /** The absolute path of the file. */
  readonly file: string
  /** Absolute: where `chain run` looks for scenarios. */
  readonly scenarios: readonly string[]
  /** What is wrong with the file as a whole; a chain of it tells its own problems. */
  readonly diagnostics: readonly Diagnostic[]
}

const known = new Map<string, ChainConfig>()

/**
 * Reads `chain.config.yaml`, once per process. Chains of it are read when they are asked for. Paths in it begin at its folder.
 * @param file absolute, and there
 * @param bounds the absolute folder out of which no path leads
 */
export function readChainConfig(file: string, bounds: string): ChainConfig {
  const config = known.get(file) ?? readConfig(file, bounds)
  known.set(file, config)
  return config
}

function readConfig(file: string, bounds: string): ChainConfig {
  const problems = new Problems()
  const dir = path.dirname(file)
  const result = readSource(file)
  const source = 'source' in result ? result.source : new Source(displayPath(file), '')
  if ('problem' in result) problems.add(source, source.spanAt(0, 1), result.problem.code, result.problem.message)
  const yaml = 'source' in result ? readYaml(source, problems) : null
  const shape = yaml === null ? null : checkShape(chainConfigFile, yaml.value, yaml.place, CODES, problems)
  const written = shape?.value ?? { chains: {} }
  const names = Object.keys(written.chains)
  const at = yaml?.place.at('scenarios') ?? null
  const scenarios = [written.scenarios ?? 'scenarios'].flat().flatMap((folder, index) => {
    const absolute = path.resolve(dir, folder)
    if (staysInside(absolute, bounds)) return [absolute]
    const place = at?.at(index) ?? null
    const message = `Failed to find "${folder}": it leads out of "${displayPath(bounds)}"`
    problems.add(source, place?.span ?? source.spanAt(0, 1), 'E_PATH_OUTSIDE', message, 'Write a path inside.')
    return []
  })
  const chains = new Map<string, NamedChain>()
  return {
    file,
    scenarios,
    diagnostics: problems.list,
    names,
    chain: (name) => {
      const chain = written.chains[name]
      if (!Object.hasOwn(written.chains, name) || chain === undefined || yaml === null) return null
      const found = chains.get(name) ?? build(name, chain, yaml.place.at('chains', name), dir, bounds)
      chains.set(name, found)
      return found
    },
  }
}

/** As written, and with links followed where it is there. */
function staysInside(folder: string, bounds: string): boolean {
  const relative = path.relative(bounds, folder)
  if (relative === '..' || relative.startsWith(`..${path.sep}`) || path.isAbsolute(relative)) return false
  return !existsSync(folder) || isInside(folder, bounds)
}

type WrittenConfigChain = z.output<typeof chainConfigFile>['chains'][string]

function build(
  name: string,
  written: WrittenConfigChain,
  place: Parameters<ChainBuilder['build']>[1],
  dir: string,
  bounds: string,
): NamedChain {
  const problems = new Problems()
  const builder = new ChainBuilder(name, { bounds, bases: [dir], dir, chains: null }, problems)
  const chain: Chain | null = builder.build(written, place, null, null)
  return { chain: chain === null ? null : { ...chain, name }, diagnostics: problems.list }
}

/**
 * The chain that a mapping of chain.config.yaml would be, before it stands there.
 * @param root the absolute folder at which its paths begin, and out of which none leads
 */
export function buildChain(name: string, mapping: object, root: string): NamedChain {
  const text = stringify({ chains: { chain: mapping } })
  const problems = new Problems()
  const yaml = readYaml(new Source(displayPath(path.join(root, CONFIG_FILE)), text), problems)
  const shape = yaml === null ? null : checkShape(chainConfigFile, yaml.value, yaml.place, CODES, problems)
  const written = shape?.value.chains.chain
  if (yaml === null || written === undefined) return { chain: null, diagnostics: problems.list }
  return build(name, written, yaml.place.at('chains', 'chain'), root, root)
}

/** Whether a folder has a `chain.config.yaml`. */
export function hasConfig(dir: string): boolean {
  return existsSync(path.join(dir, CONFIG_FILE))
}
