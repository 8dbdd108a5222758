import { type Environment, type EnvironmentName, UnsupportedError } from './environment.ts'

/** An environment that scenario files may ask for and this version does not have: it answers `unsupported`. */
export function missingEnvironment(name: EnvironmentName): Environment {
  return {
    name,
    start: async () => {
      throw new UnsupportedError(
        `environment ${name}`,
        null,
        `this version of chain has no "${name}" environment yet; run it on "simulated"`,
      )
    },
    [Symbol.asyncDispose]: async () => {},
  }
}
