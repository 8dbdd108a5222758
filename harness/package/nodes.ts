import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** The major versions of Node.js that the package runs on. */
export const NODE_VERSIONS = [22, 24, 26] as const

export type NodeVersion = (typeof NODE_VERSIONS)[number]

/** The program of each of them. */
export type Nodes = ReadonlyMap<NodeVersion, string>

let found: Promise<Nodes> | null = null

/** Every Node.js that the package is tried on: this process's own, and the others as npm keeps them. @throws {Error} npm cannot get one */
export function nodes(): Promise<Nodes> {
  found ??= Promise.all(NODE_VERSIONS.map(async (version) => [version, await nodeOf(version)] as const)).then(
    (pairs) => new Map(pairs),
  )
  return found
}

/** Why there are not all of them, and what to do; null where there are. */
export async function whyNoNodes(): Promise<{ readonly fact: string; readonly remedy: string } | null> {
  try {
    await nodes()
    return null
  } catch {
    return {
      fact: `npm does not get Node.js ${NODE_VERSIONS.join(', ')}`,
      remedy: 'Run it once where npm reaches its registry.',
    }
  }
}

async function nodeOf(version: NodeVersion): Promise<string> {
  if (process.versions.node.startsWith(`${version}.`)) return process.execPath
  const { stdout } = await promisify(execFile)(
    'npm',
    ['exec', '--yes', '--prefer-offline', `--package=node@${version}`, '-c', 'node -p process.execPath'],
    { shell: process.platform === 'win32' },
  )
  return stdout.trim()
}
