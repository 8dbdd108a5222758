import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

/** What tests use beyond Node.js, the package that brings it to Debian, and what is skipped without it. */
const NEEDED = [
  {
    program: '/usr/sbin/nginx',
    package: 'nginx-light',
    skipped: 'the nginx model is not compared with the real nginx',
  },
  { program: '/bin/ip', package: 'iproute2', skipped: 'the sandbox has no network' },
  ...['python3-fastapi', 'uvicorn', 'python3-httpx', 'python3-yaml'].map((name) => ({
    program: `/usr/share/doc/${name}`,
    package: name,
    skipped: 'scenarios do not run on the gateway that is written with FastAPI',
  })),
]

/** Installs what is missing where that is possible (Debian, root), and says in one line what is skipped where it is not. */
for (const need of NEEDED) {
  if (existsSync(need.program)) continue
  const installed = process.getuid?.() === 0 && existsSync('/usr/bin/apt-get') && install(need.package)
  if (!installed) process.stderr.write(`skipped: ${need.skipped}: install ${need.package}\n`)
}

/** Without starting the service that the package brings: the tests run their own. */
function install(name: string): boolean {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' }
  const update = spawnSync('apt-get', ['update', '-qq'], { env, stdio: ['ignore', 'ignore', 'inherit'] })
  const args = ['install', '-y', '-qq', '--no-install-recommends', name]
  return update.status === 0 && spawnSync('apt-get', args, { env, stdio: ['ignore', 'ignore', 'inherit'] }).status === 0
}
