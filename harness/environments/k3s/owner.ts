import { hostname } from 'node:os'

/** The owner of a cluster that is kept for later runs: no process. */
export const KEPT = 'kept'

/** This process, as containers name their owner: its host and its id there. */
export function thisProcess(): string {
  return `${hostname()}/${process.pid}`
}

/** An owner as people read it: `process 4711 on build-3`. */
export function ownerText(owner: string): string {
  const [host, pid] = owner.split('/')
  return `process ${pid} on ${host}`
}
