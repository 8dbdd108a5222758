import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { bareNginxConf } from './bare-nginx-conf.ts'

const NGINX = '/usr/sbin/nginx'

const IS_ROOT = process.getuid?.() === 0

/**
 * `nginx -t` binds every port of the site, and below 1024 that is root's. Who is not root is root in a user namespace, whose
 * network is its own and has a loopback interface.
 */
const COMMAND = IS_ROOT
  ? [NGINX]
  : ['unshare', '--user', '--map-root-user', '--net', 'sh', '-c', 'ip link set lo up && exec "$0" "$@"', NGINX]

let answer: string | null | undefined

/** Why the real nginx cannot judge here, tried once; null where it can. `CHAIN_REQUIRE=nginx` forbids to go on without it. */
export function whyNoJudge(): string | null {
  if ((process.env.CHAIN_REQUIRE ?? '').split(',').includes('nginx')) return null
  if (answer === undefined) answer = existsSync(NGINX) ? whyItRefuses() : `skipped: there is no ${NGINX}`
  return answer
}

/** Why `nginx -t` refuses a site that is right. */
function whyItRefuses(): string | null {
  const complaint = judge('server { listen 127.0.0.1:81; }')
  if (complaint === null) return null
  return `skipped: this user may not let nginx bind port 81, also in a user namespace (${complaint.message})`
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
 */
export function judge(site: string | Buffer, files: Readonly<Record<string, string>> = {}): Complaint | null {
  const dir = mkdtempSync(join(tmpdir(), 'nginx-judge-'))
  try {
    writeFileSync(join(dir, 'nginx.conf'), bareNginxConf(dir, IS_ROOT ? [] : ['user root;']))
    writeFileSync(join(dir, 'site'), site)
    mkdirSync(join(dir, 'temp'))
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(dir, path)), { recursive: true })
      writeFileSync(join(dir, path), text)
    }
    const [program = NGINX, ...before] = COMMAND
    const args = [...before, '-t', '-p', dir, '-c', join(dir, 'nginx.conf')]
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
  const inSite = place !== null && place[1] !== '/etc/nginx/nginx.conf'
  return { message: message.replace(/ in \S+:\d+$/, ''), line: inSite ? Number(place[2]) : null }
}
