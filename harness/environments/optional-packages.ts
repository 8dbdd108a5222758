import manifest from '../../package.json' with { type: 'json' }
import { EnvironmentGoneError } from './environment.ts'

/** The packages that an environment needs, and that are installed by those who want it: 65 MB that nobody else should carry. */
const PACKAGES = {
  k3s: ['@kubernetes/client-node', '@testcontainers/k3s', 'testcontainers'],
  cluster: ['@kubernetes/client-node'],
} as const

/** The packages of an environment that are not installed, as an error that says how to install them; null where all are. */
export function missingPackages(environment: keyof typeof PACKAGES): EnvironmentGoneError | null {
  const missing = PACKAGES[environment].filter((name) => !isInstalled(name))
  if (missing.length === 0) return null
  const wanted = missing.map((name) => `"${name}@${manifest.peerDependencies[name]}"`)
  const [fact, it] =
    missing.length === 1
      ? [`the package ${missing} is not installed`, 'it']
      : [`the packages ${missing.join(', ')} are not installed`, 'them']
  return new EnvironmentGoneError(
    `Failed to load "${environment}": ${fact}.`,
    `Install ${it}: npm install --save-dev ${wanted.join(' ')}`,
  )
}

/** @throws {EnvironmentGoneError} a package that the environment needs is not installed */
export function requirePackages(environment: keyof typeof PACKAGES): void {
  const missing = missingPackages(environment)
  if (missing !== null) throw missing
}

function isInstalled(name: string): boolean {
  try {
    import.meta.resolve(name)
    return true
  } catch {
    return false
  }
}
