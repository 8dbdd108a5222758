import type { KubeConfig } from '@kubernetes/client-node'
import type { World } from '../environment.ts'
import { orAborted } from '../or-aborted.ts'
import { apiError } from './api-error.ts'
import type { OwnNamespace } from './own-namespace.ts'
import { whyGone } from './why-api-gone.ts'

/** A world that tells what the Kubernetes API refuses, or that it does not answer any more, as what it is. */
export function tellingApiErrors(
  world: World,
  config: KubeConfig,
  namespace: Pick<OwnNamespace, 'lost' | 'look'>,
): World {
  const told = async <Result>(doing: string, result: Promise<Result>): Promise<Result> => {
    try {
      return await orAborted(result, namespace.lost)
    } catch (error) {
      throw (await whyGone(doing, config, namespace, error)) ?? apiError(doing, config, error)
    }
  }
  return {
    request: (request) => told('send a request', world.request(request)),
    websocket: (request, messages) => told('open a WebSocket', world.websocket(request, messages)),
    change: (change) => told(`carry out "${change.kind}"`, world.change(change)),
    services: () => told('read the Services', world.services()),
    pins: () => world.pins(),
    listens: () => world.listens(),
    evidence: () => told('read what the namespace has to say', world.evidence()),
    nginx: () => world.nginx(),
    lookInside: () => world.lookInside(),
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  }
}
