import { spawnSync } from 'node:child_process'
import { NAMESPACES, SEARCH_PATH } from './namespaces.ts'
import { nginxBinary, nginxBuild, nginxProgram } from './nginx-binary.ts'

/** Why there is no sandbox on this machine, and what to do. */
export interface NoSandbox {
  readonly fact: string
  readonly remedy: string
}

/** One thing that a sandbox needs, tried for real. */
interface Need extends NoSandbox {
  readonly isMet: () => boolean
}

const NEEDS: readonly Need[] = [
  {
    isMet: () => process.platform === 'linux',
    fact: 'it needs Linux',
    remedy: 'Run it in a Linux machine, or use the environment "simulated".',
  },
  {
    isMet: () => nginxBinary() === 'nginx' || nginxProgram() !== null,
    get fact() {
      return `CHAIN_NGINX names "${nginxBinary()}", which is no nginx`
    },
    remedy: 'Name a binary of nginx by its absolute path, or leave CHAIN_NGINX out.',
  },
  {
    isMet: () => nginxProgram() !== null,
    fact: 'there is no nginx',
    remedy: 'Install it: apt-get install nginx-light.',
  },
  {
    isMet: () => nginxBuild().includes('--with-debug'),
    fact: 'nginx is built without --with-debug, so it does not tell how it decides',
    remedy: "Install Debian's or Ubuntu's own nginx: apt-get install nginx-light.",
  },
  {
    isMet: () => says('unshare', ['--version'], /util-linux/),
    fact: 'there is no "unshare"',
    remedy: 'Install it: apt-get install util-linux.',
  },
  {
    isMet: () => says('ip', ['-V'], /iproute2/),
    fact: 'there is no "ip"',
    remedy: 'Install it: apt-get install iproute2.',
  },
  {
    isMet: () => says('unshare', [...NAMESPACES, 'echo', 'works'], /works/),
    fact: 'this user may not make namespaces',
    remedy:
      'Allow user namespaces (sysctl kernel.unprivileged_userns_clone=1, kernel.apparmor_restrict_unprivileged_userns=0), run as root, or give the container CAP_SYS_ADMIN.',
  },
  {
    isMet: () => says('unshare', [...NAMESPACES, 'sh', '-c', TRY_NETWORK_AND_MOUNTS], /works/),
    fact: 'this user may not mount or make network links in a namespace of its own',
    remedy:
      'Run as root, or give the container CAP_SYS_ADMIN and CAP_NET_ADMIN and no AppArmor profile against mounts.',
  },
]

const TRY_NETWORK_AND_MOUNTS =
  'mount -t tmpfs chain /etc/nginx && ip link add silent type veth peer name silent2 && echo works'

let answer: NoSandbox | null | undefined

/** Why there can be no sandbox here; null where there can. It is tried once and costs some 50 ms then. */
export function whyNoSandbox(): NoSandbox | null {
  if (answer === undefined) answer = NEEDS.find(({ isMet }) => !isMet()) ?? null
  return answer
}

function says(program: string, args: readonly string[], words: RegExp): boolean {
  const env = { ...process.env, PATH: SEARCH_PATH }
  const { stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', env, timeout: 10_000, cwd: '/' })
  return words.test(`${stdout ?? ''}${stderr ?? ''}`)
}
