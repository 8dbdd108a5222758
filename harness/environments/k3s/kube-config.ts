import type { ContainerRuntimeClient } from 'testcontainers'
import { parse, stringify } from 'yaml'
import { z } from 'zod'
import { EnvironmentError } from '../environment.ts'
import { engineError, engineHost, publishedPort } from './engine.ts'

/** Where k3s writes a kubeconfig in its node, and the port of the Kubernetes API there. */
const CONFIG_FILE = '/etc/rancher/k3s/k3s.yaml'
const API_PORT = 6_443

const writtenConfig = z.looseObject({
  clusters: z.array(z.looseObject({ cluster: z.looseObject({ server: z.string() }) })).min(1),
})

/**
 * The kubeconfig that k3s has written in a node, with the server as it is reached from here.
 * @param nodeId the node's container; undefined where it is not there yet
 * @throws {EnvironmentError} Kubernetes is not up
 */
export async function kubeConfigOf(engine: ContainerRuntimeClient, nodeId: string | undefined): Promise<string> {
  if (nodeId === undefined) throw notUp()
  const { container } = engine
  try {
    const { exitCode, stdout } = await container.exec(container.getById(nodeId), ['cat', CONFIG_FILE])
    const written = writtenConfig.safeParse(parse(exitCode === 0 ? stdout : ''))
    if (!written.success) throw notUp()
    const server = `https://${engineHost(engine)}:${await publishedPort(engine, nodeId, API_PORT)}`
    const clusters = written.data.clusters.map((one) => ({ ...one, cluster: { ...one.cluster, server } }))
    return stringify({ ...written.data, clusters })
  } catch (error) {
    throw engineError('read the kubeconfig of the node', error)
  }
}

function notUp(): EnvironmentError {
  return new EnvironmentError(
    'Failed to read the kubeconfig of the node: Kubernetes is not up there.',
    'Where it is being started, try again in some seconds; "chain env status" lists what is there.',
  )
}
