/**
 * What `import … from 'request-chain'` gives: chains and scenarios are loaded, run in an environment, and reported. Everything else
 * of this package may change in any release.
 */
export type { Chain } from '../chain/chain.ts'
export type { ChainResult } from '../chain/load-chain.ts'
export type { Diagnostic } from '../diagnostics/diagnostic.ts'
export { renderDiagnostics } from '../diagnostics/render.ts'
export type { Span } from '../diagnostics/span.ts'
export type { Environment, EnvironmentName, World } from '../environments/environment.ts'
export {
  EnvironmentError,
  InvalidChainError,
  RefusedConfigError,
  UnsupportedError,
} from '../environments/environment.ts'
export { renderExplanation } from '../reporters/explanation.ts'
export { renderFailure } from '../reporters/failure.ts'
export type { Reporter, ReporterOptions } from '../reporters/reporter.ts'
export type { Agreement, RunReport, RunResult, ScenarioResult, Verdict } from '../runner/result.ts'
export { type RunOptions, runScenario, runScenarios } from '../runner/run-scenario.ts'
export { findScenarioFiles } from '../scenario/find-scenario-files.ts'
export type { ScenarioFileResult } from '../scenario/load-scenario.ts'
export type { Scenario } from '../scenario/scenario.ts'
export type { Trace } from '../trace/trace.ts'
export { type EnvironmentOptions, openEnvironment } from './environments.ts'
export { type ExplainOptions, explain } from './explain.ts'
export { loadChain, loadScenario } from './load.ts'
export { openReporter, type ReporterName } from './reporters.ts'
