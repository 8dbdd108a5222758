import type { ContainerRuntimeClient } from 'testcontainers'
import { EnvironmentError } from '../environment.ts'

/** What names the images that a cluster is made of. */
const IMAGE_NAMES = 'CHAIN_K3S_IMAGE, CHAIN_NGINX_IMAGE or CHAIN_NODE_IMAGE'

/** What can be wrong with an engine: a text of its error messages, the fact in our words, what to do. */
const TROUBLES: readonly { readonly text: RegExp; readonly fact: string; readonly remedy: string }[] = [
  {
    text: /no such image|pull access denied|manifest unknown|not found: manifest|failed to resolve reference/i,
    fact: 'the image is not there and cannot be pulled',
    remedy: `Load it with "docker load", or name another by ${IMAGE_NAMES}.`,
  },
  {
    text: /dial tcp|no such host|i\/o timeout|TLS handshake|proxyconnect|ENOTFOUND|Client\.Timeout/i,
    fact: 'the image is not there and its registry is not reached',
    remedy: `Load it with "docker load", or name another by ${IMAGE_NAMES}.`,
  },
  {
    text: /no space left on device/i,
    fact: 'the disk of the engine is full',
    remedy: 'Free some: "docker system prune" removes what no container uses.',
  },
  {
    text: /port is already allocated|address already in use/i,
    fact: 'a port that it needs is in use',
    remedy: 'Run "chain env down" to clear what an earlier run left behind, or stop what has the port.',
  },
  {
    text: /privileged|operation not permitted|capset|cgroup/i,
    fact: 'the engine does not start privileged containers',
    remedy: 'k3s needs them: use an engine that allows them (not rootless, not behind a policy that forbids them).',
  },
  {
    text: /ECONNREFUSED|ENOENT|EACCES|ECONNRESET|EPIPE|socket hang up/,
    fact: 'the engine does not answer',
    remedy: 'Start Docker, or say where it is by DOCKER_HOST; your user has to be allowed to use it.',
  },
]

/**
 * What an engine's error means, in one sentence.
 * @param doing the task that failed: `start the cluster`
 * @param namedBy what names the image that it is about: `CHAIN_K3S_IMAGE`
 */
export function engineError(doing: string, error: unknown, namedBy = IMAGE_NAMES): EnvironmentError {
  if (error instanceof EnvironmentError) return error
  const message = error instanceof Error ? error.message : String(error)
  const trouble = TROUBLES.find(({ text }) => text.test(message))
  const [line = ''] = message.trim().split('\n')
  return trouble === undefined
    ? new EnvironmentError(`Failed to ${doing}: ${line}.`, 'Run "chain doctor" to see what this machine has.', {
        cause: error,
      })
    : new EnvironmentError(
        `Failed to ${doing}: ${trouble.fact} (${line}).`,
        trouble.remedy.replace(IMAGE_NAMES, namedBy),
        { cause: error },
      )
}

/**
 * The container engine that testcontainers finds: the one of DOCKER_HOST, or at one of the usual sockets.
 * @throws {EnvironmentError} there is none
 */
export async function connectEngine(): Promise<ContainerRuntimeClient> {
  const { getContainerRuntimeClient } = await import('testcontainers')
  try {
    const engine = await getContainerRuntimeClient()
    refuseAnother(engine)
    return engine
  } catch (error) {
    if (error instanceof EnvironmentError) throw error
    throw noEngine(error)
  }
}

/** Where an engine is: the path of its socket, or host and port. */
export function engineAddress({ container }: ContainerRuntimeClient): string {
  const { socketPath, host, port } = addressOf(container)
  return socketPath ?? `${host}:${port}`
}

/** The host on which an engine publishes ports of its containers, as it is reached from here. */
export function engineHost({ info }: ContainerRuntimeClient): string {
  return info.containerRuntime.host
}

/** The port of {@link engineHost} that leads to one of a container. @throws {Error} none does: it does not run */
export async function publishedPort({ container }: ContainerRuntimeClient, id: string, port: number): Promise<number> {
  const { NetworkSettings } = await container.getById(id).inspect()
  const published = NetworkSettings.Ports[`${port}/tcp`]?.[0]?.HostPort
  if (published === undefined) throw new Error(`no port of the engine's host leads to port ${port} of the container`)
  return Number(published)
}

/** Where the one of DOCKER_HOST does not answer, the library takes any other. What was asked for is not what that would be. */
function refuseAnother({ container }: ContainerRuntimeClient): void {
  const asked = process.env.DOCKER_HOST ?? ''
  if (asked === '') return
  const { hostname, port, pathname } = new URL(asked)
  const used = addressOf(container)
  const isAsked = hostname === '' ? used.socketPath === pathname : used.host === hostname && used.port === port
  if (!isAsked) throw noEngine()
}

function addressOf({ dockerode }: ContainerRuntimeClient['container']) {
  const used = (name: string): string => String(Reflect.get(dockerode.modem, name))
  const socketPath: unknown = Reflect.get(dockerode.modem, 'socketPath')
  return { socketPath: typeof socketPath === 'string' ? socketPath : null, host: used('host'), port: used('port') }
}

function noEngine(cause?: unknown): EnvironmentError {
  const asked = process.env.DOCKER_HOST ?? ''
  const fact = asked === '' ? 'no container engine answers' : `the container engine at ${asked} does not answer`
  return new EnvironmentError(
    `Failed to reach a container engine: ${fact}.`,
    'Start Docker, or say where it is by DOCKER_HOST; your user has to be allowed to use it.',
    { cause },
  )
}
