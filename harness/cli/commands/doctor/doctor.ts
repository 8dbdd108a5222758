import { spawnSync } from 'node:child_process'
import { defaultFiles } from '../../../environments/cluster/default-files.ts'
import type { EnvironmentName } from '../../../environments/environment.ts'
import { nginxBinary } from '../../../environments/sandbox/nginx-binary.ts'
import { ENVIRONMENT_NAMES, whyNot } from '../../environments.ts'
import { EXIT, type ExitCode } from '../../exit-codes.ts'

/** One thing that an environment needs: how it is looked for, and what to do where it is not there. */
interface Need {
  readonly what: string
  readonly find: () => string | null
  readonly remedy: string
}

/** What to look for, by environment: a person who has to mend something wants to see what is there. */
const NEEDS: Readonly<Record<EnvironmentName, readonly Need[]>> = {
  simulated: [{ what: 'Node.js', find: () => process.version, remedy: 'install Node.js' }],
  sandbox: [
    { what: 'Linux', find: () => (process.platform === 'linux' ? 'linux' : null), remedy: 'needs Linux' },
    {
      what: 'nginx',
      find: () => firstLine(nginxBinary(), ['-v']),
      remedy: 'apt-get install nginx-light, or name a binary by CHAIN_NGINX',
    },
    { what: 'unshare', find: () => firstLine('unshare', ['--version']), remedy: 'apt-get install util-linux' },
    { what: 'ip', find: () => firstLine('ip', ['-V']), remedy: 'apt-get install iproute2' },
  ],
  k3s: [
    {
      what: 'a Docker engine',
      find: () => firstLine('docker', ['version', '--format', '{{.Server.Version}}']),
      remedy: 'install and start Docker',
    },
  ],
  cluster: [
    { what: 'a kubeconfig', find: () => defaultFiles()[0] ?? null, remedy: 'name one by --kubeconfig' },
    {
      what: 'an image that it may pull',
      find: () => process.env.CHAIN_IMAGE ?? null,
      remedy: 'build it from gateway/Dockerfile, push it, and set CHAIN_IMAGE to its name',
    },
  ],
}

/** `chain doctor`: what this machine can run, and what is missing for the rest; 3 where not even `simulated` works. */
export async function doctor(): Promise<ExitCode> {
  let code: ExitCode = EXIT.passed
  for (const environment of ENVIRONMENT_NAMES) {
    const because = await whyNot(environment)
    if (because !== null && environment === 'simulated') code = EXIT.environment
    process.stdout.write(because === null ? `${environment}: ready\n` : `${environment}: not here: ${because}\n`)
    for (const { what, find, remedy } of NEEDS[environment]) {
      const found = find()
      process.stdout.write(found === null ? `  missing  ${what}: ${remedy}\n` : `  ok       ${what}: ${found}\n`)
    }
  }
  return code
}

/** The first line that a program prints; null where it is missing or does not end well. */
function firstLine(program: string, args: readonly string[]): string | null {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', timeout: 10_000 })
  const [line = ''] = `${stdout ?? ''}${stderr ?? ''}`.trim().split('\n')
  return status === 0 && line !== '' ? line : null
}
