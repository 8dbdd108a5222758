import type { Scene } from './scene.ts'

/** Whether a backend's 404 is its own decision: it serves that path, or its stub is told to answer so. */
export function isOwn404({ backend, services }: Scene): boolean {
  if (backend === undefined) return false
  const { stub } = services.find(({ name }) => name === backend.service) ?? {}
  const { method, target } = backend.received
  return (
    stub?.answers.some((answer) => answer.target === target && (answer.method ?? method) === method) === true ||
    stub?.serves?.some((prefix) => target.startsWith(prefix)) === true
  )
}
