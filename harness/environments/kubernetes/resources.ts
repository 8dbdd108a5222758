import type { V1Deployment } from '@kubernetes/client-node'

/** Quantities by resource, as Kubernetes writes them: `cpu` → `50m`. */
export type Quantities = Readonly<Record<string, string>>

/** What each container asks of its node, and what it may take at most. */
export interface Resources {
  readonly requests: Quantities
  readonly limits: Quantities
}

export const NO_RESOURCES: Resources = { requests: {}, limits: {} }

/** A Deployment each of whose containers has these requests and limits. */
export function withResources(deployment: V1Deployment, { requests, limits }: Resources): V1Deployment {
  const { spec } = deployment
  const pod = spec?.template.spec
  if (spec === undefined || pod === undefined) return deployment
  const resources = { requests: { ...requests }, limits: { ...limits } }
  const containers = pod.containers.map((container) => ({ ...container, resources }))
  return { ...deployment, spec: { ...spec, template: { ...spec.template, spec: { ...pod, containers } } } }
}
