import type { ContainerRuntimeClient } from 'testcontainers'
import type { EvidenceFiles } from '../environment.ts'
import { ownContainers } from './containers.ts'

/** As much as a reader goes through, from the end. */
const TAIL_LINES = 2_000

/** What a cluster's containers (node, nginx and relay) have logged, by file name. @throws {Error} the engine does not answer */
export async function containerLogs(engine: ContainerRuntimeClient, cluster: string): Promise<EvidenceFiles> {
  const files = new Map<string, string>()
  for (const { id, cluster: owner, part } of await ownContainers(engine)) {
    if (owner !== cluster) continue
    files.set(`containers/${part}.log`, await containerLog(engine, id, TAIL_LINES))
  }
  return files
}

/** The end of what a container has logged. @throws {Error} the engine does not answer, or has no such container */
export async function containerLog(engine: ContainerRuntimeClient, id: string, tailLines: number): Promise<string> {
  const options = { stdout: true, stderr: true, follow: false, tail: tailLines } as const
  return plainText(await engine.container.getById(id).logs(options))
}

/** The engine puts a header of 8 bytes before each piece, which tells stdout and stderr apart. */
function plainText(log: Buffer): string {
  const pieces: string[] = []
  for (let at = 0; at + 8 <= log.length; ) {
    const length = log.readUInt32BE(at + 4)
    pieces.push(log.toString('utf8', at + 8, at + 8 + length))
    at += 8 + length
  }
  return pieces.join('')
}
