import { spawnSync } from 'node:child_process'
import { EXIT, type ExitCode } from '../exit-codes.ts'

/** One thing that an environment needs: how it is looked for, and what to do where it is not there. */
interface Need {
  readonly what: string
  readonly find: () => string | null
  readonly remedy: string
}

interface Needs {
  readonly environment: string
  /** Whether this version of chain has the environment at all. */
  readonly isHere: boolean
  readonly needs: readonly Need[]
}

const NEEDS: readonly Needs[] = [
  {
    environment: 'simulated',
    isHere: true,
    needs: [{ what: 'Node.js 24', find: nodeVersion, remedy: 'run it by "npx chain", which brings its own Node.js' }],
  },
  {
    environment: 'sandbox',
    isHere: false,
    needs: [
      { what: 'Linux', find: () => (process.platform === 'linux' ? 'linux' : null), remedy: 'needs Linux' },
      { what: 'nginx', find: () => firstLine('nginx', ['-v']), remedy: 'apt-get install nginx-light' },
      { what: 'unshare', find: () => firstLine('unshare', ['--version']), remedy: 'apt-get install util-linux' },
      { what: 'ip', find: () => firstLine('ip', ['-V']), remedy: 'apt-get install iproute2' },
    ],
  },
  {
    environment: 'k3s',
    isHere: false,
    needs: [
      {
        what: 'a Docker engine',
        find: () => firstLine('docker', ['version', '--format', '{{.Server.Version}}']),
        remedy: 'install and start Docker',
      },
    ],
  },
]

/** `chain doctor`: what this machine can run, and what is missing for the rest. */
export async function doctor(): Promise<ExitCode> {
  let simulatedWorks = true
  for (const { environment, isHere, needs } of NEEDS) {
    process.stdout.write(isHere ? `${environment}\n` : `${environment} (not in this version yet)\n`)
    for (const { what, find, remedy } of needs) {
      const found = find()
      if (found === null && environment === 'simulated') simulatedWorks = false
      process.stdout.write(found === null ? `  missing  ${what}: ${remedy}\n` : `  ok       ${what}: ${found}\n`)
    }
  }
  return simulatedWorks ? EXIT.passed : EXIT.environment
}

function nodeVersion(): string | null {
  return Number(process.versions.node.split('.', 1)[0]) >= 24 ? process.version : null
}

/** The first line that a program prints; null where it is missing or does not end well. */
function firstLine(program: string, args: readonly string[]): string | null {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', timeout: 10_000 })
  const [line = ''] = `${stdout ?? ''}${stderr ?? ''}`.trim().split('\n')
  return status === 0 && line !== '' ? line : null
}
