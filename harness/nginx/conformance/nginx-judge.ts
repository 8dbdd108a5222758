import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { bareNginxConf } from '../bare-nginx-conf.ts'
import { DEBIAN_NGINX } from './judging-nginx.ts'

const NGINX = DEBIAN_NGINX.binary

const IS_ROOT = process.getuid?.() === 0

/**
 * `nginx -t` binds every port of the site, and below 1024 that is root's. Who is not root is root in a user namespace, whose
 * network is its own and has a loopback interface.
 */
const BEFORE = IS_ROOT
  ? []
  : ['unshare', '--user', '--map-root-user', '--net', 'sh', '-c', 'ip link set lo up && exec "$0" "$@"']

let answer: NoJudge | null | undefined

/** Why the real nginx cannot judge, and what to do. */
export interface NoJudge {
  readonly fact: string
  readonly remedy: string
}

/** Why the real nginx cannot judge on this machine; null where it can. It is tried once. */
export function whyNoJudge(): NoJudge | null {
  if (answer === undefined) answer = whyItCannotRun() ?? whyItRefuses()
  return answer
}

function whyItCannotRun(): NoJudge | null {
  return existsSync(NGINX) ? null : { fact: `there is no ${NGINX}`, remedy: 'Install it: npm run setup.' }
}

/** Why it refuses a site that is right. */
function whyItRefuses(): NoJudge | null {
  const complaint = judge('server { listen 127.0.0.1:81; }')
  if (complaint === null) return null
  return {
    fact: `nginx cannot listen on port 81 here, not even in a user namespace: ${complaint.message.trim()}`,
    remedy: 'Run the tests as root, or allow user namespaces (sysctl kernel.apparmor_restrict_unprivileged_userns=0).',
  }
}

/** What `nginx -t` says of a site file: null where it accepts it, else its first complaint. */
export interface Complaint {
  readonly message: string
  /** The line of the site file or of the file it includes; null where nginx names none. */
  readonly line: number | null
}

/**
 * Lets the real nginx test a site file inside the `http { }` of a bare nginx.conf.
 * @param files further files, by their path beside nginx.conf
 * @param binary the nginx that is asked
 */
export function judge(
  site: string | Buffer,
  files: Readonly<Record<string, string>> = {},
  binary = NGINX,
): Complaint | null {
  const around = (dir: string) => bareNginxConf(dir, IS_ROOT ? [] : ['user root;'])
  return judgeFiles((dir) => ({ ...files, site, [WRAPPER]: around(dir) }), `/${WRAPPER}`, true, binary)
}

/** Lets the real nginx test a whole nginx.conf. It writes where the file says, and its pid beside it. @param files as above */
export function judgeWhole(conf: string, files: Readonly<Record<string, string>> = {}): Complaint | null {
  return judgeFiles(() => ({ ...files, 'nginx.conf': conf }), '/nginx.conf', /^\s*pid\s/m.test(conf))
}

/** The file around a site that is judged: no place in it is told. */
const WRAPPER = 'wrapper.conf'

function judgeFiles(
  filesIn: (dir: string) => Readonly<Record<string, string | Buffer>>,
  conf: string,
  namesPid: boolean,
  binary = NGINX,
): Complaint | null {
  const dir = mkdtempSync(join(tmpdir(), 'nginx-judge-'))
  try {
    mkdirSync(join(dir, 'temp'))
    for (const [path, text] of Object.entries(filesIn(dir))) {
      mkdirSync(dirname(join(dir, path)), { recursive: true })
      writeFileSync(join(dir, path), text)
    }
    const [program = binary, ...before] = [...BEFORE, binary]
    const pid = namesPid ? [] : ['-g', `pid ${dir}/pid;`]
    const args = [...before, '-t', '-p', dir, '-c', join(dir, conf), ...pid]
    const run = spawnSync(program, args, { encoding: 'utf8' })
    if (run.error !== undefined) throw run.error
    return run.status === 0 ? null : firstComplaint(run.stderr, dir)
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

function firstComplaint(stderr: string, dir: string): Complaint {
  const line = stderr.split('\n').find((text) => /\[(emerg|crit|alert)\]/.test(text)) ?? stderr
  const message = line.replace(/^.*?\[\w+\] \d+#\d+: /, '').replaceAll(dir, '/etc/nginx')
  const place = / in (\S+):(\d+)$/.exec(message)
  const inSite = place !== null && place[1] !== `/etc/nginx/${WRAPPER}`
  return { message: message.replace(/ in \S+:\d+$/, ''), line: inSite ? Number(place[2]) : null }
}
