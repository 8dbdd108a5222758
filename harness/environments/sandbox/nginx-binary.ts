import { spawnSync } from 'node:child_process'
import type { NginxProgram } from '../environment.ts'
import { readNginxProgram } from '../nginx-program.ts'
import { SEARCH_PATH } from './namespaces.ts'

/** The nginx that a sandbox runs: `CHAIN_NGINX` names a binary by its path, or by another name on the PATH. */
export function nginxBinary(): string {
  return process.env.CHAIN_NGINX || 'nginx'
}

/** What each binary says of itself, which stays the same for a run. */
const said = new Map<string, string>()

/** What `nginx -V` says of how the binary was built; empty where there is none. */
export function nginxBuild(): string {
  const binary = nginxBinary()
  let build = said.get(binary)
  if (build === undefined) {
    const env = { ...process.env, PATH: SEARCH_PATH }
    const { stdout, stderr } = spawnSync(binary, ['-V'], { encoding: 'utf8', env, timeout: 10_000, cwd: '/' })
    build = `${stdout ?? ''}${stderr ?? ''}`
    said.set(binary, build)
  }
  return build
}

/** The version and modules of the binary; null where it is no nginx. */
export function nginxProgram(): NginxProgram | null {
  return readNginxProgram(nginxBuild())
}
