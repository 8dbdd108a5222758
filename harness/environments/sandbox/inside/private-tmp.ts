import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { INSIDE } from '../protocol.ts'
import { run } from './run.ts'

const PROJECT = fileURLToPath(new URL('../../../../', import.meta.url))

/**
 * Gives a program of the user's own a /tmp of its own, in memory: it has a place to write to, and sees no sockets of others.
 * What is in the host's /tmp and needed goes on to be seen, read-only: the project, Node.js, the program's own folder.
 * @throws {SandboxError}
 */
export async function privateTmp(folder: string): Promise<void> {
  const kept = [PROJECT, path.dirname(process.execPath), folder].filter((each) => each.startsWith('/tmp/'))
  const binds = kept.flatMap((each) => [
    `mkdir -p '${inNewTmp(each)}'`,
    `mount --bind '${each.replaceAll("'", "'\\''")}' '${inNewTmp(each)}'`,
  ])
  const { temporary } = INSIDE
  const script = [
    'set -e',
    `mount -t tmpfs -o mode=1777,size=512m chain ${temporary}`,
    ...binds,
    `mount --rbind ${temporary} /tmp`,
  ]
  await run('/bin/sh', ['-s'], script.join('\n'))
}

function inNewTmp(folder: string): string {
  return path.join(INSIDE.temporary, path.relative('/tmp', folder)).replaceAll("'", "'\\''")
}
