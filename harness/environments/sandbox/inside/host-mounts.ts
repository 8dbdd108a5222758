import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { INSIDE } from '../protocol.ts'
import { SandboxError } from './sandbox-error.ts'

/** What stands in the place of files that name servers and hosts, for nginx alone. */
const BINDS = Object.entries({ '/etc/resolv.conf': INSIDE.hostResolvConf, '/etc/hosts': INSIDE.hostHosts })

/**
 * Makes the mounts that nginx sees: everything else in the sandbox has the resolv.conf and the hosts of a pod, nginx those of its
 * host. A process holds their namespace, so that to start an nginx in it takes no mounts; it ends with this process. (A name in
 * the file system would do as well, but some kernels now and then refuse to give one: they number namespaces by processor.)
 * @returns the command, and its arguments, that another one runs in them by @throws {SandboxError}
 */
export async function hostMounts(): Promise<readonly string[]> {
  const binds = BINDS.filter(([file]) => existsSync(file)).map(([file, text]) => `mount --bind ${text} ${file}`)
  // Its number is what /proc has, which may be that of another PID namespace.
  const script = [...binds, 'read pid _ < /proc/self/stat', 'echo $pid', 'read _'].join('\n')
  const holder = spawn('unshare', ['--mount', '/bin/sh', '-ec', script], { stdio: ['pipe', 'pipe', 'pipe'] })
  let said = ''
  holder.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  const failed = Promise.race([once(holder, 'error'), once(holder, 'close')])
  const pid = await Promise.race([once(holder.stdout, 'data'), failed.then(() => null)])
  if (pid === null) throw new SandboxError(`Failed to make the mounts of nginx's host: ${said.trim()}`)
  return ['nsenter', `--mount=/proc/${String(pid[0]).trim()}/ns/mnt`, '--']
}
