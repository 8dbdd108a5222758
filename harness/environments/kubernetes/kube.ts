import {
  ApiException,
  AppsV1Api,
  CoreV1Api,
  type KubeConfig,
  PatchStrategy,
  setHeaderOptions,
  type V1Deployment,
} from '@kubernetes/client-node'
import type { ServiceState } from '../../chain/service.ts'
import { type KubeDeployment, type KubeEvent, type KubePod, toDeployment, toEvents, toPod } from './kube-objects.ts'
import { type PortSpec, type ServiceSpec, serviceManifest } from './manifests.ts'
import { NO_RESOURCES, type Resources, withResources } from './resources.ts'
import { CONFIG_MAP } from './settings.ts'

/** A Service as the API shows it. */
export interface KubeService {
  readonly name: string
  readonly clusterIP: string
  readonly ports: readonly PortSpec[]
}

/** The Service that lends {@link Kube.vacantAddress} its address. */
const VACANT = 'request-chain-vacant'

/** The Kubernetes API, cut to what a chain needs of it: one namespace. */
export class Kube {
  readonly config: KubeConfig
  readonly namespace: string
  readonly #resources: Resources
  readonly #core: CoreV1Api
  readonly #apps: AppsV1Api

  /** @param resources what every container of its Deployments has */
  constructor(config: KubeConfig, namespace: string, resources: Resources = NO_RESOURCES) {
    this.config = config
    this.#resources = resources
    this.namespace = namespace
    this.#core = config.makeApiClient(CoreV1Api)
    this.#apps = config.makeApiClient(AppsV1Api)
  }

  /** Why the node is not ready for pods; null where it is. */
  async whyNodeIsNotReady(): Promise<string | null> {
    const { items } = await this.#core.listNode()
    const ready = items.some(({ status }) =>
      status?.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True'),
    )
    return ready ? null : 'the node is not Ready'
  }

  /** Makes the namespace where it is not there. Pods may be made in it once it has its ServiceAccount. */
  async ensureNamespace(): Promise<void> {
    await unlessThere(this.#core.createNamespace({ body: { metadata: { name: this.namespace } } }))
  }

  async whyNamespaceIsNotReady(): Promise<string | null> {
    const account = await orNull(
      this.#core.readNamespacedServiceAccount({ namespace: this.namespace, name: 'default' }),
    )
    return account === null ? `namespace ${this.namespace} has no ServiceAccount yet` : null
  }

  /** The Services of the namespace. */
  async services(): Promise<KubeService[]> {
    const { items } = await this.#core.listNamespacedService({ namespace: this.namespace })
    return items.map(({ metadata, spec }) => ({
      name: metadata?.name ?? '',
      clusterIP: spec?.clusterIP ?? '',
      ports: (spec?.ports ?? []).map(({ port, targetPort }) => ({ port, targetPort: Number(targetPort ?? port) })),
    }))
  }

  /** The Services of the namespace with their ready endpoints, as `kubectl get svc,endpoints` shows them. */
  async serviceStates(): Promise<ServiceState[]> {
    const [services, endpoints] = await Promise.all([
      this.#core.listNamespacedService({ namespace: this.namespace }),
      this.#core.listNamespacedEndpoints({ namespace: this.namespace }),
    ])
    const ready = new Map(
      endpoints.items.map(({ metadata, subsets }) => [
        metadata?.name,
        (subsets ?? []).reduce((sum, { addresses }) => sum + (addresses?.length ?? 0), 0),
      ]),
    )
    return services.items.map(({ metadata, spec }) => ({
      name: metadata?.name ?? '',
      clusterIP: spec?.clusterIP ?? null,
      port: spec?.ports?.[0]?.port ?? 0,
      readyEndpoints: ready.get(metadata?.name) ?? 0,
    }))
  }

  /** @returns false where the address is another Service's or none of the cluster's @throws what else the API refuses */
  async createService(service: ServiceSpec): Promise<boolean> {
    try {
      await this.#core.createNamespacedService({ namespace: this.namespace, body: serviceManifest(service) })
      return true
    } catch (error) {
      if (service.clusterIP !== null && error instanceof ApiException && error.code === 422) return false
      throw error
    }
  }

  /** A ClusterIP that no Service has: one that had it is gone again. */
  async vacantAddress(): Promise<string> {
    const namespace = this.namespace
    const body = serviceManifest({ name: VACANT, ports: [{ port: 80, targetPort: 80 }], clusterIP: null })
    const { spec } = await this.#core.createNamespacedService({ namespace, body })
    await this.deleteService(VACANT)
    return spec?.clusterIP ?? ''
  }

  async deleteService(name: string): Promise<void> {
    await orNull(this.#core.deleteNamespacedService({ namespace: this.namespace, name }))
  }

  /** The data of ConfigMap `gateway-config`; null where there is none. */
  async gatewayConfig(): Promise<Readonly<Record<string, string>> | null> {
    const map = await orNull(this.#core.readNamespacedConfigMap({ namespace: this.namespace, name: CONFIG_MAP }))
    return map === null ? null : (map.data ?? {})
  }

  async putGatewayConfig(data: Readonly<Record<string, string>>): Promise<void> {
    const body = { metadata: { name: CONFIG_MAP }, data: { ...data } }
    const replaced = await orNull(
      this.#core.replaceNamespacedConfigMap({ namespace: this.namespace, name: CONFIG_MAP, body }),
    )
    if (replaced === null) await this.#core.createNamespacedConfigMap({ namespace: this.namespace, body })
  }

  async deployments(): Promise<V1Deployment[]> {
    return (await this.#apps.listNamespacedDeployment({ namespace: this.namespace })).items
  }

  /** What the Deployments of the namespace are at. */
  async deploymentStates(): Promise<KubeDeployment[]> {
    return (await this.deployments()).map(toDeployment)
  }

  /** The events of the namespace, the newest last; null where the user may not read them. */
  async events(): Promise<KubeEvent[] | null> {
    try {
      const { items } = await this.#core.listNamespacedEvent({ namespace: this.namespace })
      return toEvents(items)
    } catch (error) {
      if (error instanceof ApiException && error.code === 403) return null
      throw error
    }
  }

  async putDeployment(deployment: V1Deployment): Promise<void> {
    const body = withResources(deployment, this.#resources)
    const name = body.metadata?.name ?? ''
    const replaced = await orNull(this.#apps.replaceNamespacedDeployment({ namespace: this.namespace, name, body }))
    if (replaced === null) await this.#apps.createNamespacedDeployment({ namespace: this.namespace, body })
  }

  async scale(name: string, replicas: number): Promise<void> {
    await this.#apps.patchNamespacedDeploymentScale(
      { namespace: this.namespace, name, body: { spec: { replicas } } },
      setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
    )
  }

  /** The pods of the namespace. */
  async pods(): Promise<KubePod[]> {
    const { items } = await this.#core.listNamespacedPod({ namespace: this.namespace })
    return items.map(toPod)
  }

  /** What a container wrote in the last seconds. */
  recentLog(name: string, container: string, sinceSeconds: number): Promise<string> {
    return this.#core.readNamespacedPodLog({ namespace: this.namespace, name, container, sinceSeconds })
  }

  /** What a container wrote before it was started again; empty where that is not known. */
  async lastLog(name: string, container: string): Promise<string> {
    const log = { namespace: this.namespace, name, container, previous: true, tailLines: 50 }
    try {
      return await this.#core.readNamespacedPodLog(log)
    } catch (error) {
      // It has not been started again, or has not even begun before.
      if (error instanceof ApiException && (error.code === 400 || error.code === 404)) return ''
      throw error
    }
  }
}

/** What is not there, is null. */
async function orNull<Answer>(request: Promise<Answer>): Promise<Answer | null> {
  try {
    return await request
  } catch (error) {
    if (error instanceof ApiException && error.code === 404) return null
    throw error
  }
}

async function unlessThere(request: Promise<unknown>): Promise<void> {
  try {
    await request
  } catch (error) {
    if (!(error instanceof ApiException && error.code === 409)) throw error
  }
}
