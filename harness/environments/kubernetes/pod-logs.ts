import type { CoreV1Api, V1Pod } from '@kubernetes/client-node'
import { apiFact } from './api-fact.ts'

/** The end of what one container of a pod has written. */
export interface PodLog {
  readonly pod: string
  readonly container: string
  /** Whether it is from before the container was started again. */
  readonly isPrevious: boolean
  /** Why it cannot be read, where it cannot. */
  readonly text: string
}

/** The logs of pods, each container's with that from before it was started again. */
export function podLogs(core: CoreV1Api, pods: readonly V1Pod[], tailLines: number): Promise<PodLog[]> {
  const logs = pods.flatMap(({ metadata, status }) => {
    const { name: pod = '', namespace = '' } = metadata ?? {}
    return (status?.containerStatuses ?? []).flatMap(({ name: container, restartCount }) => {
      const read = async (isPrevious: boolean): Promise<PodLog> => {
        const asked = { namespace, name: pod, container, tailLines, ...(isPrevious && { previous: true }) }
        const text = await core
          .readNamespacedPodLog(asked)
          .catch((error: unknown) => `Failed to read it: ${apiFact(error)}\n`)
        return { pod, container, isPrevious, text }
      }
      return [read(false), ...(restartCount > 0 ? [read(true)] : [])]
    })
  })
  return Promise.all(logs)
}
