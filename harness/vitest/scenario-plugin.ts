import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'vitest/config'
import { loadScenario } from '../scenario/load-scenario.ts'
import { optionsFor } from '../scenario/workspace.ts'
import type { ScenarioTestOptions } from './scenario-test.ts'

const TEST_MODULE = fileURLToPath(new URL('./scenario-test.ts', import.meta.url))

/**
 * A vitest plugin that makes every scenario file a test file: put `**\/*.yaml` into `test.include`. A change of the file,
 * or of a file of its chains, runs it again under `--watch`.
 */
export function scenarioFiles(options: ScenarioTestOptions = {}): Plugin {
  return {
    name: 'chain:scenario-files',
    enforce: 'pre',
    load(id) {
      const file = id.split('?', 1)[0] ?? id
      if (!/\.ya?ml$/.test(file)) return null
      for (const watched of chainFiles(file)) this.addWatchFile(watched)
      return [
        `import { testScenario } from ${JSON.stringify(TEST_MODULE)}`,
        `testScenario(${JSON.stringify(file)}, ${JSON.stringify(options)})`,
      ].join('\n')
    },
  }
}

/** The files that a scenario's chains are made of, absolute. */
function chainFiles(file: string): Set<string> {
  const { scenario } = loadScenario(file, optionsFor(file))
  const sources = (scenario?.variants ?? []).flatMap(({ chain }) => [
    chain.site,
    ...chain.serviceFiles,
    chain.gatewayConfig.routes,
    chain.gatewayConfig.middleware,
    chain.gatewayConfig.auth,
    ...chain.includes.values(),
  ])
  return new Set(sources.filter((source) => source !== null).map((source) => path.resolve(source.file)))
}
