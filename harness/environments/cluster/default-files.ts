import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'

/** What kubectl would read without being told: the files of KUBECONFIG, else ~/.kube/config. Those that are there. */
export function defaultFiles(): string[] {
  const named = (process.env.KUBECONFIG ?? '').split(path.delimiter).filter((file) => file !== '')
  return (named.length > 0 ? named : [path.join(homedir(), '.kube/config')]).filter((file) => existsSync(file))
}
