import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { MISSING_PACKAGES } from './debian-packages.ts'

/**
 * `npm run setup`: installs the Debian packages that tests use and this machine lacks. Who is not root gets the command instead,
 * and the exit code 1.
 */
const COMMAND = ['apt-get', 'install', '-y', '-qq', '--no-install-recommends', ...MISSING_PACKAGES]

if (MISSING_PACKAGES.length === 0) {
  process.stdout.write('All that the tests use is installed.\n')
} else if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
  process.stdout.write(`Installs ${MISSING_PACKAGES.join(', ')}.\n`)
  process.exitCode = run(['apt-get', 'update', '-qq']) || run(COMMAND)
} else {
  process.stderr.write(
    `Failed to install ${MISSING_PACKAGES.join(', ')}: this takes root on Debian. Run: sudo ${COMMAND.join(' ')}\n`,
  )
  process.exitCode = 1
}

/** Without starting the services that packages bring: the tests run their own. */
function run([program = '', ...args]: readonly string[]): number {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' }
  return spawnSync(program, args, { env, stdio: ['ignore', 'ignore', 'inherit'] }).status ?? 1
}
