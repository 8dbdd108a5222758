import { existsSync } from 'node:fs'
import { suggest } from '../diagnostics/suggest.ts'
import type { ClusterOptions } from '../environments/cluster/settings.ts'
import type { Environment, EnvironmentName } from '../environments/environment.ts'
import { NO_RESOURCES } from '../environments/kubernetes/resources.ts'
import { missingPackages } from '../environments/optional-packages.ts'
import type { RunCommandOptions } from './commands/run/options.ts'

/** One environment, loaded when it is named: what a sandbox or a cluster needs is nothing that a simulated run waits for. */
interface Kind {
  readonly load: (cluster: ClusterOptions) => Promise<Environment>
  /** Why this machine cannot run it, in a sentence that says what to do; null where it can. */
  readonly whyNot: () => Promise<string | null>
}

const KINDS: Readonly<Record<EnvironmentName, Kind>> = {
  simulated: {
    load: async () => (await import('../environments/simulated/simulated.ts')).simulated,
    // What is too old for it does not come as far as here: see chain.js.
    whyNot: async () => null,
  },
  sandbox: {
    load: async () => (await import('../environments/sandbox/sandbox.ts')).sandbox,
    whyNot: async () => inWords((await import('../environments/sandbox/why-no-sandbox.ts')).whyNoSandbox()),
  },
  k3s: {
    load: async () => (await import('../environments/k3s/k3s.ts')).k3s,
    whyNot: async () => inWords(await (await import('../environments/k3s/why-no-k3s.ts')).whyNoK3s()),
  },
  cluster: {
    load: async (options) => (await import('../environments/cluster/cluster.ts')).clusterEnvironment(options),
    whyNot: async () =>
      packageProblem('cluster') ?? (await import('../environments/cluster/why-no-cluster.ts')).whyNoCluster(),
  },
}

/** Every environment that may be named, in the order of what they cost. */
export const ENVIRONMENT_NAMES: readonly EnvironmentName[] = ['simulated', 'sandbox', 'k3s', 'cluster']

/** The names of a list like `simulated,k3s`, or a sentence that says what is wrong with it. */
export function environmentNames(list: string): readonly EnvironmentName[] | string {
  const names: EnvironmentName[] = []
  for (const name of list.split(',').map((part) => part.trim())) {
    if (!isEnvironmentName(name)) return unknown(name)
    if (names.includes(name)) {
      return `Failed to read environments "${list}": "${name}" is named twice, and would only agree with itself. Name it once.`
    }
    names.push(name)
  }
  return names
}

/** Environments as a run needs them. Whoever takes them disposes of them. */
export function loadEnvironments(
  names: readonly EnvironmentName[],
  cluster: ClusterOptions,
): Promise<readonly Environment[]> {
  return Promise.all(names.map((name) => KINDS[name].load(cluster)))
}

/** Where no run asks for anything of "cluster". */
export const NO_CLUSTER: ClusterOptions = { kubeconfig: null, namespace: '', attach: false, resources: NO_RESOURCES }

/** What `--env cluster` needs to know, or a sentence that says which option is missing, or applies to no environment of the run. */
export function clusterOptions(
  names: readonly EnvironmentName[],
  options: Pick<RunCommandOptions, 'kubeconfig' | 'namespace' | 'attach' | 'requests' | 'limits' | 'keep'>,
): ClusterOptions | string {
  const { kubeconfig, namespace, attach, requests, limits, keep } = options
  if (keep && !names.includes('k3s')) return 'Failed to use --keep: it only applies to "k3s". Add --env k3s.'
  if (!names.includes('cluster')) {
    const given = Object.entries({ kubeconfig, namespace, attach, requests, limits })
    const [flag] = given.find(([, value]) => value !== undefined) ?? []
    if (flag !== undefined) return `Failed to use --${flag}: it only applies to "cluster". Add --env cluster.`
    return NO_CLUSTER
  }
  if (namespace === undefined) {
    return 'Failed to run on "cluster": no namespace is named. Name one that chain may create: --namespace NAME.'
  }
  if (kubeconfig !== undefined && !existsSync(kubeconfig)) {
    return `Failed to read kubeconfig "${kubeconfig}": there is no such file. Name one that is there.`
  }
  if (attach && (requests ?? limits) !== undefined) {
    return 'Failed to use --requests or --limits: --attach makes no pods. Leave them out.'
  }
  const resources = { requests: requests ?? {}, limits: limits ?? {} }
  return { kubeconfig: kubeconfig ?? null, namespace, attach: attach ?? false, resources }
}

/** Why this machine cannot run an environment; null where it can. */
export function whyNot(name: EnvironmentName): Promise<string | null> {
  return KINDS[name].whyNot()
}

/** Which packages of an environment are not installed, and how to install them, in words; null where all are. */
export function packageProblem(name: 'k3s' | 'cluster'): string | null {
  const missing = missingPackages(name)
  return missing === null ? null : `${missing.message} ${missing.remedy}`
}

function inWords(why: { readonly fact: string; readonly remedy: string } | null): string | null {
  return why === null ? null : `${why.fact}. ${why.remedy}`
}

function isEnvironmentName(name: string): name is EnvironmentName {
  return Object.hasOwn(KINDS, name)
}

function unknown(name: string): string {
  const meant = suggest(name, ENVIRONMENT_NAMES)
  const hint = meant === undefined ? `Use one of ${ENVIRONMENT_NAMES.join(', ')}.` : `Did you mean "${meant}"?`
  return `Failed to find environment "${name}": there is no such environment. ${hint}`
}
