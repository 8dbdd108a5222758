import { ApiException, CoreV1Api, type KubeConfig, type V1Pod, type V1ServicePort } from '@kubernetes/client-node'

/** A pod behind a Service, and the port of it that the Service's port leads to. */
export interface ReachablePod {
  readonly pod: string
  readonly container: string
  readonly port: number
}

/**
 * Where `kubectl port-forward svc/NAME PORT` would lead: a ready pod of the Service.
 * @returns null where there is no such Service, it has no such port, or no pod of it is ready
 */
export async function reachablePod(
  config: KubeConfig,
  namespace: string,
  name: string,
  port: number,
): Promise<ReachablePod | null> {
  const core = config.makeApiClient(CoreV1Api)
  const service = await core.readNamespacedService({ namespace, name }).catch((error: unknown) => {
    if (error instanceof ApiException && error.code === 404) return null
    throw error
  })
  const servicePort = service?.spec?.ports?.find((one) => one.port === port)
  const selector = Object.entries(service?.spec?.selector ?? {})
  if (servicePort === undefined || selector.length === 0) return null
  const labelSelector = selector.map(([key, value]) => `${key}=${value}`).join(',')
  const { items } = await core.listNamespacedPod({ namespace, labelSelector })
  const pod = items.find(isReady)
  return pod === undefined ? null : target(pod, servicePort)
}

/** `targetPort` is a number, the name of a container's port, or left out: then it is the Service's own. */
function target({ metadata, spec }: V1Pod, { port, targetPort = port }: V1ServicePort): ReachablePod | null {
  const containers = spec?.containers ?? []
  const isMeant = (one: { name?: string; containerPort: number }): boolean =>
    one.name === targetPort || one.containerPort === Number(targetPort)
  const container = containers.find(({ ports }) => ports?.some(isMeant)) ?? containers[0]
  const number = container?.ports?.find(isMeant)?.containerPort ?? Number(targetPort)
  if (container === undefined || Number.isNaN(number)) return null
  return { pod: metadata?.name ?? '', container: container.name, port: number }
}

function isReady({ metadata, status }: V1Pod): boolean {
  const ready = status?.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') ?? false
  return ready && metadata?.deletionTimestamp === undefined
}
