import { mkdir, open, readFile, rm, stat, symlink, truncate, utimes, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { FILES_MODIFIED_MS, OUTSIDE } from '../../../chain/outside.ts'
import { BUILD_FILE, CONF_DIR, LOG_FILE, type LogText, PID_FILE, type SiteFiles } from './protocol.ts'

/** A debug log has some 20 kB a request. What is older than the site that is loaded now, nobody asks for. */
const MAX_LOG_BYTES = 64 * 1024 * 1024

/** What stands there for the chain that is loaded now. */
let standing: string[] = []

/**
 * Containers that share a network share this file (Docker), as those of a pod do (Kubernetes). It is a mount: it is written in
 * place.
 */
const RESOLV_CONF = '/etc/resolv.conf'

/** Takes the files of before away and writes these. What lies outside of nginx's folders is not ours to write. */
export async function putSite({ files, served, errorLogs, resolvConf }: SiteFiles): Promise<void> {
  for (const file of [...standing, OUTSIDE]) await rm(file, { force: true, recursive: true })
  standing = []
  for (const [file, text] of Object.entries(files)) await put(file, text)
  for (const [file, bytes] of Object.entries(served)) await put(file, Buffer.from(bytes, 'latin1'))
  for (const log of errorLogs) await lead(log)
  await writeFile(RESOLV_CONF, resolvConf)
  if ((await stat(LOG_FILE)).size > MAX_LOG_BYTES) await truncate(LOG_FILE)
}

async function put(file: string, content: string | Buffer): Promise<void> {
  if (!isInside(file, CONF_DIR)) return
  await mkdir(path.dirname(file), { recursive: true })
  await writeFile(file, content)
  await utimes(file, FILES_MODIFIED_MS / 1000, FILES_MODIFIED_MS / 1000)
  standing.push(file)
}

/** A log of the site's own leads to ours, so that lines of all logs stand in one order. */
async function lead(log: string): Promise<void> {
  if (!isInside(log, path.dirname(LOG_FILE)) || path.normalize(log) === LOG_FILE) return
  await mkdir(path.dirname(log), { recursive: true })
  await symlink(LOG_FILE, log)
  standing.push(log)
}

export function nginxBuild(): Promise<string> {
  return readFile(BUILD_FILE, 'utf8')
}

export async function logSince(position: number): Promise<LogText> {
  await using file = await open(LOG_FILE)
  const { size } = await file.stat()
  const from = Math.min(position, size)
  const { buffer, bytesRead } = await file.read(Buffer.alloc(size - from), 0, size - from, from)
  return { position: from + bytesRead, text: buffer.subarray(0, bytesRead).toString('latin1') }
}

/** Sends nginx the signal to read its files again: where it runs in the same pod, its process is in sight. */
export async function reload(): Promise<void> {
  process.kill(Number(await readFile(PID_FILE, 'utf8')), 'SIGHUP')
}

function isInside(file: string, folder: string): boolean {
  return path.normalize(file).startsWith(`${folder}/`)
}
