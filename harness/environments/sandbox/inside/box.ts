import { existsSync, readFileSync, realpathSync } from 'node:fs'
import path from 'node:path'
import { CLUSTER_DNS, LOCAL_HOSTS, NAMESPACE, OWN_RESOLV_CONF, podResolvConf } from '../../../chain/cluster-dns.ts'
import { INSIDE } from '../protocol.ts'
import { run } from './run.ts'

/**
 * Files of the host that name servers and hosts, and what stands in them inside: what a pod has, and in nsswitch.conf no other
 * way to find a name. nginx gets a resolv.conf of its own.
 */
const NAMES: Readonly<Record<string, string>> = {
  '/etc/hosts': LOCAL_HOSTS,
  '/etc/resolv.conf': podResolvConf(CLUSTER_DNS, NAMESPACE),
  '/etc/nsswitch.conf': 'passwd: files\ngroup: files\nhosts: files dns\n',
}

/** Folders that nginx and a gateway write to: empty ones in memory inside. */
const WRITABLE = ['/etc/nginx', '/var/log', '/var/cache', '/var/lib/nginx', '/dev/shm'] as const

/** What is mounted below these is covered anyway. */
const COVERED = /^\/(proc|sys|run|dev\/shm)(\/|$)/

/**
 * Makes the private mount namespace a box: what is written goes to memory, everything of the host is read-only, and the
 * sockets in /run that lead to its daemons are out of sight.
 * @throws {SandboxError}
 */
export async function enterBox(): Promise<void> {
  const folders = WRITABLE.filter((folder) => existsSync(folder))
  const script = [
    'set -e',
    ...mountPoints().map(({ point, options }) => `mount -o remount,bind,${options} ${quote(point)} || true`),
    'mount -t proc -o ro,nosuid,nodev,noexec proc /proc || true',
    // Root's own: the kernel's switches and the control groups of others.
    'mount -t tmpfs -o ro,size=4k chain /sys',
    'mount -t tmpfs -o mode=755,size=512m chain /run',
    `mkdir -p /run/lock ${INSIDE.gatewayConfig} ${INSIDE.temporary} /run/chain/nginx`,
    `chmod 1777 ${INSIDE.temporary}`,
    ...folders.map((folder) => `mount -t tmpfs -o mode=755,size=512m chain ${folder}`),
    'mkdir -p /var/log/nginx',
    // Where the builds of nginx.org keep temporary files.
    'mkdir -p /var/cache/nginx || true',
    ...Object.entries(NAMES).flatMap(replaceFile),
    writeFile(INSIDE.hostResolvConf, OWN_RESOLV_CONF),
    writeFile(INSIDE.hostHosts, LOCAL_HOSTS),
  ]
  await run('/bin/sh', ['-s'], script.join('\n'))
}

/** Lines that put a text in the place of a file. One in /run (systemd links /etc/resolv.conf there) is written again: /run is ours by then. */
function replaceFile([file, text]: readonly [string, string]): string[] {
  if (!existsSync(file)) return []
  const target = realpathSync(file)
  if (target.startsWith('/run/')) return [`mkdir -p ${quote(path.dirname(target))}`, writeFile(target, text)]
  const copy = `/run/chain/${path.basename(file)}`
  return [writeFile(copy, text), `mount --bind ${copy} ${quote(target)}`]
}

function writeFile(file: string, text: string): string {
  return `printf %s ${quote(text)} > ${quote(file)}`
}

/**
 * What is mounted and may be written to, with the options that make it read-only: in a user namespace the flags that a
 * mount has must be given again, they are locked (mount_namespaces(7)).
 */
function mountPoints(): { point: string; options: string }[] {
  const lines = readFileSync('/proc/self/mountinfo', 'utf8').split('\n')
  // Where several are mounted on one path, the last one is the one that is seen.
  const seen = new Map(
    lines.map((line) => line.split(' ')).map(([, , , , point = '', options = '']) => [point, options]),
  )
  return [...seen]
    .filter(([point, options]) => /^rw\b/.test(options) && !COVERED.test(point))
    .map(([point, options]) => ({ point: unescapeOctal(point), options: options.replace(/^rw/, 'ro') }))
}

/** White space in paths is written as in `\040` (proc(5)). */
function unescapeOctal(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)))
}

function quote(path: string): string {
  return `'${path.replaceAll("'", "'\\''")}'`
}
