import { EnvironmentError } from '../environment.ts'

/** What is missing where nobody has said which image the cluster is to pull. */
export function noImage(): EnvironmentError {
  return new EnvironmentError(
    'Failed to start a chain on the cluster: CHAIN_IMAGE does not name the image of gateway, stubs and relay.',
    'Build it ("docker build -f gateway/Dockerfile -t REGISTRY/request-chain ."), push it, and set CHAIN_IMAGE to its name.',
  )
}
