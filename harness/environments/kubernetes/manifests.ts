import type { V1Deployment, V1PodSpec, V1Service } from '@kubernetes/client-node'
import { GATEWAY_SERVICE } from '../../chain/chain.ts'
import type { Service, ServicePort } from '../../chain/service.ts'
import { STUB_POD } from './image-programs.ts'
import { CONFIG_DIR, CONFIG_MAP } from './settings.ts'
import { CONTROL_PORT } from './stub-pod/protocol.ts'

/** On a Deployment's pods: what they were started with. Where it changes, Kubernetes starts new ones. */
export const VERSION_ANNOTATION = 'request-chain/version'

/** What a Service is made of; `clusterIP` null takes any. */
export interface ServiceSpec extends Pick<Service, 'name' | 'clusterIP'> {
  readonly ports: readonly PortSpec[]
}

/** A port of a Service, and the one of its pods. */
export type PortSpec = Pick<ServicePort, 'port' | 'targetPort'>

/** A Service whose pods are those of the Deployment of its name. */
export function serviceManifest({ name, ports, clusterIP }: ServiceSpec): V1Service {
  return {
    metadata: { name },
    spec: {
      selector: { app: name },
      // Kubernetes wants names where there are several.
      ports: ports.map(({ port, targetPort }) => ({ name: `port-${port}`, port, targetPort })),
      ...(clusterIP === null ? {} : { clusterIP }),
    },
  }
}

/** `Never` where images have been put into the node, `IfNotPresent` where the cluster pulls them. */
export type ImagePullPolicy = 'Never' | 'IfNotPresent'

/** What runs as the gateway. */
export interface GatewayPod {
  readonly image: string
  readonly imagePullPolicy: ImagePullPolicy
  /** The project's own reads its port from its arguments; one of the user's own has its image's command. */
  readonly command: readonly string[] | null
  readonly port: number
  readonly replicas: number
  /** Tells image, config and restarts apart. */
  readonly version: string
}

/** Deployment `api-gateway`, as production has it: the ConfigMap mounted, ready when `/health` answers. */
export function gatewayDeployment(pod: GatewayPod): V1Deployment {
  const { image, imagePullPolicy, command, port, replicas, version } = pod
  return deployment(GATEWAY_SERVICE, replicas, version, {
    terminationGracePeriodSeconds: 5,
    containers: [
      {
        name: 'gateway',
        image,
        imagePullPolicy,
        ...(command === null ? {} : { command: [...command] }),
        env: [{ name: 'GATEWAY_CONFIG_DIR', value: CONFIG_DIR }],
        ports: [{ containerPort: port }],
        readinessProbe: readiness('/health', port),
        volumeMounts: [{ name: 'config', mountPath: CONFIG_DIR, readOnly: true }],
      },
    ],
    volumes: [{ name: 'config', configMap: { name: CONFIG_MAP } }],
  })
}

/** A stub backend. What it answers it is told over its control port, so that one Deployment serves every chain. */
export function stubDeployment(
  name: string,
  image: string,
  imagePullPolicy: ImagePullPolicy,
  replicas: number,
): V1Deployment {
  return deployment(name, replicas, image, {
    terminationGracePeriodSeconds: 1,
    containers: [
      {
        name: 'stub',
        image,
        imagePullPolicy,
        command: [...STUB_POD],
        readinessProbe: readiness('/ready', CONTROL_PORT),
      },
    ],
  })
}

function deployment(name: string, replicas: number, version: string, spec: V1PodSpec): V1Deployment {
  return {
    metadata: { name },
    spec: {
      replicas,
      revisionHistoryLimit: 1,
      selector: { matchLabels: { app: name } },
      // The new pod has to be ready before the old one goes: a config that does not start changes nothing.
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      template: {
        metadata: { labels: { app: name }, annotations: { [VERSION_ANNOTATION]: version } },
        // Without the variables of Services, which would tell a pod the ClusterIPs of the moment that it started.
        spec: { enableServiceLinks: false, automountServiceAccountToken: false, ...spec },
      },
    },
  }
}

function readiness(path: string, port: number) {
  return { httpGet: { path, port }, periodSeconds: 1, timeoutSeconds: 2, failureThreshold: 3 }
}
