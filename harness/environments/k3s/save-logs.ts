import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { ContainerRuntimeClient } from 'testcontainers'
import type { Kube } from '../kubernetes/kube.ts'
import { ownContainers } from './containers.ts'

/** As much as a reader goes through, from the end. */
const TAIL_LINES = 2_000

/**
 * Saves what a cluster has to say after a failure, before it is cleared: the logs of its containers, and of its pods with
 * their status, events and Services where the API answers.
 * @param more further files by name, such as the site file as it was
 * @returns the folder
 */
export async function saveLogs(
  engine: ContainerRuntimeClient,
  cluster: string,
  kube: Kube | null,
  more: ReadonlyMap<string, string> = new Map(),
): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'chain-k3s-'))
  const save = (files: ReadonlyMap<string, string>) =>
    Promise.all([...files].map(([name, text]) => writeFile(path.join(folder, name), text)))
  await save(more)
  // Each is worth having even where another one cannot be got any more.
  await Promise.allSettled([
    containerLogs(engine, cluster).then(save),
    kube === null ? undefined : kube.describe().then(save),
  ])
  return folder
}

async function containerLogs(engine: ContainerRuntimeClient, cluster: string): Promise<Map<string, string>> {
  const files = new Map<string, string>()
  for (const { id, cluster: owner, part } of await ownContainers(engine)) {
    if (owner !== cluster) continue
    const log = await engine.container.getById(id).logs({ stdout: true, stderr: true, follow: false, tail: TAIL_LINES })
    files.set(`${part}.log`, plainText(log))
  }
  return files
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
