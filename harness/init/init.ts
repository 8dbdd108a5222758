import { existsSync } from 'node:fs'
import path from 'node:path'
import { stringify } from 'yaml'
import { readSource } from '../diagnostics/read-source.ts'
import { buildChain, CONFIG_FILE, readChainConfig } from '../scenario/chain-config.ts'
import type { NamedChain, NamedChains } from '../scenario/named-chains.ts'
import { ciFileFor } from './ci-file.ts'
import { planChains } from './plan-chains.ts'
import { type Repository, readRepository } from './read-repository.ts'
import { scenariosOf } from './scenarios-of.ts'
import { schemaFrom } from './schema-from.ts'
import { type PlannedFile, type WrittenFiles, writeFiles } from './write-files.ts'

/** What `chain init` did, for whoever tells it. */
export interface InitResult extends WrittenFiles {
  readonly found: readonly string[]
  /** What could not be done, and why: a sentence each. */
  readonly notes: readonly string[]
  /** Lines to add by hand to a file that is there. */
  readonly addTo: { readonly file: string; readonly lines: string } | null
}

/**
 * Finds what a repository has of nginx and Services, and writes `chain.config.yaml`, a scenario for each location and route that today's
 * answer implies, a CI file and editor settings. What is there is never overwritten. Every scenario passes on the simulation before
 * it is written.
 * @param root the absolute root of the repository: nothing outside of it is read or written
 */
export async function init(root: string): Promise<InitResult> {
  const repository = readRepository(root)
  const isThere = existsSync(path.join(root, CONFIG_FILE))
  const planned = isThere ? { chains: [], notes: [] } : planChains(repository, root)
  const chains = isThere ? readChainConfig(path.join(root, CONFIG_FILE), root) : named(planned.chains, root)
  const found = foundIn(repository)
  const notes = [...repository.notes, ...planned.notes]
  if (chains.names.length === 0) return { found, wrote: [], kept: [], notes, addTo: null }
  const folder = isThere
    ? scenariosFolder(chains, root)
    : existsSync(path.join(root, 'scenarios'))
      ? 'chain-scenarios'
      : 'scenarios'
  const files: PlannedFile[] = []
  if (!isThere)
    files.push({
      file: CONFIG_FILE,
      text: configText(folder, planned.chains),
      what: `chains: ${chains.names.join(', ')}`,
    })
  for (const name of chains.names) {
    const chain = chains.chain(name)?.chain ?? null
    if (chain === null) notes.push(`Chain ${name} of ${CONFIG_FILE} has problems: run "chain check".`)
    else files.push(...(await scenariosOf(chain, { chains, root, folder: `${folder}/${name}`, notes })))
  }
  const ci = ciFileFor(root)
  if (ci !== null && 'file' in ci) files.push({ ...ci, what: 'runs the scenarios in CI' })
  files.push({ file: '.vscode/settings.json', text: editorSettings(folder), what: 'the schemas, for VS Code' })
  if (ci === null) notes.push('No CI was found (GitHub, GitLab, Jenkins): run "chain run" in yours.')
  const { wrote, kept } = writeFiles(files, root, notes)
  const isNew = ci !== null && 'addTo' in ci && !contains(root, ci.addTo, 'request-chain')
  return {
    found,
    wrote,
    kept: [...(isThere ? [CONFIG_FILE] : []), ...kept],
    notes,
    addTo: isNew ? { file: ci.addTo, lines: ci.lines } : null,
  }
}

function named(planned: readonly { readonly name: string; readonly mapping: object }[], root: string): NamedChains {
  const built = new Map(
    planned.map(({ name, mapping }): [string, NamedChain] => {
      const { chain, diagnostics } = buildChain(name, mapping, root)
      return [name, { chain: chain && { ...chain, name }, diagnostics }]
    }),
  )
  return { names: [...built.keys()], chain: (name) => built.get(name) ?? null }
}

function scenariosFolder(chains: NamedChains & { readonly scenarios?: readonly string[] }, root: string): string {
  return path
    .relative(root, chains.scenarios?.[0] ?? path.join(root, 'scenarios'))
    .split(path.sep)
    .join('/')
}

function foundIn({ nginx, manifests, services, composeFiles, routes }: Repository): string[] {
  return [
    ...nginx.map(({ file, text }) => (text === null ? file : `${file}: ${text.key} of a ConfigMap`)),
    ...(services.length === 0
      ? []
      : [
          `${manifests.join(', ')}: ${services.length === 1 ? 'Service' : 'Services'} ${services.map(({ name }) => name).join(', ')}`,
        ]),
    ...composeFiles,
    ...routes.map((file) => `${file}: routes of the gateway`),
  ]
}

function configText(folder: string, planned: readonly { readonly name: string; readonly mapping: object }[]): string {
  const chains = Object.fromEntries(planned.map(({ name, mapping }) => [name, mapping]))
  const modeline = `# yaml-language-server: $schema=${schemaFrom('', 'chain-config')}`
  return `${modeline}\n${stringify({ scenarios: folder, chains }, { lineWidth: 120 })}`
}

function editorSettings(folder: string): string {
  const schema = (name: 'scenario' | 'chain-config'): string => `./${schemaFrom('', name)}`
  const schemas = { [schema('chain-config')]: CONFIG_FILE, [schema('scenario')]: `${folder}/**/*.yaml` }
  return `${JSON.stringify({ 'yaml.schemas': schemas }, null, 2)}\n`
}

function contains(root: string, file: string, text: string): boolean {
  const result = readSource(path.join(root, file))
  return 'source' in result && result.source.text.includes(text)
}
