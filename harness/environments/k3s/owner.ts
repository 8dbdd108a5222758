import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'

/** The owner of a cluster that is kept for later runs: no process. */
export const KEPT = 'kept'

/** This process, as containers name their owner: host, process id, and when it started, since ids are used again. */
export function thisProcess(): string {
  return ownerOf(process.pid)
}

/** Whether the process that a container names as its owner has ended. One on another machine is nobody's to judge here. */
export function hasEnded(owner: string): boolean {
  const [host, pid] = owner.split('/')
  if (host !== hostname() || pid === undefined) return false
  return !isAlive(Number(pid)) || ownerOf(Number(pid)) !== owner
}

function ownerOf(pid: number): string {
  return [hostname(), pid, startOf(pid)].join('/')
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // It is there and belongs to somebody else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** When a process started, in clock ticks since boot (proc_pid_stat(5), field 22); empty where there is no /proc. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  } catch {
    return ''
  }
}
