import { suggest } from '../diagnostics/suggest.ts'
import type { Environment, EnvironmentName } from '../environments/environment.ts'
import { missingEnvironment } from '../environments/missing.ts'
import { simulated } from '../environments/simulated/simulated.ts'

const ENVIRONMENTS: Readonly<Record<EnvironmentName, Environment>> = {
  simulated,
  sandbox: missingEnvironment('sandbox'),
  k3s: missingEnvironment('k3s'),
  cluster: missingEnvironment('cluster'),
}

/** The environments of a list like `simulated,k3s`, or a sentence that says what is wrong with it. */
export function environmentsNamed(list: string): readonly Environment[] | string {
  const environments: Environment[] = []
  for (const name of list.split(',').map((part) => part.trim())) {
    if (!isEnvironmentName(name)) return unknown(name)
    environments.push(ENVIRONMENTS[name])
  }
  return environments
}

function isEnvironmentName(name: string): name is EnvironmentName {
  return Object.hasOwn(ENVIRONMENTS, name)
}

function unknown(name: string): string {
  const names = Object.keys(ENVIRONMENTS)
  const meant = suggest(name, names)
  const hint = meant === undefined ? `Use one of ${names.join(', ')}.` : `Did you mean "${meant}"?`
  return `Failed to find environment "${name}": there is none of that name. ${hint}`
}
